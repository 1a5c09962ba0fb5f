/**
 * What a client does with a node to see that it works: over HTTP, and over the binary protocol.
 *
 * @module
 */
import { IggyClient } from "../../mod.ts";
import type { TlsOptions } from "../../mod.ts";
import { hold } from "./trials.ts";

/** Logs in over HTTP, makes a stream and a topic, produces a message and polls it. */
export async function produceAndPollByHttp(address: string, stream: string): Promise<void> {
  let authorization = "";
  const ask = async (method: string, path: string, body?: object) => {
    const response = await fetch(`http://${address}${path}`, {
      method,
      headers: { "content-type": "application/json", authorization },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    hold(response.ok, `${method} ${path} gives ${response.status} ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
  const session = await ask("POST", "/users/login", { username: "iggy", password: "iggy" });
  authorization = `Bearer ${session.access_token.token}`;
  await ask("POST", "/streams", { name: stream });
  const topic = { name: "orders", partitions_count: 1, compression_algorithm: "none" };
  await ask("POST", `/streams/${stream}/topics`, {
    ...topic,
    message_expiry: 0,
    max_topic_size: 0,
  });
  const messages = `/streams/${stream}/topics/orders/messages`;
  const payload = btoa("by HTTP");
  await ask("POST", messages, {
    partitioning: { kind: "partition_id", value: "AAAAAA==" },
    messages: [{ payload }],
  });
  const polled = await ask(
    "GET",
    `${messages}?consumer_id=1&partition_id=0&kind=offset&value=0&count=10&auto_commit=false`,
  );
  hold(polled.messages[0]?.payload === payload, `Poll gives ${JSON.stringify(polled)}`);
}

/** Gets the dashboard's login page, and what it loads. */
export async function openDashboard(address: string): Promise<void> {
  const page = await fetch(`http://${address}/ui`);
  const html = await page.text();
  hold(page.ok && html.includes("<form"), `/ui gives ${page.status} ${html.slice(0, 200)}`);
  for (const [, path] of html.matchAll(/(?:src|href)="(\/ui\/[^"]+\.(?:js|css|svg))"/g)) {
    const asset = await fetch(`http://${address}${path}`);
    await asset.body?.cancel();
    hold(asset.ok, `${path} gives ${asset.status}`);
  }
}

/** How a node is reached. */
export interface Reach {
  readonly address: string;
  readonly tls?: TlsOptions;
}

/** Sends `megabytes` of messages of 1 kB to a new stream, and polls all of them back. */
export async function load(reach: Reach, stream: string, megabytes: number): Promise<void> {
  const client = await IggyClient.connect({ ...reach, username: "iggy", password: "iggy" });
  try {
    await client.streams.create(stream);
    await client.topics.create(stream, "load", { partitionsCount: 1 });
    const thousand = Array.from({ length: BATCH }, () => ({ payload: new Uint8Array(1000) }));
    const prepared = client.messages.prepare(thousand);
    for (let sent = 0; sent < megabytes; sent++) {
      await client.messages.send(stream, "load", prepared, { partitionId: 0 });
    }
    hold(
      await countOf(client, stream) === megabytes * BATCH,
      `Not all of ${megabytes} MB came back`,
    );
  } finally {
    await client.close();
  }
}

/** Messages that polls of the whole of {@link load}'s topic give. */
export async function countLoaded(reach: Reach, stream: string): Promise<number> {
  const client = await IggyClient.connect({ ...reach, username: "iggy", password: "iggy" });
  try {
    return await countOf(client, stream);
  } finally {
    await client.close();
  }
}

async function countOf(client: IggyClient, stream: string): Promise<number> {
  for (let total = 0;;) {
    const options = { partitionId: 0, offset: total, count: BATCH };
    const count = await client.messages.pollBytes(stream, "load", options, ({ count }) => count);
    if (count === 0) return total;
    total += count;
  }
}

/** Messages of a batch. */
export const BATCH = 1000;
