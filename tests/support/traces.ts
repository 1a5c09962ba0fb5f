/**
 * Whole runs of published SDKs against real servers, as `interop/tools/tap.py` recorded them with
 * `TAP_HEX=512`: one line per request and reply, longer bodies cut.
 *
 * @module
 */
import { type CommandName, COMMANDS } from "../../protocol/commands.ts";
import { hex } from "./codec_laws.ts";

/** One request or reply. */
export interface TraceLine {
  /** Where it stands, for messages: `file:line`. */
  readonly at: string;
  readonly connection: string;
  readonly direction: "request" | "reply";
  /** The words between the direction and the body: `status=0`, `req=4`, ... or bare ones. */
  readonly fields: ReadonlyMap<string, string>;
  readonly command?: CommandName;
  /** The body as far as it was recorded. */
  readonly body: Uint8Array;
  /** Bytes of the whole body. */
  readonly bodyBytes: number;
}

/** Folder of the traces: `$WHIPPET_TRACES`, or where the shared folder lies beside the repository. */
export const TRACES = Deno.env.get("WHIPPET_TRACES") ??
  new URL("../../../shared/interop/traces", import.meta.url).pathname;

/** Names of the recorded runs, `undefined` when there is no folder. */
export function traceNames(): string[] | undefined {
  try {
    return [...Deno.readDirSync(TRACES)].map((entry) => entry.name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** The requests and replies of a run, in order. */
export async function readTrace(name: string): Promise<TraceLine[]> {
  const lines = await linesOf(name);
  return lines.flatMap((line, index) => parseLine(line, `${name}:${index + 1}`) ?? []);
}

/** Where clients ended their connections: `file:line` of a run by connection. */
export async function readClosings(name: string): Promise<ReadonlyMap<string, string>> {
  const lines = await linesOf(name);
  return new Map(lines.flatMap((line, index) => {
    const connection = /^#(\d+) client closed$/.exec(line)?.[1];
    return connection === undefined ? [] : [[connection, `${name}:${index + 1}`]];
  }));
}

async function linesOf(name: string): Promise<string[]> {
  const file = await Deno.open(`${TRACES}/${name}`);
  const stream = file.readable.pipeThrough(new DecompressionStream("gzip"));
  return (await new Response(stream).text()).split("\n");
}

function parseLine(line: string, at: string): TraceLine | undefined {
  const match = /^#(\d+) ([<>]) (.*)$/.exec(line);
  if (match === null) return undefined;
  const words = match[3].split(" ");
  const fields = new Map(words.map((word) => {
    const [name, value] = word.split("=");
    return [name, value ?? ""];
  }));
  const [recorded, length] = words[words.length - 1].split("..(");
  const body = recorded.includes("=") ? new Uint8Array() : hex(recorded);
  return {
    at,
    connection: match[1],
    direction: match[2] === ">" ? "request" : "reply",
    fields,
    command: match[2] === ">" ? commandOf(words) : undefined,
    body,
    bodyBytes: length === undefined ? body.length : parseInt(length),
  };
}

/** Classic lines start with the code, VSR lines say the operation behind `cmd`. */
function commandOf(words: string[]): CommandName {
  const recorded = words[0] === "cmd=5" ? words[1].split(":").at(-1)! : words[1];
  const name = recorded.replaceAll(/_([a-z])|^[A-Z]/g, (all, letter) => (
    letter === undefined ? all.toLowerCase() : letter.toUpperCase()
  ));
  const command = SHORTHANDS[name] ?? name;
  if (command in COMMANDS) return command as CommandName;
  throw new Error(`Command ${recorded} is not known`);
}

/** What `tap.py` calls otherwise. */
const SHORTHANDS: Readonly<Record<string, CommandName>> = {
  createPAT: "createPersonalAccessToken",
  createPat: "createPersonalAccessToken",
  createGroup: "createConsumerGroup",
  deleteGroup: "deleteConsumerGroup",
  deleteOffset: "deleteConsumerOffset",
  deletePAT: "deletePersonalAccessToken",
  deletePat: "deletePersonalAccessToken",
  flush: "flushUnsavedBuffer",
  getGroup: "getConsumerGroup",
  getGroups: "getConsumerGroups",
  getOffset: "getConsumerOffset",
  getPats: "getPersonalAccessTokens",
  joinGroup: "joinConsumerGroup",
  leaveGroup: "leaveConsumerGroup",
  loginWithPat: "loginWithPersonalAccessToken",
  logout: "logoutUser",
  storeOffset: "storeConsumerOffset",
  syncGroup: "syncConsumerGroup",
};
