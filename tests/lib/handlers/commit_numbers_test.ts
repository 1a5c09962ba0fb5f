import { assertEquals } from "@std/assert";
import { CommitNumbers } from "../../../lib/handlers/commit_numbers.ts";

Deno.test("CommitNumbers.next() rises by one, and last tells the one given out last", () => {
  const numbers = new CommitNumbers(1_700_000_000_000_000);
  assertEquals(numbers.last, 1_700_000_000_000_000);
  assertEquals(numbers.next(), 1_700_000_000_000_001);
  assertEquals(numbers.next(), 1_700_000_000_000_002);
  assertEquals(numbers.last, 1_700_000_000_000_002);
});

Deno.test("CommitNumbers rise over a restart, however soon it comes", () => {
  const before = new CommitNumbers(1_700_000_000_000_000);
  for (let made = 0; made < 1000; made++) before.next();
  assertEquals(new CommitNumbers(1_700_000_000_001_000).next() > before.last, true);
});
