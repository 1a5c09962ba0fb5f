import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../lib/cli/exit_codes.ts";
import { permissionsOf, permissionsText } from "../../../lib/cli/permission_words.ts";

Deno.test("permissionsOf() reads Iggy's words, and permissionsText() writes them", () => {
  const permissions = permissionsOf("m_srv,read_streams", ["1:r_str#2:p_msg,s_msg#3", "4"])!;
  assertEquals(permissions.global.manageServers, true);
  assertEquals(permissions.global.readServers, false);
  assertEquals(permissions.streams.get(1)!.topics.get(2)!.sendMessages, true);
  assertEquals(permissionsText(permissions), "m_srv,r_str 1:r_str#2:p_msg,s_msg#3: 4:");
});

Deno.test("permissionsOf() without words is none", () => {
  assertEquals(permissionsOf(), undefined);
  assertEquals(permissionsText(undefined), "none");
  assertEquals(permissionsText(permissionsOf("")), "none");
});

Deno.test("permissionsOf() refuses words and numbers that are none", () => {
  for (const [global, streams] of [["fly", []], [undefined, ["orders:r_str"]]] as const) {
    assertThrows(() => permissionsOf(global, streams), UsageError);
  }
});
