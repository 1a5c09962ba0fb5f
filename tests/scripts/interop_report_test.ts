import { assertEquals } from "@std/assert";
import { report } from "../../scripts/interop_report.ts";

function lines(...each: string[]): string {
  return each.join("\n") + "\n";
}

Deno.test("report() lays steps down and SDKs across", () => {
  const { table } = report([
    { sdk: "python-0.8", output: lines("ok connect", "ok ping", "2 passed, 0 failed") },
    { sdk: "go-0.8", output: lines("ok connect", "skip ping: not in it", "1 passed, 0 failed") },
  ]);
  assertEquals(table, [
    "         python     go",
    "            0.8    0.8",
    "connect      ok     ok",
    "ping         ok   skip",
  ]);
});

Deno.test("report() puts a step of one SDK where that SDK has it", () => {
  const { table } = report([
    { sdk: "a-1", output: lines("ok one", "ok three", "2 passed, 0 failed") },
    { sdk: "b-1", output: lines("ok one", "ok two", "ok three", "ok four", "4 passed, 0 failed") },
  ]);
  assertEquals(table.slice(2).map((row) => row.split(" ")[0]), ["one", "two", "three", "four"]);
});

Deno.test("report() counts and explains failures", () => {
  const run = {
    sdk: "go-0.8",
    output: lines("ok connect", "  a note", "FAIL ping: no: answer", "1 passed, 1 failed"),
    end: "exit code 1",
  };
  const { passed, failed, remarks } = report([run]);
  assertEquals([passed, failed], [1, 1]);
  assertEquals(remarks, ["FAIL go-0.8: ping: no: answer"]);
});

Deno.test("report() knows where a name with a colon ends when another SDK passed it", () => {
  const name = "cleanup: delete topic";
  const { table, remarks } = report([
    { sdk: "a-1", output: lines(`FAIL ${name}: gone`, "0 passed, 1 failed"), end: "exit code 1" },
    { sdk: "b-1", output: lines(`ok ${name}`, "1 passed, 0 failed") },
  ]);
  assertEquals(table.length, 3);
  assertEquals(remarks, [`FAIL a-1: ${name}: gone`]);
});

Deno.test("report() fails a program that broke off before its closing line", () => {
  const { failed, remarks } = report([
    { sdk: "a-1", output: lines("ok connect"), end: "stopped after 300 s" },
    { sdk: "b-1", output: "" },
  ]);
  assertEquals(failed, 2);
  assertEquals(remarks, [
    "FAIL a-1: whole program: stopped after 300 s; the last it said: ok connect",
    "FAIL b-1: whole program: ended; the last it said: nothing",
  ]);
});

Deno.test("report() fails a program that ends badly though no step did", () => {
  const output = lines("ok connect", "skip tls: none", "1 passed, 0 failed");
  assertEquals(report([{ sdk: "a-1", output, end: "exit code 3" }]).failed, 1);
});
