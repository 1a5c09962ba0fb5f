import { assertEquals, assertThrows } from "@std/assert";
import { parseFlags, Unsupported } from "./flags.ts";

Deno.test("parseFlags() sets a flag without a prefix for all connections", () => {
  const { initial, resume, retry } = parseFlags(["-port", "4433", "-server", "-shim-id", "7"]);
  for (const settings of [initial, resume, retry]) {
    assertEquals([settings.port, settings.isServer, settings.shimId], [4433, true, 7n]);
  }
});

Deno.test("parseFlags() sets a flag with a prefix for those connections only", () => {
  const { initial, resume, retry } = parseFlags([
    "-on-initial-expect-hrr",
    "-on-resume-verify-fail",
    "-on-retry-expect-alpn",
    "foo",
    "-on-shim-verify-peer",
    "-on-handshaker-expect-curve-id",
    "29",
  ]);
  assertEquals([initial.expectHrr, resume.expectHrr, retry.expectHrr], [true, false, false]);
  assertEquals([initial.verifyFail, resume.verifyFail, retry.verifyFail], [false, true, false]);
  assertEquals([initial.expectAlpn, resume.expectAlpn, retry.expectAlpn], ["", "", "foo"]);
  assertEquals([initial.verifyPeer, resume.verifyPeer, retry.verifyPeer], [true, true, true]);
  assertEquals(initial.expectCurveId, 0);
});

Deno.test("parseFlags() collects the elements of a list in order", () => {
  const { initial } = parseFlags(["-curves", "29", "-curves", "23", "-key-shares", "23"]);
  assertEquals([initial.curves, initial.keyShares], [[29, 23], [23]]);
  assertEquals(parseFlags(["-no-key-shares"]).initial.keyShares, []);
  assertEquals(parseFlags([]).initial.keyShares, undefined);
});

Deno.test("parseFlags() gives a credential the flags that follow it", () => {
  const { initial } = parseFlags([
    "-cert-file",
    "legacy.pem",
    "-new-x509-credential",
    "-cert-file",
    "first.pem",
    "-ocsp-response",
    "AQID",
    "-new-x509-credential",
    "-cert-file",
    "second.pem",
    "-signing-prefs",
    "1027",
  ]);
  assertEquals(initial.legacyCredential.certFile, "legacy.pem");
  const [first, second] = initial.credentials;
  assertEquals([first.certFile, first.ocspResponse], ["first.pem", Uint8Array.of(1, 2, 3)]);
  assertEquals([second.certFile, second.signingPrefs], ["second.pem", [1027]]);
});

Deno.test("parseFlags() refuses a flag that it does not know, and one without its value", () => {
  assertThrows(() => parseFlags(["-quic"]), Unsupported, "Flag -quic is not done");
  assertThrows(() => parseFlags(["-on-resume-psk", "x"]), Unsupported, "-on-resume-psk");
  assertThrows(() => parseFlags(["-port"]), Unsupported, "Flag -port has no value");
});
