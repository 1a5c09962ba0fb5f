import { assertEquals } from "@std/assert";
import { accepted, broken, refused, skipped } from "../../../scripts/wycheproof/vectors.ts";
import type { Test } from "../../../scripts/wycheproof/vectors.ts";
import { ACCEPTABLE, verdictOn } from "../../../scripts/wycheproof/verdict.ts";

function testOf(result: Test["result"], ...flags: string[]): Test {
  return { tcId: 1, result, flags };
}

Deno.test("verdictOn() wants valid accepted and invalid refused", () => {
  assertEquals(verdictOn(testOf("valid"), accepted).kind, "right");
  assertEquals(verdictOn(testOf("valid"), refused).kind, "wrong");
  assertEquals(verdictOn(testOf("invalid"), refused).kind, "right");
  assertEquals(verdictOn(testOf("invalid"), accepted).kind, "wrong");
});

Deno.test("verdictOn() finds a broken answer wrong whatever was expected", () => {
  for (const result of ["valid", "invalid", "acceptable"] as const) {
    assertEquals(verdictOn(testOf(result), broken("how")).kind, "wrong");
  }
});

Deno.test("verdictOn() decides acceptable tests by the first rule that has a flag of theirs", () => {
  for (const { flag, answer } of ACCEPTABLE) {
    const [same, other] = answer === "accepted" ? [accepted, refused] : [refused, accepted];
    assertEquals(verdictOn(testOf("acceptable", "Unknown", flag), same).kind, "right");
    assertEquals(verdictOn(testOf("acceptable", flag), other).kind, "wrong");
  }
  const lowOrderTwist = testOf("acceptable", "Twist", "ZeroSharedSecret");
  assertEquals(verdictOn(lowOrderTwist, refused).kind, "right");
  assertEquals(verdictOn(testOf("acceptable", "Unknown"), refused).kind, "right");
  assertEquals(verdictOn(testOf("acceptable", "Unknown"), accepted).kind, "right");
});

Deno.test("verdictOn() counts what was not asked as skipped", () => {
  assertEquals(verdictOn(testOf("valid"), skipped("why")), { kind: "skipped", why: "why" });
});
