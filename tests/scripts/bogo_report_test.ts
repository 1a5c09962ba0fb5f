import { assertEquals } from "@std/assert";
import {
  disabledBy,
  matches,
  parseTests,
  sumsBy,
  tableOf,
  type Verdict,
  verdictIn,
} from "../../scripts/bogo_report.ts";

const LIST = [
  "name\trole\tclass\tin_core\trustls",
  "A-Server\tserver\tOther\t1\tPASSED",
  "A-Client\tclient\tOther\t1\tFAILED",
  "B\tclient\tALPS\t0\tFAILED",
  "",
].join("\n");

Deno.test("parseTests() reads columns by their names", () => {
  assertEquals(parseTests(LIST), [
    { name: "A-Server", role: "server", class: "Other", isCore: true },
    { name: "A-Client", role: "client", class: "Other", isCore: true },
    { name: "B", role: "client", class: "ALPS", isCore: false },
  ]);
});

Deno.test("verdictIn() reads what the runner says of a test, and nothing else", () => {
  assertEquals(verdictIn("PASSED (A)"), { name: "A", verdict: "passed" });
  assertEquals(verdictIn("UNIMPLEMENTED (A)"), { name: "A", verdict: "unimplemented" });
  assertEquals(verdictIn("FAILED (A(b))"), { name: "A(b)", verdict: "failed" });
  assertEquals(verdictIn("bad error (wanted ':DECODE_ERROR:')"), undefined);
});

Deno.test("matches() takes * and ? of a glob, and every other character as it is", () => {
  assertEquals(matches("TLS-ECH-Client", "TLS-ECH-*"), true);
  assertEquals(matches("TLS13", "TLS1?"), true);
  assertEquals(matches("TLS1x3", "TLS1.3"), false);
  assertEquals(matches("TLS13-More", "TLS13"), false);
});

Deno.test("disabledBy() gives the reason of the glob that leaves a test out", () => {
  assertEquals(disabledBy("TLS-ECH-Client", { "*-ECH-*": "not built" }), "not built");
  assertEquals(disabledBy("Alert", { "*-ECH-*": "not built" }), undefined);
});

Deno.test("sumsBy() counts a test that the runner never came to as failed", () => {
  const verdicts = new Map<string, Verdict>([["A-Server", "passed"], ["B", "disabled"]]);
  const sums = sumsBy(parseTests(LIST), verdicts, (test) => test.class);
  assertEquals([...sums], [
    ["Other", { tests: 2, passed: 1, unimplemented: 0, failed: 1, disabled: 0 }],
    ["ALPS", { tests: 1, passed: 0, unimplemented: 0, failed: 0, disabled: 1 }],
  ]);
  assertEquals(tableOf(sums)[1].split(/ +/), ["Other", "2", "1", "0", "1", "0"]);
});
