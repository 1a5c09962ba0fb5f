import { assertEquals } from "@std/assert";
import { eventually } from "../../../support/eventually.ts";
import { type TestApp, testApp } from "../../../support/http_app.ts";

const PATH = "/streams/orders/topics/events/messages";

const BALANCED = { kind: "balanced", value: "" };
const TO_0 = { kind: "partition_id", value: "AAAAAA==" };
const TEXT = { "content-type": "text/plain" };
const NDJSON = { "content-type": "application/x-ndjson" };
const OCTETS = { "content-type": "application/octet-stream" };

interface Polled {
  readonly partition_id: number;
  readonly current_offset: number;
  readonly count: number;
  readonly messages: {
    readonly header: Record<string, unknown>;
    readonly payload: string;
    readonly user_headers: unknown;
  }[];
}

async function poll(app: TestApp, query = "?count=100"): Promise<Polled> {
  return await app.expect(200, "GET", `${PATH}${query}`) as Polled;
}

async function payloads(app: TestApp, query?: string): Promise<string[]> {
  return (await poll(app, query)).messages.map(({ payload }) => atob(payload));
}

Deno.test("POST …/messages sends Iggy's JSON, and GET gives the same back", async () => {
  await using app = await testApp();
  app.broker.topic(1);
  const headers = [
    {
      key: { kind: "string", value: "a2V5XzE=" },
      value: { kind: "string", value: "dmFsdWUgMQ==" },
    },
    { key: { kind: "uint32", value: "KgAAAA==" }, value: { kind: "bool", value: "AQ==" } },
  ];
  const messages = [
    { id: 0, payload: "aGVsbG8=" },
    { id: "0198c0de-0000-7000-8000-000000000001", payload: "d29ybGQ=", user_headers: headers },
    { id: "340282366920938463463374607431768211455", payload: "YQ==", user_headers: "AQID" },
    { id: 18446744073709551615n, payload: "Yg==", user_headers: null, header: { id: 5 } },
  ];
  const sent = await app.ask("POST", PATH, { body: { partitioning: TO_0, messages } });
  assertEquals([sent.status, sent.headers.get("iggy-durability")], [201, "replicated-memory"]);
  assertEquals(sent.json, {
    confirmations: [{ stream_id: 0, topic_id: 0, partition_id: 0, base_offset: 0 }],
  });
  const polled = await poll(app);
  assertEquals([polled.current_offset, polled.count], [3, 4]);
  const [first, second, third, fourth] = polled.messages;
  assertEquals(first.header.id === 0, false);
  assertEquals([first.payload, first.user_headers], ["aGVsbG8=", []]);
  assertEquals(second.header.id, 0x0198c0de000070008000000000000001n);
  assertEquals([second.header.user_headers_length, second.user_headers], [37, headers]);
  assertEquals([third.header.id, third.user_headers], [2n ** 128n - 1n, "AQID"]);
  assertEquals([fourth.header.id, fourth.header.offset], [2n ** 64n - 1n, 3]);
});

Deno.test("POST …/messages?ack=none answers 202 without a body", async () => {
  await using app = await testApp();
  app.broker.topic(1);
  const body = { partitioning: BALANCED, messages: [{ payload: "YQ==" }] };
  const sent = await app.ask("POST", `${PATH}?ack=none`, { body });
  assertEquals([sent.status, sent.text, sent.headers.get("iggy-durability")], [202, "", "none"]);
  assertEquals(await payloads(app), ["a"]);
  assertEquals((await app.ask("POST", `${PATH}?ack=zzz`, { body })).status, 400);
});

