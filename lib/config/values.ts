/**
 * The types a setting can have: each knows the form it accepts, in words, how to read a TOML value
 * of that form and how to write one.
 *
 * @module
 */
import type { Address } from "../ports.ts";
import { formatDurationMicros, formatSize, parseDurationMicros, parseSize } from "./quantities.ts";

/** How values of one kind are read and written. */
export interface ValueType<T> {
  /** The accepted form, as a sentence goes on after "takes": `true or false`. */
  readonly form: string;
  /** The value that `raw` (as TOML gives it) stands for; `undefined` when it has another form. */
  read(raw: unknown): T | undefined;
  /** The value as a TOML literal. */
  write(value: T): string;
}

/** `true` or `false`. */
export const bool: ValueType<boolean> = {
  form: "true or false",
  read: (raw) => typeof raw === "boolean" ? raw : undefined,
  write: String,
};

/** A text; a secret or an optional path may be empty. */
export const text: ValueType<string> = {
  form: "a text in quotes",
  read: (raw) => typeof raw === "string" ? raw : undefined,
  write: quoted,
};

/** A text that is not empty, such as a path. */
export const nonEmptyText: ValueType<string> = {
  form: "a text that is not empty",
  read: (raw) => typeof raw === "string" && raw.trim() !== "" ? raw : undefined,
  write: quoted,
};

/** A list of texts. */
export const texts: ValueType<readonly string[]> = {
  form: 'a list of texts, for example ["GET", "POST"]',
  read: (raw) =>
    Array.isArray(raw) && raw.every((item) => typeof item === "string") ? raw : undefined,
  write: (values) => `[${values.map(quoted).join(", ")}]`,
};

/** A text, a number or a boolean. */
export const anyScalar: ValueType<string | number | boolean> = {
  form: "a text, a number or a boolean",
  read: (raw) =>
    typeof raw === "string" || typeof raw === "number" || typeof raw === "boolean"
      ? raw
      : undefined,
  write: (value) => typeof value === "string" ? quoted(value) : String(value),
};

/** A whole number in a range. */
export function integer(min: number, max: number): ValueType<number> {
  return {
    form: `a whole number from ${min} to ${max}`,
    read: (raw) =>
      Number.isSafeInteger(raw) && inRange(raw as number, min, max) ? raw as number : undefined,
    write: String,
  };
}

/** One of a few words, in any letter case. */
export function oneOf<const Word extends string>(...words: Word[]): ValueType<Word> {
  return {
    form: words.map(quoted).join(" or "),
    read: (raw) =>
      typeof raw === "string"
        ? words.find((word) => word.toLowerCase() === raw.toLowerCase())
        : undefined,
    write: quoted,
  };
}

/** What a size must fulfil. */
export interface SizeRange {
  /** Smallest size in bytes (0); at 0 the words `"unlimited"` and `"none"` are accepted too. */
  readonly min?: number;
  /** Largest size in bytes. */
  readonly max?: number;
  /** The size is a multiple of this many bytes (1). */
  readonly multipleOf?: number;
}

/** A size in bytes, written with a unit or as a bare number of bytes. */
export function size(range: SizeRange = {}): ValueType<number> {
  const { min = 0, max = Number.MAX_SAFE_INTEGER, multipleOf = 1 } = range;
  return {
    form: 'a size such as "64 MiB" or "2 MB"' + sizeBounds(min, max, multipleOf),
    read: (raw) => {
      const bytes = readSize(raw);
      return bytes !== undefined && inRange(bytes, min, max) && bytes % multipleOf === 0
        ? bytes
        : undefined;
    },
    write: (bytes) => quoted(formatSize(bytes)),
  };
}

/** The bound of a topic's size in bytes as a u64; all ones means unlimited (the wire's own value). */
export const topicSize: ValueType<bigint> = {
  form: '"unlimited" or a size such as "10 GiB"',
  read: (raw) => {
    const bytes = readSize(raw);
    if (bytes === undefined) return undefined;
    return bytes === 0 ? U64_MAX : BigInt(bytes);
  },
  write: (bytes) => quoted(bytes === U64_MAX ? "unlimited" : formatSize(Number(bytes))),
};

/** A duration in milliseconds, rounded up; timers take at most 24 days. */
export const duration: ValueType<number> = {
  form: 'a duration such as "30 s" or "1 h 30 m", at most 24 days',
  read: (raw) => {
    const micros = readDurationMicros(raw);
    return micros !== undefined && micros <= TIMER_MICROS_MAX
      ? Math.ceil(micros / 1000)
      : undefined;
  },
  write: (ms) => quoted(formatDurationMicros(ms * 1000)),
};

