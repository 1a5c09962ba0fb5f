/**
 * Log categories, how a log line looks, and the last lines for those who ask the node for them.
 * Library code only names a category; nothing is printed or kept until the program has called
 * {@link configureLogs}.
 *
 * @module
 */
import { configure, getLogger, type LogRecord } from "@logtape/logtape";

/** The categories, one per part of the node. */
export const logs = {
  node: getLogger(["whippet", "node"]),
  log: getLogger(["whippet", "log"]),
  catalog: getLogger(["whippet", "catalog"]),
  session: getLogger(["whippet", "session"]),
  transport: getLogger(["whippet", "transport"]),
  http: getLogger(["whippet", "http"]),
} as const;

/** Name of a category. */
export type LogCategory = keyof typeof logs;

/** How grave a line is, least first. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** One line. Neither field holds a line break or a control character. */
export interface LogLine {
  /** Counts all lines of the process from 1 on, those that were not kept too. */
  readonly sequence: number;
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly level: LogLevel;
  /** A {@link LogCategory}, or a name of the logging library's for what it says of itself. */
  readonly category: string;
  readonly message: string;
}

/** What a reader wants of {@link RecentLogs}; all that is kept when it says nothing. */
export interface LogFilter {
  /** The least grave level wanted. */
  readonly level?: LogLevel;
  readonly categories?: ReadonlySet<string>;
  /** The last so many lines that pass. */
  readonly linesMax?: number;
}

/** An answer of {@link RecentLogs}. */
export interface LogExcerpt {
  /** Oldest first. */
  readonly logs: readonly LogLine[];
  /** Where the next question starts, so that it brings what came since. */
  readonly last: number;
  /** Lines after the one asked for that are gone already, whatever they were. */
  readonly missed: number;
}

/** The last log lines, in bounded memory. */
export class RecentLogs {
  /** Line `sequence` lies at `sequence % linesMax`. */
  readonly #lines: LogLine[] = [];
  readonly #linesMax: number;
  #last = 0;

  constructor(linesMax: number) {
    this.#linesMax = linesMax;
  }

  /** Number of the last line; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** Keeps a line, in place of the oldest once there are enough. */
  add(line: Omit<LogLine, "sequence">): void {
    const sequence = ++this.#last;
    const message = line.message.length <= MESSAGE_CHARS_MAX
      ? line.message
      : `${line.message.slice(0, MESSAGE_CHARS_MAX)}…`;
    this.#lines[sequence % this.#linesMax] = { ...line, message, sequence };
  }

  /** The lines after number `sequence`. */
  since(sequence: number, filter: LogFilter = {}): LogExcerpt {
    const { level = "trace", categories, linesMax = this.#linesMax } = filter;
    const gone = Math.max(0, this.#last - this.#linesMax);
    const lowest = LOG_LEVELS.indexOf(level);
    const found: LogLine[] = [];
    for (let at = this.#last; at > Math.max(sequence, gone) && found.length < linesMax; at--) {
      const line = this.#lines[at % this.#linesMax];
      if (LOG_LEVELS.indexOf(line.level) < lowest) continue;
      if (categories === undefined || categories.has(line.category)) found.push(line);
    }
    return {
      logs: found.reverse(),
      last: this.#last,
      missed: Math.max(0, gone - sequence),
    };
  }
}

/** What {@link configureLogs} keeps besides writing it. */
export const recentLogs: RecentLogs = new RecentLogs(2000);

/**
 * A value that a log line shows to whoever starts the node and that is masked where lines are kept.
 * Other secrets are never logged.
 */
export class ShownOnce {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. */
  reveal(): string {
    return this.#value;
  }

  /** The mask. */
  toString(): string {
    return "******";
  }
}

/**
 * Sends log lines of `level` and above to `write`, one line each with its end, and to
 * {@link recentLogs}.
 */
export async function configureLogs(
  level: keyof typeof LOWEST,
  write: (line: string) => void,
): Promise<void> {
  await configure({
    reset: true,
    sinks: {
      lines: (record) => write(`${formatLog(lineOf(record, reveal))}\n`),
      kept: (record) => recentLogs.add(lineOf(record, String)),
    },
    loggers: [
      { category: ["whippet"], lowestLevel: LOWEST[level], sinks: ["lines", "kept"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["lines", "kept"] },
    ],
  });
}

/** `2026-11-23T10:00:00.000Z INFO  node: message`, without an end of line. */
export function formatLog({ atMs, level, category, message }: Omit<LogLine, "sequence">): string {
  return `${new Date(atMs).toISOString()} ${LABELS[level]} ${category}: ${message}`;
}

function lineOf(
  { timestamp, level, category, message }: LogRecord,
  once: (value: ShownOnce) => string,
): Omit<LogLine, "sequence"> {
  const text = message.map((part) => typeof part === "string" ? part : show(part, once)).join("");
  return { atMs: timestamp, level, category: category.slice(1).join("."), message: oneLine(text) };
}

/** A client's bytes may be in a message: a line stays a line, and a terminal gets no orders. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
}

function show(value: unknown, once: (value: ShownOnce) => string): string {
  if (value instanceof ShownOnce) return once(value);
  if (value instanceof Error) return value.stack ?? value.message;
  if (typeof value !== "object") return String(value);
  try {
    return JSON.stringify(value, (_, part) => typeof part === "bigint" ? String(part) : part);
  } catch {
    // A line that says little is better than none.
    return String(value);
  }
}

function reveal(value: ShownOnce): string {
  return value.reveal();
}

/** LogTape's names. */
export const LOG_LEVELS = ["trace", "debug", "info", "warning", "error", "fatal"] as const;

/** The names of the configuration, and LogTape's; `off` leaves nothing. */
const LOWEST = {
  trace: "trace",
  debug: "debug",
  info: "info",
  warn: "warning",
  error: "error",
  off: null,
} as const;

const LABELS: Record<LogLevel, string> = {
  trace: "TRACE",
  debug: "DEBUG",
  info: "INFO ",
  warning: "WARN ",
  error: "ERROR",
  fatal: "FATAL",
};

/** Of a line that is kept; a stack trace fits. */
const MESSAGE_CHARS_MAX = 4000;
