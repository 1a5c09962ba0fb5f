import { assertEquals } from "@std/assert";
import type { Negotiated } from "../../tls/connection.ts";
import { fault, type Sight } from "./cases.ts";

function sight(negotiated: Partial<Negotiated>, volume: Partial<Sight> = {}): Sight {
  return {
    negotiated: negotiated as Negotiated,
    received: 0,
    sent: 0,
    earlyBytes: 0,
    ...volume,
  };
}

Deno.test("fault() finds none in a case that did what it is for", () => {
  assertEquals(fault("full handshake", [sight({})]), undefined);
  assertEquals(fault("hello retry", [sight({ helloRetried: true })]), undefined);
  assertEquals(fault("resumption", [sight({}), sight({ resumed: true })]), undefined);
  assertEquals(fault("0-RTT", [sight({}), sight({ earlyDataAccepted: true })]), undefined);
  assertEquals(fault("ALPN", [sight({ alpnProtocol: "http/1.1" })]), undefined);
  assertEquals(fault("100 MB to server", [sight({}, { received: 2 ** 30 })]), undefined);
});

Deno.test("fault() says what a handshake lacked", () => {
  assertEquals(fault("hello retry", [sight({ helloRetried: false })]), "no HelloRetryRequest");
  assertEquals(fault("resumption", [sight({ resumed: false })]), "1 connections, not resumed");
  assertEquals(fault("ALPN", [sight({ alpnProtocol: undefined })]), "ALPN is undefined");
  assertEquals(fault("100 MB from server", [sight({}, { sent: 5 })]), "only 5 bytes");
});

Deno.test("fault() says what failed, and when nobody came", () => {
  const failed = { ...sight({}), error: "TlsError: Record cannot be decrypted" };
  assertEquals(fault("KeyUpdate", [failed, sight({})]), "TlsError: Record cannot be decrypted");
  assertEquals(fault("full handshake", []), "nobody connected");
});
