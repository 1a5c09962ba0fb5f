/**
 * What goes on in the node of the end-to-end test: five topics, three groups of which one lags, and
 * clients of both generations that keep sending and reading.
 *
 * @module
 */
import { IggyClient } from "../../mod.ts";

/** A workload under way. */
export interface Workload extends AsyncDisposable {
  /** Lets the group that lags read until it has caught up. */
  catchUp(): Promise<void>;
}

/** Makes streams, topics, groups and messages by the project's own client. */
export async function startWorkload(address: string): Promise<Workload> {
  const ending = new AbortController();
  const clients: Connected[] = [];
  const connect = async (framing: "vsr" | "classic" = "vsr") => {
    const client = await IggyClient.connect({
      address,
      username: "iggy",
      password: "iggy",
      framing,
    });
    clients.push(client);
    return client;
  };
  const maker = await connect();
  for (const [stream, topic, partitionsCount] of TOPICS) {
    if (await maker.streams.find(stream) === undefined) await maker.streams.create(stream);
    await maker.topics.create(stream, topic, { partitionsCount });
  }
  await maker.users.create("reader", "a-long-password", {});
  for (let at = 0; at < 40; at++) await sendSome(maker, at);
  const running: Promise<void>[] = [];
  for (const [stream, topic, group] of READERS) {
    const reader = await connect(group === "audit" ? "classic" : "vsr");
    running.push(read(reader, { stream, topic, group, signal: ending.signal }));
  }
  await readOnce(maker);
  running.push(keepSending(await connect(), ending.signal));
  return {
    async catchUp() {
      const client = await connect();
      const stop = new AbortController();
      const timer = setTimeout(() => stop.abort(), CATCH_UP_MS);
      const options = { stream: "orders", topic: "created", group: "invoices" };
      for await (const _ of client.consume({ ...options, signal: stop.signal }));
      clearTimeout(timer);
    },
    async [Symbol.asyncDispose]() {
      ending.abort();
      await Promise.allSettled(running);
      await Promise.allSettled(clients.map((client) => client.close()));
    },
  };
}

type Connected = Awaited<ReturnType<typeof IggyClient.connect>>;

/** A group that began, and left. */
async function readOnce(client: Connected): Promise<void> {
  const group = { stream: "orders", topic: "created", group: "invoices" };
  let left = 120;
  for await (const _ of client.consume(group)) if (--left === 0) break;
}

async function read(
  client: Connected,
  options: { stream: string; topic: string; group: string; signal: AbortSignal },
): Promise<void> {
  for await (const _ of client.consume(options));
}

async function keepSending(client: Connected, signal: AbortSignal): Promise<void> {
  for (let at = 0; !signal.aborted; at++) {
    await sendSome(client, at, 1 + Math.round(3 * (1 + Math.sin(at / 9))));
    await new Promise((resolve) => setTimeout(resolve, 120));
  }
}

async function sendSome(client: Connected, round: number, each = 12): Promise<void> {
  for (const [at, [stream, topic]] of TOPICS.entries()) {
    if (round % (at + 1) !== 0) continue;
    const messages = Array.from({ length: each }, (_, index) => ({
      payload: payloadOf(topic, round * each + index),
      headers: {
        "content-type": "application/json",
        "attempt": { kind: "uint32" as const, value: 1 },
        "traceparent": `00-${String(round).padStart(32, "7")}-00f067aa0ba902b7-01`,
      },
    }));
    await client.messages.send(stream, topic, messages, { key: `${topic}-${round % 17}` });
  }
}

function payloadOf(topic: string, at: number): string {
  if (topic === "clicks") return `GET /products/${at % 90} 200 ${12 + at % 31}ms`;
  return JSON.stringify({
    id: `${topic}-${100_000 + at}`,
    customer: { id: 4200 + at % 61, country: ["DE", "FR", "PL", "IT"][at % 4], vip: at % 9 === 0 },
    lines: [{ sku: `A-${at % 40}`, amount: 1 + at % 3, price: 19.9 + at % 7 }],
    total: Math.round((19.9 + at % 97) * 100) / 100,
    note: at % 5 === 0 ? "gift <b>wrapped</b>" : null,
  });
}

/** Plenty for some thousand messages. */
const CATCH_UP_MS = 3000;

const TOPICS: readonly (readonly [stream: string, topic: string, partitions: number])[] = [
  ["orders", "created", 4],
  ["orders", "shipped", 3],
  ["payments", "authorised", 2],
  ["web", "clicks", 6],
  ["sensors", "temperature", 1],
];

const READERS: readonly (readonly [stream: string, topic: string, group: string])[] = [
  ["orders", "created", "warehouse"],
  ["web", "clicks", "audit"],
];
