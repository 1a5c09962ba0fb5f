import { assertEquals } from "@std/assert";
import { examplesIn } from "../../../scripts/binary/command_line.ts";

Deno.test("examplesIn() finds lines, their environment and what quotes hold, without remarks", () => {
  const help = [
    "Usage: whippet [options]",
    "",
    "Examples:",
    "  whippet                              Serve what local_data holds",
    "  whippet stream create payments",
    "  IGGY_A=1 IGGY_B=0.0.0.0:0 whippet    Serve others",
    '  whippet cert new-ca --name "Our CA"  Make an authority',
    "  whippet cert verify localhost:8090 --ca local_data/tls/ca.pem",
    "                                       Say whether it is believed",
    "",
    "Which node, as whom, how to print: whippet help",
  ].join("\n");
  assertEquals(examplesIn(help), [
    { line: "", env: {} },
    { line: "stream create payments", env: {} },
    { line: "", env: { IGGY_A: "1", IGGY_B: "0.0.0.0:0" } },
    { line: 'cert new-ca --name "Our CA"', env: {} },
    { line: "cert verify localhost:8090 --ca local_data/tls/ca.pem", env: {} },
  ]);
});
