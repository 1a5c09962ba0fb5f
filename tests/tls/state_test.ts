import { assertEquals, assertStringIncludes } from "@std/assert";
import { TlsError } from "../../tls/alert.ts";
import { HandshakeType } from "../../tls/registry.ts";
import { expectType } from "../../tls/state.ts";

const state = {
  name: "ExpectFinished",
  handle: () => state,
};

Deno.test("expectType() gives the body of the message that a state waits for", () => {
  const body = Uint8Array.of(1);
  assertEquals(expectType({ type: 20, body, bytes: body }, HandshakeType.finished, state), body);
});

Deno.test("expectType() refuses any other message, and names it and the state (RFC 8446 §4)", () => {
  const body = new Uint8Array();
  let failure: unknown;
  try {
    expectType({ type: 11, body, bytes: body }, HandshakeType.finished, state);
  } catch (error) {
    failure = error;
  }
  const { reason, alert, message } = failure as TlsError;
  assertEquals([reason, alert], ["unexpectedMessage", "unexpected_message"]);
  assertStringIncludes(message, "certificate");
  assertStringIncludes(message, "ExpectFinished");
});
