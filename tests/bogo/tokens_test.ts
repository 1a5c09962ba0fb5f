import { assertEquals } from "@std/assert";
import { TlsError } from "../../tls/alert.ts";
import { CallbackError, tokensOf } from "./tokens.ts";

const DONE = { awaitsServerHello: false, awaitsEarlyDataAnswer: false };

Deno.test("tokensOf() gives BoringSSL's token of a reason", () => {
  assertEquals(tokensOf(new TlsError("badSignature", ""), DONE), ["BAD_SIGNATURE"]);
  assertEquals(tokensOf(new TlsError("wrongGroup", ""), DONE), ["WRONG_CURVE"]);
});

Deno.test("tokensOf() gives the token that a callback refused with", () => {
  const error = new CallbackError("OCSP_CB_ERROR", "bad_certificate_status_response");
  assertEquals(tokensOf(error, DONE), ["OCSP_CB_ERROR"]);
  assertEquals(error.alert, "bad_certificate_status_response");
});

Deno.test("tokensOf() names a received alert as its protocol did", () => {
  const received = (alert: TlsError["alert"]) => new TlsError("alertReceived", "", { alert });
  assertEquals(tokensOf(received("record_overflow"), DONE), ["TLSV1_ALERT_RECORD_OVERFLOW"]);
  assertEquals(tokensOf(received("handshake_failure"), DONE), ["SSLV3_ALERT_HANDSHAKE_FAILURE"]);
  assertEquals(
    tokensOf(received("decompression_failure_RESERVED"), DONE),
    ["SSLV3_ALERT_DECOMPRESSION_FAILURE"],
  );
});

Deno.test("tokensOf() tells what an alert means that answers a ClientHello", () => {
  const refused = new TlsError("alertReceived", "", { alert: "handshake_failure" });
  assertEquals(tokensOf(refused, { ...DONE, awaitsServerHello: true }), [
    "SSLV3_ALERT_HANDSHAKE_FAILURE",
    "HANDSHAKE_FAILURE_ON_CLIENT_HELLO",
  ]);
  const old = new TlsError("alertReceived", "", { alert: "protocol_version" });
  assertEquals(tokensOf(old, { ...DONE, awaitsEarlyDataAnswer: true }), [
    "TLSV1_ALERT_PROTOCOL_VERSION",
    "WRONG_VERSION_ON_EARLY_DATA",
  ]);
});

Deno.test("tokensOf() has nothing to say of an error that is not TLS's", () => {
  assertEquals(tokensOf(new Error("Disk is full"), DONE), []);
});
