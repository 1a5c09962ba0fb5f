import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { KeyError } from "../../../tls/provider/provider.ts";
import { reference } from "../../../tls/provider/reference.ts";

Deno.test("KeyError is what loadKey() throws, with its cause where there is one", () => {
  const error = assertThrows(() => reference.loadKey(new Uint8Array(1)), KeyError);
  assertEquals(error.name, "KeyError");
  assertInstanceOf(error.cause, Error);
});
