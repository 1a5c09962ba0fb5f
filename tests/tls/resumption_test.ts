import { assertEquals } from "@std/assert";
import { TlsError } from "../../tls/alert.ts";
import { reference } from "../../tls/provider/reference.ts";
import { CertificateType, CipherSuiteId } from "../../tls/registry.ts";
import {
  binder,
  decodeTicketState,
  encodeTicketState,
  type TicketState,
} from "../../tls/resumption.ts";
import { assertSurvivesDamage } from "../support/byte_laws.ts";
import { fromHex, toHex } from "../support/bytes.ts";
import { assertRefused } from "../support/refusals.ts";
import trace from "../vectors/rfc8448.json" with { type: "json" };

const STATE: TicketState = {
  resumptionPsk: new Uint8Array(32).fill(1),
  cipherSuite: CipherSuiteId.TLS_AES_128_GCM_SHA256,
  serverName: "example.org",
  alpnProtocol: "h2",
  issuedMs: 1_795_500_000_123,
  lifetimeSeconds: 7200,
  ageAdd: 0xfedcba98,
  earlyDataBytesMax: 16_384,
  peer: {
    type: CertificateType.X509,
    identity: {
      publicKey: { type: "ed25519", bytes: new Uint8Array(32).fill(2) },
      names: [{ kind: "dns", value: "client.example" }, { kind: "uri", value: "urn:ü" }],
    },
    chain: [Uint8Array.of(0x30, 1), Uint8Array.of(0x30, 2)],
    ocspResponse: Uint8Array.of(3),
    signedCertificateTimestamps: Uint8Array.of(4),
  },
};

Deno.test("decodeTicketState() gives back what encodeTicketState() was given", () => {
  assertEquals(decodeTicketState(encodeTicketState(STATE)), STATE);
});

Deno.test("decodeTicketState() knows a session without name, protocol and peer", () => {
  const bare = { ...STATE, serverName: undefined, alpnProtocol: undefined, peer: undefined };
  assertEquals(decodeTicketState(encodeTicketState(bare)), bare);
  const peer = { ...STATE.peer!, ocspResponse: undefined, signedCertificateTimestamps: undefined };
  assertEquals(decodeTicketState(encodeTicketState({ ...STATE, peer })), { ...STATE, peer });
});

Deno.test("decodeTicketState() owns what it gives", () => {
  const bytes = encodeTicketState(STATE).slice();
  const state = decodeTicketState(bytes);
  bytes.fill(0);
  assertEquals(state, STATE);
});

Deno.test("decodeTicketState() gives nothing for a ticket of another form", () => {
  const bytes = encodeTicketState(STATE).slice();
  bytes[0]++;
  assertEquals(decodeTicketState(bytes), undefined);
});

Deno.test("decodeTicketState() survives damage", () => {
  const bytes = encodeTicketState(STATE);
  assertSurvivesDamage(bytes, decodeTicketState, TlsError);
  assertRefused(() => decodeTicketState(new Uint8Array([...bytes, 0])), "decodeError");
});

Deno.test("binder() is the one of RFC 8448 §4", () => {
  const { sha256 } = reference.hashes;
  const hello = fromHex(trace.messages.resumedClientHello);
  const truncated = hello.subarray(0, hello.length - 2 - 1 - 32);
  const made = binder(
    sha256,
    fromHex(trace.resumption.psk),
    "resumption",
    sha256.digest(truncated),
  );
  assertEquals(toHex(made), trace.resumption.binder);
});