/** A duration in milliseconds that nothing waits for with a timer: a lifetime, a retention. */
export const lifetime: ValueType<number> = {
  form: 'a duration such as "1 h" or "7 days"',
  read: (raw) => {
    const micros = readDurationMicros(raw);
    return micros === undefined ? undefined : Math.ceil(micros / 1000);
  },
  write: duration.write,
};

/** A message expiry in microseconds as a u64; all ones means never (the wire's own value). */
export const expiry: ValueType<bigint> = {
  form: '"none" (never) or a duration such as "7 days"',
  read: (raw) => {
    if (typeof raw === "string" && NEVER.has(raw.toLowerCase())) return U64_MAX;
    const micros = readDurationMicros(raw);
    if (micros === undefined) return undefined;
    return micros === 0 ? U64_MAX : BigInt(micros);
  },
  write: (micros) => quoted(micros === U64_MAX ? "none" : formatDurationMicros(Number(micros))),
};

/** Where to listen: an IPv4 address, a name, or an IPv6 address in brackets, and a port. */
export const address: ValueType<Address> = {
  form: 'HOST:PORT, for example "127.0.0.1:8090" or "[::1]:8090"',
  read: (raw) => typeof raw === "string" ? parseAddress(raw) : undefined,
  write: (value) => quoted(formatAddress(value)),
};

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "off"] as const;

/** How much is logged. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A level, or RUST_LOG directives (`"info,iggy=debug"`). */
export const logDirectives: ValueType<string> = {
  form: `a level (${LOG_LEVELS.join(", ")})`,
  read: (raw) => typeof raw === "string" && levelOf(raw) !== undefined ? raw : undefined,
  write: quoted,
};

/**
 * The level that RUST_LOG directives give to what they name no target for: `"warn,iggy=debug"` is
 * `warn`; targets alone leave `info`, because their names are those of Iggy's crates. `undefined`
 * when the text holds no directives.
 */
export function levelOf(directives: string): LogLevel | undefined {
  let level: LogLevel = "info";
  for (const directive of directives.split(",").map((part) => part.trim().toLowerCase())) {
    const [target, wanted] = directive.includes("=") ? directive.split("=", 2) : ["", directive];
    if (!isLogLevel(wanted)) return undefined;
    if (target === "") level = wanted;
  }
  return level;
}

/** `host:port`, with brackets around an IPv6 address. */
export function formatAddress({ hostname, port }: Address): string {
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

/** Whether only this machine can reach an address. */
export function isLoopback({ hostname }: Address): boolean {
  const host = hostname.toLowerCase().replace(/^::ffff:/, "");
  return host === "localhost" || host === "::1" || /^127(\.\d+){3}$/.test(host);
}

/** All ones: unlimited, never. */
export const U64_MAX = 0xffff_ffff_ffff_ffffn;

/** A TOML basic string. */
export function quoted(value: string): string {
  return JSON.stringify(value).replaceAll("\x7f", "\\u007f");
}

function inRange(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}

function readSize(raw: unknown): number | undefined {
  if (typeof raw === "string") return parseSize(raw);
  return Number.isSafeInteger(raw) && raw as number >= 0 ? raw as number : undefined;
}

/** A bare 0 needs no unit; any other bare number is refused, because nothing says what it counts. */
function readDurationMicros(raw: unknown): number | undefined {
  if (raw === 0) return 0;
  return typeof raw === "string" ? parseDurationMicros(raw) : undefined;
}

function sizeBounds(min: number, max: number, multipleOf: number): string {
  const bounds: string[] = [];
  if (min > 0) bounds.push(`at least ${formatSize(min)}`);
  if (max < Number.MAX_SAFE_INTEGER) bounds.push(`at most ${formatSize(max)}`);
  if (multipleOf > 1) bounds.push(`a multiple of ${formatSize(multipleOf)}`);
  return bounds.map((bound) => `, ${bound}`).join("");
}

function parseAddress(value: string): Address | undefined {
  const match = /^(?:\[([0-9a-f:.]*:[0-9a-f:.]*)\]|([a-z0-9._-]+)):(\d{1,5})$/i.exec(value.trim());
  if (match === null || Number(match[3]) > 65_535) return undefined;
  return Object.freeze({ hostname: match[1] ?? match[2], port: Number(match[3]) });
}

function isLogLevel(word: string): word is LogLevel {
  return (LOG_LEVELS as readonly string[]).includes(word);
}

const NEVER = new Set(["none", "unlimited", "never_expire", "never", "disabled", "0"]);

/** `setTimeout` counts milliseconds in 31 bits: 24.8 days. */
const TIMER_MICROS_MAX = 24 * 86_400 * 1_000_000;
