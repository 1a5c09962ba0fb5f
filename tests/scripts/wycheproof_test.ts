import { assert, assertEquals } from "@std/assert";
import { choiceOf, reportOn } from "../../scripts/wycheproof.ts";

Deno.test("choiceOf() asks both providers, with the shared vectors, when nothing is said", () => {
  const choice = choiceOf(["--"]);
  assert(typeof choice !== "string");
  assertEquals(choice.subjects.map(({ name }) => name), ["reference", "simd"]);
  assert(choice.paths[0].endsWith("shared/tls-vectors/wycheproof"));
});

Deno.test("choiceOf() takes paths and a provider", () => {
  for (const args of [["--provider", "simd", "a"], ["a", "--provider=simd"]]) {
    const choice = choiceOf(args);
    assert(typeof choice !== "string");
    assertEquals(choice.subjects.map(({ name }) => name), ["simd"]);
    assertEquals(choice.paths, ["a"]);
  }
  const both = choiceOf(["--provider", "both"]);
  assert(typeof both !== "string" && both.subjects.length === 2);
});

Deno.test("choiceOf() says what it does not know", () => {
  assertEquals(choiceOf(["--provider", "z"]), "Provider z is none of reference, simd");
  assertEquals(choiceOf(["--fast"]), "Option --fast is unknown; there is --provider NAME");
});

Deno.test("reportOn() gives a line for each file and wrong answer, and counts at the end", () => {
  const wrong = [{ id: "a.json#3", comment: "odd", expected: "refused", got: "accepted" }];
  const skipped = new Map([["AES-CCM", 4]]);
  assertEquals(
    reportOn("simd", [
      { file: "a.json", right: 1, asked: 2, wrong, skipped: new Map() },
      { file: "bb.json", right: 5, asked: 5, wrong: [], skipped },
    ]),
    [
      "a.json        1 of 2",
      "bb.json       5 of 5; 4 skipped: AES-CCM",
      "WRONG a.json#3 (odd): should be refused, simd: accepted",
      "simd: right 6 of 7; 4 skipped",
    ],
  );
});
