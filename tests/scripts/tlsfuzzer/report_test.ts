import { assertEquals } from "@std/assert";
import { judge, summaryOf, tableOf } from "../../../scripts/tlsfuzzer/report.ts";

const OUTPUT = `sanity ...
OK

Test end
====================
TOTAL: 12
SKIP: 0
PASS: 8
FAIL: 4
====================
FAILED:
\t'all zero x448 key share'
\t'all zero x448 key share'
\t'empty x25519 key share'
\t"it's wrong"
`;

const CLEAN = "TOTAL: 3\nFAIL: 0\n";

Deno.test("judge() tells what is out of scope and what is argued from what is bad", () => {
  const outcome = judge("curves", { output: OUTPUT }, {
    outOfScope: [[/x448/, "not in the engine"]],
    argued: [[/^empty x25519/, "RFC 8446 §4.2.8"]],
  });
  assertEquals(outcome, {
    name: "curves",
    verdict: "unclean",
    probes: 12,
    outOfScope: ["all zero x448 key share"],
    argued: ["empty x25519 key share"],
    bad: ["it's wrong"],
  });
});

Deno.test("judge() calls a script clean when only what is out of scope fails", () => {
  const { verdict, bad } = judge("curves", { output: OUTPUT }, { outOfScope: [[/./, "all"]] });
  assertEquals([verdict, bad], ["clean", []]);
  assertEquals(judge("curves", { output: CLEAN }, {}).verdict, "clean");
});

Deno.test("judge() excuses no failing sanity probe", () => {
  const output = "TOTAL: 2\nFAILED:\n\t'sanity'\n";
  assertEquals(judge("curves", { output }, { argued: [[/./, "all"]] }).bad, ["sanity"]);
});

Deno.test("judge() calls a script without a summary, or one that was ended, unclean", () => {
  const { bad } = judge("curves", { output: "Traceback\nKeyError: 'a'\n" }, {});
  assertEquals(bad, ["no summary; the last line: KeyError: 'a'"]);
  assertEquals(judge("curves", { output: CLEAN, end: "stopped after 5 s" }, {}).bad, [
    "stopped after 5 s",
  ]);
});

Deno.test("tableOf() and summaryOf() lay outcomes out", () => {
  const outcomes = [
    judge("one", { output: CLEAN }, {}),
    judge("another", { output: OUTPUT }, { argued: [[/./, "all"]] }),
  ];
  assertEquals(summaryOf(outcomes), "1 of 2 clean, 1 argued, 0 unclean");
  assertEquals(tableOf(outcomes).map((line) => line.trim().split(/\s{2,}/)), [
    ["probes", "out of scope", "argued", "bad", "verdict"],
    ["one", "3", "0", "0", "0", "clean"],
    ["another", "12", "0", "3", "0", "argued"],
  ]);
});
