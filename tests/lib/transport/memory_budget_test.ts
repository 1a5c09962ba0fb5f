import { assert, assertEquals } from "@std/assert";
import { MemoryBudget, type MemoryGrant } from "../../../lib/transport/memory_budget.ts";
import { turns } from "../../support/partition_logs.ts";

/** Asks, and says whether it has been granted so far. */
function ask(grant: MemoryGrant, bytes: number): { granted: boolean } {
  const asked = { granted: false };
  const pending = grant.resize(bytes);
  if (pending === undefined) asked.granted = true;
  else pending.then(() => asked.granted = true);
  return asked;
}

Deno.test("MemoryBudget grants at once what fits, and counts it", () => {
  const budget = new MemoryBudget(100);
  const [first, second] = [budget.grant(), budget.grant()];
  assertEquals(first.resize(60), undefined);
  assertEquals(second.resize(40), undefined);
  assertEquals(budget.used, 100);
  assertEquals(first.resize(10), undefined);
  assertEquals(budget.used, 50);
  first.resize(0);
  second.resize(0);
  assertEquals(budget.used, 0);
});

Deno.test("MemoryBudget lets who does not fit wait until others shrink", async () => {
  const budget = new MemoryBudget(100);
  const [first, second] = [budget.grant(), budget.grant()];
  first.resize(60);
  const waits = ask(second, 50);
  await turns();
  assertEquals([waits.granted, budget.used], [false, 60]);
  first.resize(51);
  await turns();
  assertEquals(waits.granted, false);
  first.resize(50);
  await turns();
  assertEquals([waits.granted, budget.used], [true, 100]);
});

Deno.test("MemoryBudget grants those who wait in the order they came", async () => {
  const budget = new MemoryBudget(100);
  const [holder, large, small] = [budget.grant(), budget.grant(), budget.grant()];
  holder.resize(90);
  const first = ask(large, 80);
  const second = ask(small, 20);
  holder.resize(50);
  await turns();
  assertEquals([first.granted, second.granted], [false, false]);
  holder.resize(20);
  await turns();
  assertEquals([first.granted, second.granted], [true, false]);
  large.resize(0);
  await turns();
  assertEquals([second.granted, budget.used], [true, 40]);
});

Deno.test("MemoryBudget counts what a waiting grant holds already only once", async () => {
  const budget = new MemoryBudget(100);
  const [first, second] = [budget.grant(), budget.grant()];
  first.resize(40);
  second.resize(40);
  const waits = ask(first, 80);
  await turns();
  assertEquals([waits.granted, budget.used], [false, 80]);
  second.resize(20);
  await turns();
  assertEquals([waits.granted, budget.used], [true, 100]);
});

Deno.test("MemoryBudget grants more than there is to one that is alone, what it holds notwithstanding", async () => {
  const budget = new MemoryBudget(100);
  const [first, second] = [budget.grant(), budget.grant()];
  first.resize(10);
  assertEquals(first.resize(150), undefined);
  const waits = ask(second, 1);
  await turns();
  assertEquals(waits.granted, false);
  first.resize(0);
  await turns();
  assertEquals([waits.granted, budget.used], [true, 1]);
});

Deno.test("MemoryGrant.giveUp() ends a wait with nothing, and lets the next one move up", async () => {
  const budget = new MemoryBudget(100);
  const [holder, large, small] = [budget.grant(), budget.grant(), budget.grant()];
  holder.resize(60);
  large.resize(10);
  const waits = ask(large, 90);
  const next = ask(small, 30);
  await turns();
  large.giveUp();
  await turns();
  assert(waits.granted && next.granted);
  assertEquals(budget.used, 100);
  large.resize(0);
  assertEquals(budget.used, 90);
});

Deno.test("MemoryGrant.giveUp() does nothing when nobody waits", async () => {
  const budget = new MemoryBudget(100);
  const [first, second] = [budget.grant(), budget.grant()];
  first.giveUp();
  first.resize(60);
  const waits = ask(second, 60);
  first.resize(0);
  await turns();
  second.giveUp();
  assertEquals([waits.granted, budget.used], [true, 60]);
});
