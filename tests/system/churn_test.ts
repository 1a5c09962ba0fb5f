import { assert, assertEquals } from "@std/assert";
import { churn, type ChurnReport } from "../support/group_churn.ts";
import { ProcessNode } from "../support/process_node.ts";
import { Random } from "../support/random.ts";

Deno.test("A group whose members join and leave all the time reads every message exactly once", async () => {
  const { repeated, leaves } = await run(false);
  assertEquals(repeated, 0);
  assert(leaves > 8);
});

Deno.test("A group whose members die all the time reads every message at least once", async () => {
  const { deaths } = await run(true);
  assert(deaths > 0);
});

async function run(deaths: boolean): Promise<ChurnReport> {
  const random = Random.announced(deaths ? "Members that die" : "Members that leave");
  await using node = await ProcessNode.start();
  const report = await churn({ port: node.port, random, deaths, seconds: 3 });
  assertEquals([report.faults, report.unread], [[], 0]);
  assert(report.sent > 0);
  assertEquals(await node.stop(), 0);
  return report;
}
