/**
 * What `deno task bench` is asked to do.
 *
 * @module
 */
import { parseArgs } from "node:util";
import type { FramingName } from "../../mod.ts";
import type { Durability } from "../../protocol/options.ts";

/** One benchmark, every choice made. */
export interface BenchOptions {
  /** Payload bytes that each run sends, and then polls. */
  readonly totalBytes: number;
  /** Messages a request. */
  readonly batch: number;
  /** Payload bytes a message. */
  readonly size: number;
  /** Turns of every contender; a table shows their median. */
  readonly rounds: number;
  /** How many requests a connection has under way, a table for each. */
  readonly windows: readonly number[];
  readonly framings: readonly FramingName[];
  /** Each with a partition of its own. */
  readonly connections: number;
  readonly durability: Durability;
  /** Ids that the topics of this checkout's node remember, so as to drop duplicates; `undefined`: none. */
  readonly deduplication: number | undefined;
  /** The environment of this checkout's node: Iggy's names and whippet's own. */
  readonly env: Readonly<Record<string, string>>;
  /** Whether somebody looks at this checkout's node meanwhile. */
  readonly watched: boolean;
  /** Checkouts of whippet whose nodes take part beside this one's. */
  readonly against: readonly string[];
  /** Where data goes; removed afterwards. */
  readonly directory: string | undefined;
  readonly json: boolean;
}

/** Reads the command line; `"help"` when it asks for that. Throws a `UsageError` with what to write instead. */
export function parseOptions(args: readonly string[]): BenchOptions | "help" {
  const { values } = parse(args);
  if (values.help) return "help";
  const options: BenchOptions = {
    totalBytes: bytes("total", values.total),
    batch: whole("batch", values.batch),
    size: bytes("size", values.size),
    rounds: whole("rounds", values.rounds),
    windows: values.window.split(",").map((each) => whole("window", each)),
    framings: values.framing.split(",").map((each) => oneOf("framing", each, FRAMINGS)),
    connections: whole("connections", values.connections),
    durability: oneOf("durability", values.durability, DURABILITIES),
    deduplication: values.deduplication === undefined
      ? undefined
      : whole("deduplication", values.deduplication),
    env: Object.fromEntries(values.env.map(variable)),
    watched: values.watched,
    against: values.against,
    directory: values.directory,
    json: values.json,
  };
  const { batch, size, connections, totalBytes } = options;
  if (batch * size * connections > totalBytes) {
    throw new UsageError(
      `--total ${totalBytes} is less than one batch of ${batch} x ${size} bytes ` +
        `for each of ${connections} connections`,
    );
  }
  return options;
}

/** The command line cannot be meant. */
export class UsageError extends Error {}

/** Requests of one run: as many as the total has room for, the same number on each connection. */
export function requestsPerConnection(options: BenchOptions): number {
  const { totalBytes, batch, size, connections } = options;
  return Math.floor(totalBytes / (batch * size * connections));
}

export const HELP = `deno task bench [OPTION...]

Starts a node in a process of its own, sends batches of messages to it through a real socket with
the project's client and polls them back, in both framings. In the same run it measures the floor:
what this machine does with the same bytes and nothing of whippet in between.

  --total=1GB         payload bytes of each run (kB, MB, GB are powers of 1,000)
  --batch=1000        messages a request
  --size=1kB          payload bytes a message
  --rounds=3          turns of every contender; the tables show the median (and min-max)
  --window=1,4        requests a connection has under way: 1 is strict request and reply
  --framing=vsr,classic
  --connections=1     each with a partition of its own
  --durability=replicated
                      or persisted: every acknowledgement waits for fsync, and the floor syncs too
  --deduplication=N   the topics of this checkout's node (not of others) drop messages whose id is
                      among the newest N of the last minute; none that is sent is
  --env=NAME=VALUE    a setting of this checkout's node (not of others), by its environment name;
                      again for more
  --watched           the dashboard of this checkout's node (not of others) is open, and its metrics
                      are scraped each second
  --against=FOLDER    another checkout of whippet takes part, for a comparison in one run
  --directory=FOLDER  where data goes (a temporary folder), for another disk
  --json              the figures of every run as JSON, and no tables

deno task bench tls measures TLS: deno task bench tls --help tells how.

The contenders take turns, so that a load on the machine meets them all alike: trust the ratios more
than the MB/s. docs/benchmark.md says how to read the tables.

  deno task bench                                            the figures of docs/benchmark.md
  deno task bench --batch=1 --size=100 --connections=64 --total=5MB --window=1     small requests
  deno task bench --against=../before --window=1 --rounds=9  is the change worth it?`;

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        total: { type: "string", default: "1GB" },
        batch: { type: "string", default: "1000" },
        size: { type: "string", default: "1kB" },
        rounds: { type: "string", default: "3" },
        window: { type: "string", default: "1,4" },
        framing: { type: "string", default: "vsr,classic" },
        connections: { type: "string", default: "1" },
        durability: { type: "string", default: "replicated" },
        deduplication: { type: "string" },
        env: { type: "string", multiple: true, default: [] },
        watched: { type: "boolean", default: false },
        against: { type: "string", multiple: true, default: [] },
        directory: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** The value of an option that takes a whole number from 1 on. */
export function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new UsageError(`--${name} takes a whole number from 1 on, not "${text}"`);
}

/** The value of an option that takes bytes, with a unit or without. */
export function bytes(name: string, text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(B|kB|MB|GB)?$/i.exec(text) ?? [];
  const value = Number(number) * (UNITS[unit?.toLowerCase() ?? "b"] ?? NaN);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new UsageError(`--${name} takes bytes, as 500, 1kB, 64MB or 1GB, not "${text}"`);
}

function variable(text: string): [name: string, value: string] {
  const [, name, value] = /^((?:IGGY|WHIPPET)_[A-Z0-9_]+)=(.*)$/.exec(text) ?? [];
  if (name !== undefined) return [name, value];
  throw new UsageError(`--env takes IGGY_NAME=VALUE or WHIPPET_NAME=VALUE, not "${text}"`);
}

function oneOf<T extends string>(name: string, text: string, known: readonly T[]): T {
  const found = known.find((each) => each === text);
  if (found !== undefined) return found;
  throw new UsageError(`--${name} knows ${known.join(" and ")}, not "${text}"`);
}

const FRAMINGS: readonly FramingName[] = ["vsr", "classic"];
const DURABILITIES: readonly Durability[] = ["replicated", "persisted"];
const UNITS: Readonly<Record<string, number>> = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9 };
