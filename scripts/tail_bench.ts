/**
 * `deno task bench:tail`: the live tail of a node in a process of its own. First how long a message takes
 * from its send to `curl -N`, one at a time; then many tails at once, each of which has to get every
 * message once and in order. Exits with 1 when a message is missing, doubled or out of order, or when the
 * p99 of curl is above 50 ms.
 *
 *     --messages N   sends that curl waits for, 1000 unless given
 *     --tails N      tails at once, 1000 unless given
 *
 * @module
 */
import { IggyClient } from "../mod.ts";
import { quantile } from "./bench/figures.ts";
import { linesOf } from "./bench/lines.ts";
import { startNode } from "./node_process.ts";

async function main(args: readonly string[]): Promise<number> {
  const folder = Deno.makeTempDirSync({ prefix: "whippet-tail-" });
  const node = await startNode({ dataDirectory: `${folder}/data`, logFile: `${folder}/node.log` });
  try {
    const { address } = node;
    await using client = await IggyClient.connect({ address, ...ROOT });
    const scene: Scene = { client, address, token: await tokenOf(address) };
    const faults = [
      ...await measureCurl(scene, numberOf(args, "--messages")),
      ...await crowd(scene, numberOf(args, "--tails")),
    ];
    for (const fault of faults) console.error(fault);
    return faults.length === 0 ? 0 : 1;
  } finally {
    await node.stop();
    Deno.removeSync(folder, { recursive: true });
  }
}

/** A node, who sends to it, and the bearer of who reads. */
interface Scene {
  readonly client: IggyClient;
  readonly address: string;
  readonly token: string;
}

/** One message after the other, each from the call that sends it to the line that curl prints. */
async function measureCurl(scene: Scene, count: number): Promise<string[]> {
  const { client, token } = scene;
  const url = await makeTopic(scene, "curl");
  const curl = new Deno.Command("curl", {
    args: ["-sN", "-H", `authorization: Bearer ${token}`, url],
    stdout: "piped",
  }).spawn();
  const lines = linesOf(curl.stdout);
  const times = new Float64Array(count);
  try {
    // The first one shows that curl is connected.
    for (let at = 0; at <= count; at++) {
      const startMs = performance.now();
      const [, line] = await Promise.all([
        client.messages.send("curl", "events", [{ payload: String(at) }]),
        nextMessage(lines),
      ]);
      const lineMs = performance.now() - startMs;
      if (line !== String(at)) return [`curl got ${line} in place of ${at}`];
      if (at > 0) times[at - 1] = lineMs;
      await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    }
  } finally {
    curl.kill();
    await curl.status;
  }
  times.sort();
  const p99 = quantile(times, 0.99);
  console.log(
    `curl -N: ${count} sends, one at a time: p50 ${quantile(times, 0.5).toFixed(2)} ms, ` +
      `p99 ${p99.toFixed(2)} ms, max ${quantile(times, 1).toFixed(2)} ms`,
  );
  return p99 > P99_MS_MAX ? [`p99 of curl is ${p99} ms, at most ${P99_MS_MAX} wanted`] : [];
}

/** Many tails of one topic at once. */
async function crowd(scene: Scene, count: number): Promise<string[]> {
  const { client, token } = scene;
  const url = await makeTopic(scene, "crowd");
  const openedMs = performance.now();
  const tails = await Promise.all(
    Array.from(
      { length: count },
      () => fetch(url, { headers: { authorization: `Bearer ${token}` } }),
    ),
  );
  console.log(`${count} tails are open after ${secondsSince(openedMs)} s`);
  const startMs = performance.now();
  const reading = tails.map((tail, at) => follow(tail, `Tail ${at}`));
  for (let at = 0; at < CROWD_MESSAGES; at += SEND_MESSAGES) {
    const batch = Array.from({ length: SEND_MESSAGES }, (_, more) => String(at + more));
    await client.messages.send("crowd", "events", batch.map((payload) => ({ payload })));
  }
  await client.messages.send("crowd", "events", [{ payload: END }]);
  const sentSeconds = secondsSince(startMs);
  const faults = (await Promise.all(reading)).filter((fault) => fault !== undefined);
  const lines = count * (CROWD_MESSAGES + 1);
  console.log(
    `${CROWD_MESSAGES} messages sent in ${sentSeconds} s; ${count} tails have them all, ` +
      `${lines} lines, after ${secondsSince(startMs)} s; ${faults.length} tails went wrong`,
  );
  return faults.slice(0, FAULTS_MAX);
}

/** Reads a tail up to its last message; gives what was wrong, if anything. */
async function follow({ status, body }: Response, name: string): Promise<string | undefined> {
  if (status !== 200 || body === null) return `${name} is refused: ${status}`;
  const lines = linesOf(body);
  try {
    for (let at = 0;; at++) {
      const text = await nextMessage(lines);
      const wanted = at === CROWD_MESSAGES ? END : String(at);
      if (text !== wanted) return `${name} got ${text} in place of ${wanted}`;
      if (text === END) return undefined;
    }
  } finally {
    await lines.cancel();
  }
}

/** The payload of the next message; empty lines are signs of life. */
async function nextMessage(lines: ReadableStreamDefaultReader<string>): Promise<string> {
  for (;;) {
    const { value, done } = await lines.read();
    if (done) return "the end";
    if (value !== "") return JSON.parse(value).payload;
  }
}

/** A stream of that name with one topic; gives where it is tailed. */
async function makeTopic({ client, address }: Scene, stream: string): Promise<string> {
  await client.streams.create(stream);
  await client.topics.create(stream, "events", { partitionsCount: 1 });
  return `http://${address}/streams/${stream}/topics/events/messages/tail?format=ndjson&from=first`;
}

async function tokenOf(address: string): Promise<string> {
  const answer = await fetch(`http://${address}/users/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(ROOT),
  });
  return (await answer.json()).access_token.token;
}

function secondsSince(startMs: number): string {
  return ((performance.now() - startMs) / 1000).toFixed(2);
}

function numberOf(args: readonly string[], flag: string): number {
  const at = args.indexOf(flag);
  const count = at < 0 ? 1000 : Number(args[at + 1]);
  if (!(Number.isSafeInteger(count) && count > 0)) {
    throw new TypeError(`${flag} takes a number from 1 on, not ${args[at + 1]}`);
  }
  return count;
}

const ROOT = { username: "iggy", password: "iggy" };
const P99_MS_MAX = 50;
/** Between two sends, so that the node has nothing else to do. */
const IDLE_MS = 2;
const CROWD_MESSAGES = 500;
const SEND_MESSAGES = 5;
const END = "end";
const FAULTS_MAX = 10;

if (import.meta.main) Deno.exit(await main(Deno.args));
