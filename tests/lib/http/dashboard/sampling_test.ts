import { assert, assertEquals } from "@std/assert";
import { sampler } from "../../../../lib/http/dashboard/sampling.ts";
import { testBroker } from "../../../support/broker.ts";

Deno.test("sampler() reads what the node counts anyhow", async () => {
  await using broker = await testBroker();
  broker.connect();
  const sampleOf = sampler(broker);
  broker.meters.sentMessages = 7;
  broker.meters.polledBytes = 512;
  const { sentMessages, polledBytes, clients, memoryBytes, diskBytes } = sampleOf();
  assertEquals([sentMessages, polledBytes, clients, memoryBytes], [7, 512, 1, 2 ** 26]);
  assertEquals(diskBytes, 2 ** 30);
});

Deno.test("sampler() tells the latencies since the sample before, of sends and polls", async () => {
  await using broker = await testBroker();
  const sampleOf = sampler(broker);
  assertEquals(sampleOf().medianMs, NaN);
  broker.meters.latency.send.record(0.4);
  broker.meters.latency.poll.record(40);
  const { medianMs, slowMs } = sampleOf();
  assert(medianMs < 1 && slowMs > 20, `${medianMs} ms, ${slowMs} ms`);
  assertEquals(sampleOf().slowMs, NaN);
});
