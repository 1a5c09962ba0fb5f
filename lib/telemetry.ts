/**
 * Log categories, and how a log line looks. Library code only names a category; nothing is printed
 * until the program has called {@link configureLogs}.
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

/** Sends log lines of `level` and above to `write`, one line each with its end. */
export async function configureLogs(
  level: keyof typeof LOWEST,
  write: (line: string) => void,
): Promise<void> {
  await configure({
    reset: true,
    sinks: { lines: (record) => write(formatLine(record)) },
    loggers: [
      { category: ["whippet"], lowestLevel: LOWEST[level], sinks: ["lines"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["lines"] },
    ],
  });
}

/** `2026-11-23T10:00:00.000Z INFO node: message`. */
function formatLine({ timestamp, level, category, message }: LogRecord): string {
  const text = message.map((part) => typeof part === "string" ? part : show(part)).join("");
  const part = category.slice(1).join(".");
  return `${new Date(timestamp).toISOString()} ${LABELS[level]} ${part}: ${oneLine(text)}\n`;
}

/** A client's bytes may be in a message: a line stays a line, and a terminal gets no orders. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
}

function show(value: unknown): string {
  if (value instanceof Error) return value.stack ?? value.message;
  if (typeof value !== "object") return String(value);
  try {
    return JSON.stringify(value, (_, part) => typeof part === "bigint" ? String(part) : part);
  } catch {
    // A line that says little is better than none.
    return String(value);
  }
}

/** The names of the configuration, and LogTape's; `off` leaves nothing. */
const LOWEST = {
  trace: "trace",
  debug: "debug",
  info: "info",
  warn: "warning",
  error: "error",
  off: null,
} as const;

const LABELS = {
  trace: "TRACE",
  debug: "DEBUG",
  info: "INFO ",
  warning: "WARN ",
  error: "ERROR",
  fatal: "FATAL",
} as const;
