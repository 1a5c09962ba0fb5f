import { assertEquals } from "@std/assert";
import type { GroupFigures } from "../../../../lib/http/dashboard/census.ts";
import { groupsBehind, healthOf, healthSentence } from "../../../../lib/http/dashboard/health.ts";
import { testBroker } from "../../../support/broker.ts";
import { NO_RIGHTS, visitOf } from "../../../support/dashboard.ts";
import { someMessages } from "../../../support/messages.ts";
import { send } from "../../../support/sends_and_polls.ts";

Deno.test("healthOf() names groups that are behind, to those who may know", async () => {
  await using broker = await testBroker();
  broker.topic(1);
  assertEquals(await healthOf(visitOf(broker)), { state: "good", words: "Healthy" });
  broker.catalog.groups.create("orders", "events", "workers");
  await send(broker, broker.connect(), "vsr_0_11", someMessages(9));
  assertEquals(await healthOf(visitOf(broker)), {
    state: "attention",
    words: "Healthy, 1 group behind",
  });
  const visitor = visitOf(broker, { permissions: NO_RIGHTS });
  assertEquals(await healthOf(visitor), { state: "good", words: "Healthy" });
});

Deno.test("groupsBehind() lets a group that reads have some messages under way", async () => {
  await using broker = await testBroker();
  const client = broker.connect();
  broker.topic(1);
  const group = broker.catalog.groups.create("orders", "events", "workers");
  broker.groups.join(group, client.id, 1, 0);
  await send(broker, client, "vsr_0_11", someMessages(9));
  assertEquals(await groupsBehind(visitOf(broker)), []);
});

Deno.test("healthSentence() tells the worst", () => {
  const behind = (name: string, lag: number) => ({ group: { name }, lag }) as GroupFigures;
  assertEquals(healthSentence([]), "Healthy. Every group has read everything.");
  assertEquals(healthSentence([behind("a", 1)]), "Healthy. Group a is behind by 1 message.");
  assertEquals(
    healthSentence([behind("a", 12_400), behind("b", 3)]),
    "Healthy. 2 groups are behind, the worst by 12,400 messages.",
  );
});
