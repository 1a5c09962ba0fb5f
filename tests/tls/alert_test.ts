import { assertEquals } from "@std/assert";
import { TlsError } from "../../tls/alert.ts";

Deno.test("TlsError has the alert of its reason", () => {
  const error = new TlsError("badKeyShare", "Key share of 3 bytes is not a point");
  assertEquals(error.alert, "illegal_parameter");
  assertEquals(error.description, 47);
});

Deno.test("TlsError takes another alert where a rule asks for one", () => {
  const error = new TlsError("badKeyShare", "Key share is empty", { alert: "decode_error" });
  assertEquals(error.alert, "decode_error");
});
