import { assertEquals } from "@std/assert";
import { testApp } from "../../../support/http_app.ts";

const NEVER = 18446744073709551615n;

const EU = {
  name: "eu",
  partitions_count: 2,
  compression_algorithm: "none",
  message_expiry: 0,
  max_topic_size: 0,
};

Deno.test("POST …/topics makes a topic and gives the fields of both generations", async () => {
  await using app = await testApp();
  await app.expect(200, "POST", "/streams", { body: { name: "orders" } });
  const options = { segment_size: "64 MiB", enforce_fsync: "true" };
  const made = await app.expect(200, "POST", "/streams/orders/topics", {
    body: { ...EU, replication_factor: 1, options },
  });
  const { options: shown, partitions, ...fields } = made as Record<string, unknown>;
  const at = app.broker.clock.nowMicros();
  assertEquals(fields, {
    id: 0,
    created_at: at,
    name: "eu",
    size: "0 B",
    message_expiry: NEVER,
    compression_algorithm: "none",
    max_topic_size: NEVER,
    replication_factor: 1,
    messages_count: 0,
    partitions_count: 2,
  });
  const partition = { created_at: at, segments_count: 0, current_offset: 0, size: "0 B" };
  assertEquals(partitions, [0, 1].map((id) => ({ id, ...partition, messages_count: 0 })));
  const { segment_size, enforce_fsync, message_expiry, compression_algorithm } = shown as Record<
    string,
    unknown
  >;
  assertEquals(segment_size, { value: "67108864", explicit: true });
  assertEquals(enforce_fsync, { value: "true", explicit: true });
  assertEquals(message_expiry, { value: String(NEVER), explicit: false });
  assertEquals(compression_algorithm, { value: "none", explicit: false });
});

Deno.test("POST …/topics takes a u64 to its last digit", async () => {
  await using app = await testApp();
  await app.expect(200, "POST", "/streams", { body: { name: "orders" } });
  const body = {
    ...EU,
    compression_algorithm: "GZIP",
    message_expiry: NEVER - 1n,
    max_topic_size: NEVER - 2n,
  };
  const made = await app.expect(200, "POST", "/streams/0/topics", { body });
  const { message_expiry, max_topic_size, compression_algorithm } = made as Record<string, unknown>;
  assertEquals(
    [message_expiry, max_topic_size, compression_algorithm],
    [NEVER - 1n, NEVER - 2n, "gzip"],
  );
});

Deno.test("POST …/topics refuses what cannot be, by status and code", async (t) => {
  await using app = await testApp();
  await app.expect(200, "POST", "/streams", { body: { name: "orders" } });
  const cases: [name: string, status: number, id: number | undefined, change: object][] = [
    ["no name", 400, 2014, { name: "" }],
    ["too many partitions", 400, 2015, { partitions_count: 1001 }],
    ["a topic below its segments", 400, 1019, { max_topic_size: 1000 }],
    ["an unknown option", 400, 4041, { options: { zzz: "1" } }],
    ["a bad option", 400, 4042, { options: { segment_size: "x" } }],
    ["an empty option", 400, 4042, { options: { segment_size: "" } }],
    ["a size as a text", 422, undefined, { max_topic_size: "2 GiB" }],
    ["an expiry as a text", 422, undefined, { message_expiry: "7 days" }],
    ["more than a u64", 422, undefined, { message_expiry: NEVER + 1n }],
    ["a negative expiry", 422, undefined, { message_expiry: -1 }],
    ["another compression", 422, undefined, { compression_algorithm: "zip" }],
    ["a partition count beyond u32", 422, undefined, { partitions_count: 2 ** 32 }],
    ["no partition count", 422, undefined, { partitions_count: undefined }],
  ];
  for (const [name, status, id, change] of cases) {
    await t.step(name, async () => {
      const { status: got, json } = await app.ask("POST", "/streams/0/topics", {
        body: { ...EU, ...change },
      });
      assertEquals([got, (json as { id: number } | undefined)?.id], [status, id]);
    });
  }
  await app.expect(404, "POST", "/streams/99/topics", { body: EU });
});

Deno.test("PUT …/topics/{topic_id} keeps what is absent or null", async () => {
  await using app = await testApp();
  app.broker.topic(1, { messageExpiry: 3_600_000_000n });
  const path = "/streams/orders/topics/events";
  await app.expect(204, "PUT", path, { body: { name: "clicks", max_topic_size: null } });
  const found = await app.expect(200, "GET", "/streams/0/topics/clicks");
  assertEquals((found as { message_expiry: number }).message_expiry, 3_600_000_000);
  await app.expect(204, "PUT", "/streams/0/topics/0", {
    body: { name: "clicks", compression_algorithm: "none", message_expiry: 0, max_topic_size: 0 },
  });
  await app.expect(404, "PUT", "/streams/0/topics/9", { body: { name: "x" } });
  await app.expect(400, "PUT", "/streams/0/topics/0", { body: { name: "ü".repeat(128) } });
});

Deno.test("GET …/topics lists them, in their stream too", async () => {
  await using app = await testApp();
  app.broker.topic(2);
  const list = await app.expect(200, "GET", "/streams/orders/topics") as { name: string }[];
  assertEquals(list.map(({ name }) => name), ["events"]);
  const stream = await app.expect(200, "GET", "/streams/orders");
  assertEquals((stream as { topics: unknown }).topics, list);
  await app.expect(404, "GET", "/streams/9/topics");
  await app.expect(404, "GET", "/streams/orders/topics/9");
});

Deno.test("DELETE of a topic answers 204, and 404 when there is none", async () => {
  await using app = await testApp();
  app.broker.topic();
  await app.expect(204, "DELETE", "/streams/orders/topics/events/purge");
  await app.expect(204, "DELETE", "/streams/orders/topics/0");
  const refused = await app.expect(404, "DELETE", "/streams/orders/topics/0");
  assertEquals((refused as { id: number }).id, 2010);
});
