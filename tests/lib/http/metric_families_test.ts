import { assert, assertEquals } from "@std/assert";
import { families } from "../../../lib/http/metric_families.ts";
import { testBroker } from "../../support/broker.ts";

Deno.test("families() has each name once, with help, and Iggy's own first", async () => {
  await using broker = await testBroker();
  const all = await families(broker);
  const names = all.map(({ name }) => name);
  assertEquals(names, [...new Set(names)]);
  assertEquals(names[0], "http_requests");
  for (const { name, help, samples } of all) {
    assert(help !== "", name);
    assert(samples.every(({ value }) => Number.isFinite(value)), name);
  }
});

Deno.test("families() counts what exists", async () => {
  await using broker = await testBroker();
  broker.topic(3);
  const value = async (name: string) =>
    (await families(broker)).find((each) => each.name === name)?.samples[0].value;
  assertEquals(await value("streams"), 1);
  assertEquals(await value("topics"), 1);
  assertEquals(await value("partitions"), 3);
  assertEquals(await value("users"), 1);
});

Deno.test("families() gives a histogram with rising buckets, its sum and its count", async () => {
  await using broker = await testBroker();
  for (const ms of [0.2, 3, 40_000]) broker.meters.latency.send.record(ms);
  const all = await families(broker);
  const { samples } = all.find(({ name }) => name === "whippet_request_duration_seconds")!;
  const send = samples.filter(({ labels }) => labels?.command === "send");
  const buckets = send.filter(({ suffix }) => suffix === "_bucket");
  assertEquals(buckets.at(-1)?.labels?.le, "+Inf");
  assertEquals(buckets.at(-1)?.value, 3);
  assertEquals(buckets.map(({ value }) => value), buckets.map(({ value }) => value).sort());
  assertEquals(send.find(({ suffix }) => suffix === "_count")?.value, 3);
});

Deno.test("families() tells the lag of each reader of each partition", async () => {
  await using broker = await testBroker();
  const topic = broker.topic(2);
  broker.catalog.groups.create(topic.streamId, topic.id, "workers");
  const lag = (await families(broker)).find(({ name }) => name === "whippet_consumer_lag_messages");
  assertEquals(
    lag?.samples.map(({ labels, value }) => [labels?.partition, labels?.consumer, value]),
    [[0, "workers", 0], [1, "workers", 0]],
  );
});
