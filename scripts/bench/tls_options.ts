/**
 * What `deno task bench tls` is asked to do.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { bytes, UsageError, whole } from "./options.ts";

/** What can be measured, in the order of the tables. */
const MEASURES = ["send", "receive", "full", "resumed", "latency", "idle"] as const;
export type Measure = (typeof MEASURES)[number];

/** One benchmark, every choice made. */
export interface TlsBenchOptions {
  readonly measures: readonly Measure[];
  /** Turns of every contender; a table shows their median. */
  readonly rounds: number;
  /** Bytes that one turn sends, or receives. */
  readonly totalBytes: number;
  /** Handshakes of one turn. */
  readonly connections: number;
  /** Connections that do nothing, for their memory. */
  readonly idle: number;
  /** Whether AES-128-GCM takes part, too. */
  readonly aes: boolean;
  /** Whether the key exchange is X25519MLKEM768. */
  readonly hybrid: boolean;
  /** Checkouts of whippet whose servers take part beside this one's. */
  readonly against: readonly string[];
  readonly json: boolean;
}

/** Reads the command line; `"help"` when it asks for that. Throws a `UsageError` with what to write instead. */
export function parseTlsOptions(args: readonly string[]): TlsBenchOptions | "help" {
  const { values } = parse(args);
  if (values.help) return "help";
  return {
    measures: values.only === undefined ? MEASURES : values.only.split(",").map(measure),
    rounds: whole("rounds", values.rounds),
    totalBytes: bytes("total", values.total),
    connections: whole("connections", values.connections),
    idle: whole("idle", values.idle),
    aes: values.aes,
    hybrid: values.hybrid,
    against: values.against,
    json: values.json,
  };
}

export const TLS_HELP = `deno task bench tls [OPTION...]

Starts servers in processes of their own: whippet's TLS engine over its driver, the TLS of the
runtime, and plain TCP. A native client (compiled with Go, which has to be installed) moves bytes
both ways, shakes hands, and leaves connections idle, taking turns. The servers speak
TLS_CHACHA20_POLY1305_SHA256 and have a P-256 certificate.

  --only=send,receive,full,resumed,latency,idle
                      what to measure (all of it): bytes from the server and to it, full and resumed
                      handshakes with a request each, the same one after another, memory
  --rounds=5          turns of every contender; the tables show the median (and min-max)
  --total=400MB       bytes of one turn
  --connections=600   handshakes of one turn
  --idle=4000         connections for the memory of one, twice as many are open
  --aes               TLS_AES_128_GCM_SHA256 takes part, too
  --hybrid            X25519MLKEM768 for the key exchange in place of X25519
  --against=FOLDER    another checkout of whippet takes part, for a comparison in one run
  --json              the figures of every turn as JSON, and no tables

docs/benchmark.md says how to read the tables.`;

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: "string" },
        rounds: { type: "string", default: "5" },
        total: { type: "string", default: "400MB" },
        connections: { type: "string", default: "600" },
        idle: { type: "string", default: "4000" },
        aes: { type: "boolean", default: false },
        hybrid: { type: "boolean", default: false },
        against: { type: "string", multiple: true, default: [] },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function measure(text: string): Measure {
  const found = MEASURES.find((each) => each === text);
  if (found !== undefined) return found;
  throw new UsageError(`--only knows ${MEASURES.join(", ")}, not "${text}"`);
}