Deno.test("POST …/messages refuses what cannot be, by status and code", async (t) => {
  await using app = await testApp();
  app.broker.topic(1);
  const message = { payload: "YQ==" };
  const cases: [name: string, status: number, id: number | undefined, change: object][] = [
    ["no message", 400, 4009, { messages: [] }],
    ["an empty payload", 422, undefined, { messages: [{ payload: "" }] }],
    ["bad base64", 422, undefined, { messages: [{ payload: "***" }] }],
    ["base64 without its padding", 422, undefined, { messages: [{ payload: "YQ" }] }],
    ["a bad id", 422, undefined, { messages: [{ id: "abc", payload: "YQ==" }] }],
    ["an id beyond u64", 422, undefined, { messages: [{ ...message, id: 2n ** 64n }] }],
    ["an id beyond u128", 422, undefined, { messages: [{ ...message, id: String(2n ** 128n) }] }],
    ["an unknown field", 422, undefined, { x: 1 }],
    ["no value", 422, undefined, { partitioning: { kind: "balanced" } }],
    ["an unknown kind", 422, undefined, { partitioning: { kind: "Balanced", value: "" } }],
    ["an unknown partition", 404, 3007, {
      partitioning: { kind: "partition_id", value: "CQAAAA==" },
    }],
    ["half a partition", 400, 4028, { partitioning: { kind: "partition_id", value: "CQA=" } }],
    ["an empty key", 400, 4028, { partitioning: { kind: "messages_key", value: "" } }],
    ["an empty header", 422, undefined, {
      messages: [{
        ...message,
        user_headers: [{ key: { kind: "raw", value: "" }, value: { kind: "raw", value: "YQ==" } }],
      }],
    }],
  ];
  for (const [name, status, id, change] of cases) {
    await t.step(name, async () => {
      const body = { partitioning: BALANCED, messages: [message], ...change };
      const { status: got, json } = await app.ask("POST", PATH, { body });
      assertEquals([got, (json as { id: number } | undefined)?.id], [status, id]);
    });
  }
  const body = { partitioning: BALANCED, messages: [message] };
  const missing = await app.expect(404, "POST", "/streams/orders/topics/9/messages", { body });
  assertEquals((missing as { id: number }).id, 2010);
  assertEquals(await payloads(app), []);
});

Deno.test("POST …/messages takes an octet stream for one message, headers and all", async () => {
  await using app = await testApp();
  app.broker.topic(2);
  const bytes = Uint8Array.of(0, 255, 10, 13);
  const id = "0198c0de-0000-7000-8000-000000000001";
  await app.expect(201, "POST", `${PATH}?partition_id=1&message_id=${id}`, {
    body: bytes,
    headers: { ...OCTETS, "whippet-header-Source": "sensor 7" },
  });
  const read = await app.fetch("GET", `${PATH}/1/0`);
  assertEquals(read.headers.get("content-type"), "application/octet-stream");
  assertEquals(read.headers.get("whippet-message-id"), id);
  assertEquals(read.headers.get("whippet-header-source"), "sensor 7");
  assertEquals(read.headers.get("whippet-offset"), "0");
  assertEquals(new Uint8Array(await read.arrayBuffer()), bytes);
  assertEquals((await app.ask("GET", `${PATH}/1/1`)).status, 404);
  assertEquals((await app.ask("POST", PATH, { body: "", headers: OCTETS })).status, 400);
  const both = await app.ask("POST", `${PATH}?key=a&partition_id=0`, {
    body: "x",
    headers: OCTETS,
  });
  assertEquals(both.status, 400);
});

Deno.test("POST …/messages takes a text for one message a line", async () => {
  await using app = await testApp();
  app.broker.topic(1);
  const sent = await app.expect(201, "POST", PATH, { body: "one\r\ntwo\n\nthree", headers: TEXT });
  assertEquals(sent, {
    messages_count: 3,
    confirmations: [
      { stream_id: 0, topic_id: 0, partition_id: 0, base_offset: 0, messages_count: 3 },
    ],
  });
  assertEquals(await payloads(app), ["one", "two", "three"]);
});

Deno.test("POST …/messages takes NDJSON, and GET gives it", async () => {
  await using app = await testApp();
  app.broker.topic(2);
  const lines = [
    { payload: "plain text", partition_id: 1 },
    { payload: { a: [1, null] }, partition_id: 1, headers: { n: 7, ok: true, s: "x", f: 0.5 } },
    { payload: 18446744073709551615n, partition_id: 1, id: 7 },
    { payload_base64: "AP8=", partition_id: 1 },
    { payload: "elsewhere", partition_id: 0 },
  ];
  const { stringifyJson, parseJson } = await import("../../../../lib/http/json.ts");
  const sent = await app.expect(201, "POST", PATH, {
    body: lines.map((line) => `${stringifyJson(line)}\n`).join(""),
    headers: NDJSON,
  });
  assertEquals((sent as { messages_count: number }).messages_count, 5);
  const read = await app.ask("GET", `${PATH}?partition_id=1`, {
    headers: { accept: "application/x-ndjson" },
  });
  assertEquals(read.headers.get("content-type"), "application/x-ndjson");
  const got = read.text.trimEnd().split("\n").map(parseJson) as Record<string, unknown>[];
  assertEquals(got.map(({ offset }) => offset), [0, 1, 2, 3]);
  assertEquals(got.map(({ payload }) => payload), [
    "plain text",
    '{"a":[1,null]}',
    "18446744073709551615",
    undefined,
  ]);
  assertEquals(got[1].headers, { n: 7, ok: true, s: "x", f: 0.5 });
  assertEquals(got[2].id, "00000000-0000-0000-0000-000000000007");
  assertEquals(got[3].payload_base64, "AP8=");
});

