import { assertFalse, assertStringIncludes } from "@std/assert";
import { testDashboard } from "../../../../support/dashboard.ts";
import { someMessages } from "../../../../support/messages.ts";
import { send } from "../../../../support/sends_and_polls.ts";

async function withGroup() {
  const dashboard = await testDashboard();
  const { broker } = dashboard;
  const topic = broker.topic(2);
  const group = broker.catalog.groups.create("orders", "events", "workers");
  await send(broker, broker.connect(), "vsr_0_11", someMessages(200));
  return { dashboard, broker, topic, group };
}

Deno.test("The page of groups colours how far each is behind, by partition", async () => {
  const { dashboard } = await withGroup();
  await using _ = dashboard;
  const html = await dashboard.page("/ui/groups");
  assertStringIncludes(html, '<td class="num l2">200</td><td class="num l0">0</td>');
  assertStringIncludes(html, "nobody reads");
});

Deno.test("The page of a group lets its offset be set while nobody reads", async () => {
  const { dashboard, broker, topic, group } = await withGroup();
  await using _ = dashboard;
  broker.catalog.offsets.store(topic.partitions[0], "consumer_group", group.id, 41);
  const html = await dashboard.page("/ui/groups/0/0/0");
  assertStringIncludes(html, 'data-cells="0:41:200,1:-1:0"');
  broker.groups.join(group, broker.connect().id, 2, 0);
  broker.clock.advance(1000);
  const read = await dashboard.page("/ui/groups/0/0/0");
  assertFalse(read.includes("data-cells"));
  assertStringIncludes(read, "stop them first");
});

Deno.test("The page of a group that is not there says so", async () => {
  const { dashboard } = await withGroup();
  await using _ = dashboard;
  const { status, text } = await dashboard.ask("GET", "/ui/groups/0/0/9");
  assertStringIncludes(`${status} ${text}`, "404");
});
