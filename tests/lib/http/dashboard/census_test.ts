import { assertEquals } from "@std/assert";
import { Census, latestRate } from "../../../../lib/http/dashboard/census.ts";
import { testBroker } from "../../../support/broker.ts";
import { someMessages } from "../../../support/messages.ts";
import { send } from "../../../support/sends_and_polls.ts";

Deno.test("Census.topics() tells how far partitions reach and groups have come", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  const topic = broker.topic(2);
  const group = broker.catalog.groups.create("orders", "events", "workers");
  await send(broker, client, "vsr_0_11", someMessages(5));
  broker.catalog.offsets.store(topic.partitions[0], "consumer_group", group.id, 1);
  const [figures] = await new Census(broker).topics();
  assertEquals(figures.partitions.map(({ endOffset }) => endOffset), [5, 0]);
  assertEquals(figures.messagesCount, 5);
  assertEquals(figures.groups[0].lag, 3);
  assertEquals(figures.groups[0].cells.map(({ lag }) => lag), [3, 0]);
});

Deno.test("Census.topics() counts once a second, and tells the rate between", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.topic(1);
  const census = new Census(broker);
  await census.topics();
  await send(broker, client, "vsr_0_11", someMessages(6));
  assertEquals((await census.topics())[0].messagesCount, 0);
  broker.clock.advance(2000);
  const [figures] = await census.topics();
  assertEquals([figures.messagesCount, latestRate(figures)], [6, 3]);
});

Deno.test("Census.topicsNow() counts at once", async () => {
  await using broker = await testBroker();
  const census = new Census(broker);
  assertEquals((await census.topics()).length, 0);
  broker.topic(1);
  assertEquals((await census.topicsNow()).length, 1);
});

Deno.test("Census forgets trends when nobody has looked for a minute", async () => {
  await using broker = await testBroker();
  broker.topic(1);
  const census = new Census(broker);
  for (let looks = 0; looks < 3; looks++) {
    await census.topics();
    broker.clock.advance(1000);
  }
  assertEquals((await census.topics())[0].rates.length, 3);
  broker.clock.advance(61_000);
  assertEquals((await census.topics())[0].rates.length, 0);
});
