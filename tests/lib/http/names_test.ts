import { assertThrows } from "@std/assert";
import { checkName } from "../../../lib/http/names.ts";
import { IggyError } from "../../../protocol/errors.ts";

Deno.test("checkName() passes 1 to 255 bytes only", () => {
  checkName("a", 1013);
  checkName("ü".repeat(127) + "a", 1013);
  assertThrows(() => checkName("", 1013), IggyError, "Name of 0 bytes is not 1 to 255 bytes");
  assertThrows(() => checkName("ü".repeat(128), 1013), IggyError, "256 bytes");
});
