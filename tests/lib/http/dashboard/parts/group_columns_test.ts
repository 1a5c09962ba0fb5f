import { assertEquals, assertStringIncludes } from "@std/assert";
import { Census } from "../../../../../lib/http/dashboard/census.ts";
import { htmlOf } from "../../../../../lib/http/dashboard/page_response.ts";
import { GROUP_COLUMNS } from "../../../../../lib/http/dashboard/parts/group_columns.tsx";
import { Table } from "../../../../../lib/http/dashboard/parts/table.tsx";
import { testBroker } from "../../../../support/broker.ts";
import { visitOf } from "../../../../support/dashboard.ts";
import { someMessages } from "../../../../support/messages.ts";
import { send } from "../../../../support/sends_and_polls.ts";

Deno.test("GROUP_COLUMNS shows how far a group is behind, and how many read", async () => {
  await using broker = await testBroker();
  broker.topic(1);
  const group = broker.catalog.groups.create("orders", "events", "workers");
  const client = broker.connect();
  broker.groups.join(group, client.id, 1, 0);
  await send(broker, client, "vsr_0_11", someMessages(1234));
  const [{ groups }] = await new Census(broker).topics();
  const html = await htmlOf(Table({
    visit: visitOf(broker),
    name: "groups",
    caption: "Groups",
    columns: GROUP_COLUMNS,
    rows: groups,
    empty: "none",
  }));
  assertStringIncludes(html, 'data-label="Behind">1,234<');
  assertStringIncludes(html, 'data-label="Members">1<');
  assertStringIncludes(html, 'class="spark');
});

Deno.test("GROUP_COLUMNS sorts by messages behind and by members", () => {
  assertEquals(
    GROUP_COLUMNS.filter(({ value }) => value !== undefined).map(({ key }) => key),
    ["lag", "members"],
  );
});