Deno.test("POST …/messages says which line is bad, and how many messages went before", async () => {
  await using app = await testApp();
  app.broker.topic(1);
  const pieces = ['{"payload":1}\n{"payload":2}\n', '{"payload":3}\n{"payloads":4}\n'];
  const body = new ReadableStream({
    pull(controller) {
      const piece = pieces.shift();
      if (piece === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(piece));
    },
  });
  const refused = await app.ask("POST", PATH, { body, headers: NDJSON });
  assertEquals([refused.status, refused.text], [
    422,
    "Line 4: one of payload and payload_base64 is required; 2 messages are sent",
  ]);
  assertEquals(await payloads(app), ["1", "2"]);
});

Deno.test("GET …/messages polls as it is asked", async () => {
  await using app = await testApp();
  app.broker.topic(1);
  await app.expect(201, "POST", PATH, { body: "a\nb\nc", headers: TEXT });
  assertEquals(await payloads(app, ""), ["a", "b", "c"]);
  assertEquals(await payloads(app, "?kind=last&count=1"), ["c"]);
  assertEquals(await payloads(app, "?kind=f&count=2"), ["a", "b"]);
  assertEquals(await payloads(app, "?value=18446744073709551615"), []);
  assertEquals(await payloads(app, "?kind=timestamp&value=1&count=1"), ["a"]);
  assertEquals(await payloads(app, "?count=0"), []);
  const next = "?kind=n&consumer_id=app&auto_commit=true&count=1";
  assertEquals([await payloads(app, next), await payloads(app, next)], [["a"], ["b"]]);
});

Deno.test("GET …/messages refuses what cannot be, by status and code", async () => {
  await using app = await testApp();
  app.broker.topic(1);
  const refused = async (path: string) => {
    const { status, json } = await app.ask("GET", path);
    return [status, (json as { id: number } | undefined)?.id];
  };
  assertEquals(await refused(`${PATH}?kind=zzz`), [400, undefined]);
  assertEquals(await refused(`${PATH}?count=-1`), [400, undefined]);
  assertEquals(await refused(`${PATH}?value=18446744073709551616`), [400, undefined]);
  assertEquals(await refused(`${PATH}?auto_commit=1`), [400, undefined]);
  assertEquals(await refused(`${PATH}?wait=soon`), [400, undefined]);
  assertEquals(await refused(`${PATH}?partition_id=9`), [404, 3007]);
  assertEquals(await refused("/streams/orders/topics/9/messages"), [404, 2010]);
  assertEquals(await refused("/streams/9/topics/9/messages"), [404, 1009]);
});

Deno.test("GET …/messages?wait= answers as soon as there is a message, or when time is up", async () => {
  await using app = await testApp();
  const topic = app.broker.topic(1);
  const waits = () => app.broker.partitions.readers(topic, topic.partitions[0]).count > 0;
  const waiting = payloads(app, "?wait=5s");
  await eventually("the poll waits", waits);
  await app.expect(201, "POST", PATH, { body: "now", headers: TEXT });
  assertEquals(await waiting, ["now"]);
  const late = payloads(app, "?wait=5s&value=1");
  await eventually("the poll waits again", waits);
  app.broker.clock.advance(5000);
  assertEquals(await late, []);
});

Deno.test("GET …/messages/flush takes the fsync of the Rust SDK as well", async () => {
  await using app = await testApp();
  app.broker.topic(1);
  await app.expect(200, "GET", `${PATH}/flush/0/false`);
  await app.expect(200, "GET", `${PATH}/flush/0/fsync=true`);
  await app.expect(400, "GET", `${PATH}/flush/0/yes`);
  await app.expect(404, "GET", `${PATH}/flush/9/false`);
});

Deno.test("…/messages asks for the right to send and to poll", async () => {
  await using app = await testApp();
  app.broker.topic(1);
  const token = await app.tokenOf(app.broker.connectUser("nobody").userId!);
  await app.expect(403, "GET", PATH, { token });
  await app.expect(403, "GET", `${PATH}/0/0`, { token });
  await app.expect(403, "POST", PATH, { token, body: "a", headers: TEXT });
});
