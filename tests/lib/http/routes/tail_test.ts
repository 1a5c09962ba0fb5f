import { assertEquals } from "@std/assert";
import { eventually } from "../../../support/eventually.ts";
import { type Asked, type TestApp, testApp } from "../../../support/http_app.ts";

const MESSAGES = "/streams/orders/topics/events/messages";
const TEXT = { "content-type": "text/plain" };

/** Reads a tail piece by piece. */
async function tail(app: TestApp, query = "", asked: Asked = {}) {
  const response = await app.fetch("GET", `${MESSAGES}/tail${query}`, asked);
  assertEquals(response.status, 200);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  return {
    response,
    read: async () => (await reader.read()).value,
    cancel: () => reader.cancel(),
  };
}

async function send(app: TestApp, text: string, query = ""): Promise<void> {
  await app.expect(201, "POST", `${MESSAGES}${query}`, { body: text, headers: TEXT });
}

Deno.test("GET …/messages/tail gives server-sent events that a reader resumes by", async () => {
  await using app = await testApp();
  app.broker.topic(1);
  const live = await tail(app);
  assertEquals(live.response.headers.get("content-type"), "text/event-stream");
  assertEquals(await live.read(), "retry: 1000\n\n");
  await send(app, "hello");
  const [id, data] = (await live.read())!.trimEnd().split("\n");
  assertEquals(id, "id: 0:0");
  assertEquals(JSON.parse(data.slice("data: ".length)).payload, "hello");
  await live.cancel();
  await send(app, "missed");
  const resumed = await tail(app, "", { headers: { "last-event-id": "0:0" } });
  await resumed.read();
  assertEquals((await resumed.read())!.includes('"missed"'), true);
  await resumed.cancel();
});

Deno.test("GET …/messages/tail gives NDJSON to who asks for it, of the partitions named", async () => {
  await using app = await testApp();
  app.broker.topic(3);
  for (const partition of [0, 1, 2]) {
    await send(app, `in ${partition}`, `?partition_id=${partition}`);
  }
  const live = await tail(app, "?format=ndjson&from=first&partitions=0,2");
  const got = [await live.read(), await live.read()].map((line) => JSON.parse(line!));
  assertEquals(got.map(({ payload }) => payload), ["in 0", "in 2"]);
  await live.cancel();
  const accepted = await tail(app, "?from=first", { headers: { accept: "application/x-ndjson" } });
  assertEquals(accepted.response.headers.get("content-type"), "application/x-ndjson");
  await accepted.cancel();
});

Deno.test("GET …/messages/tail gives a sign of life when there is nothing else", async () => {
  await using app = await testApp();
  const topic = app.broker.topic(1);
  const readers = app.broker.partitions.readers(topic, topic.partitions[0]);
  const live = await tail(app, "?format=ndjson");
  const read = live.read();
  await eventually("the tail waits", () => readers.count > 0);
  app.broker.clock.advance(15_000);
  assertEquals(await read, "\n");
  await live.cancel();
});

Deno.test("GET …/messages/tail ends when the node stops", async () => {
  await using app = await testApp();
  app.broker.topic(1);
  const live = await tail(app, "?format=ndjson");
  const read = live.read();
  app.draining.abort();
  assertEquals(await read, undefined);
});

Deno.test("GET …/messages/tail ends when its token is revoked, and says so", async () => {
  await using app = await testApp();
  app.broker.topic(1);
  const token = await app.tokenOf(0);
  const live = await tail(app, "?format=ndjson", { token });
  await app.expect(204, "DELETE", "/users/logout", { token });
  app.broker.clock.advance(1000);
  const read = live.read();
  await send(app, "secret");
  assertEquals(JSON.parse((await read)!).error.code, "unauthenticated");
  assertEquals(await live.read(), undefined);
});

Deno.test("GET …/messages/tail ends when the right to poll is lost, and says so", async () => {
  await using app = await testApp();
  const { streamId, id } = app.broker.topic(1);
  const reader = app.broker.connectUser("reader", {
    global: Object.fromEntries([["pollMessages", true]]) as never,
    streams: new Map(),
  });
  const live = await tail(app, "?format=ndjson", { token: await app.tokenOf(reader.userId!) });
  app.broker.catalog.users.changePermissions(reader.userId!, undefined);
  await send(app, "secret");
  assertEquals(JSON.parse((await live.read())!).error.id, 41);
  assertEquals([streamId, id], [0, 0]);
});

Deno.test("GET …/messages/tail leaves nothing behind when its reader goes", async () => {
  await using app = await testApp();
  const topic = app.broker.topic(1);
  const live = await tail(app);
  await live.read();
  await live.cancel();
  const readers = app.broker.partitions.readers(topic, topic.partitions[0]);
  await eventually("the tail is over", () => readers.count === 0);
  assertEquals(app.broker.clock.timers, 0);
});

Deno.test("GET …/messages/tail gives a thousand readers every message in order", async () => {
  await using app = await testApp();
  app.broker.topic(2);
  const tails = await Promise.all(
    Array.from({ length: 1000 }, () => tail(app, "?format=ndjson&partitions=1")),
  );
  for (const text of ["a", "b"]) await send(app, text, "?partition_id=1");
  for (const live of tails) {
    let text = "";
    while (text.split("\n").length < 3) text += await live.read();
    assertEquals(text.trimEnd().split("\n").map((line) => JSON.parse(line).payload), ["a", "b"]);
    await live.cancel();
  }
  assertEquals(app.broker.buffers.out, 0);
});

Deno.test("GET …/messages/tail refuses what cannot be", async () => {
  await using app = await testApp();
  app.broker.topic(1);
  const status = async (query: string, headers = {}) =>
    (await app.ask("GET", `${MESSAGES}/tail${query}`, { headers })).status;
  assertEquals(await status("?from=yesterday"), 400);
  assertEquals(await status("?partitions=0,x"), 400);
  assertEquals(await status("?partitions=9"), 404);
  assertEquals(await status("", { "last-event-id": "x" }), 400);
  await app.expect(404, "GET", "/streams/orders/topics/9/messages/tail");
  const token = await app.tokenOf(app.broker.connectUser("nobody").userId!);
  await app.expect(403, "GET", `${MESSAGES}/tail`, { token });
});
