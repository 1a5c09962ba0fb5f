/** The process around a node; nodes themselves are in tests/system. */
import { assertEquals } from "@std/assert";
import { ALLOWED, tryConfinement } from "../../../scripts/binary/confinement.ts";

const PROBE = new URL("../../../scripts/binary/confinement_probe.ts", import.meta.url).pathname;

Deno.test("serve() lets the node do its work and nothing else, the main thread nothing at all", async () => {
  const granted = ["read", "write", "net", "env", "sys"].map((name) => `--allow-${name}`);
  const program = [Deno.execPath(), "run", "--quiet", "--no-prompt", ...granted, PROBE];
  const { node, main, code } = await tryConfinement(program);
  assertEquals(node.done, ALLOWED);
  assertEquals([node.failed, main.failed, main.done], [[], [], []]);
  assertEquals(main.refused, [...node.done, ...node.refused]);
  assertEquals(code, 0);
});
