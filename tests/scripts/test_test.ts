import { assertEquals } from "@std/assert";
import { summaryOf, verdict } from "../../scripts/test.ts";

Deno.test("summaryOf() reads the closing line of a good run", () => {
  const output = "a ... ok (1ms)\n\nok | 12 passed | 0 failed (49ms)\n\n";
  assertEquals(summaryOf(output), { passed: 12, failed: 0, ignored: 0 });
});

Deno.test("summaryOf() counts tests, not their steps", () => {
  const output = "FAILED | 1 passed (1 step) | 6 failed (2 steps) | 3 ignored (1 step) (91ms)\n";
  assertEquals(summaryOf(output), { passed: 1, failed: 6, ignored: 3 });
});

Deno.test("summaryOf() looks through colour", () => {
  const output =
    "\x1b[0m\x1b[32mok\x1b[0m | 2 passed | 0 failed | 1 ignored \x1b[0m\x1b[38;5;245m(4ms)\x1b[0m\n";
  assertEquals(summaryOf(output), { passed: 2, failed: 0, ignored: 1 });
});

Deno.test("summaryOf() takes the last closing line when a test prints one too", () => {
  const output = "ok | 9 passed | 0 failed (1ms)\n...\nFAILED | 1 passed | 2 failed (5ms)\n";
  assertEquals(summaryOf(output), { passed: 1, failed: 2, ignored: 0 });
});

Deno.test("summaryOf() gives nothing when the run broke off", () => {
  assertEquals(summaryOf("error: Type checking failed.\n"), undefined);
});

Deno.test("verdict() counts a broken run as one failure", () => {
  assertEquals(verdict(undefined, false), { passed: 0, failed: 1, ignored: 0 });
  assertEquals(verdict({ passed: 3, failed: 0, ignored: 0 }, false), {
    passed: 3,
    failed: 1,
    ignored: 0,
  });
});

Deno.test("verdict() leaves a consistent run as it is", () => {
  const good = { passed: 3, failed: 0, ignored: 1 };
  const bad = { passed: 3, failed: 2, ignored: 0 };
  assertEquals(verdict(good, true), good);
  assertEquals(verdict(bad, false), bad);
});
