import { assertEquals } from "@std/assert";
import type { Reason } from "../../tls/alert.ts";
import type { ClientConfig, ServerConfig } from "../../tls/config.ts";
import { encodeCertificate, encodeCertificateVerify, encodeFinished } from "../../tls/messages.ts";
import { type AlertName, HandshakeType, SignatureScheme } from "../../tls/registry.ts";
import { utf8 } from "../support/bytes.ts";
import { assertReason } from "../support/refusals.ts";
import { type Change, instead } from "../support/tls_meddler.ts";
import { credential, credulous, exchange, joinedPair, pairConfigs } from "../support/tls_pair.ts";
import { connectedPair, earlierSession, earlyTickets, meddledPair } from "../support/tls_scenes.ts";

const clientAuth = { mode: "required", verifier: credulous } as const;
const NOTHING = new Uint8Array();

async function assertServerRefuses(
  change: Change,
  reason: Reason,
  alert: AlertName,
  client: Partial<ClientConfig> = {},
  server: Partial<ServerConfig> = {},
): Promise<void> {
  const pair = await meddledPair("client", change, client, server);
  assertReason(pair.server.failure, reason, alert);
  assertEquals(pair.server.has("connected"), false);
  assertEquals(pair.server.connection.negotiated, undefined);
}

async function assertRefusedProof(change: Change, reason: Reason, alert: AlertName): Promise<void> {
  const credentials = [await credential("ed25519")];
  await assertServerRefuses(change, reason, alert, { credentials }, { clientAuth });
}

Deno.test("Server refuses a Finished that does not match (RFC 8446 §4.4.4)", async () => {
  const { finished } = HandshakeType;
  const wrong = encodeFinished(new Uint8Array(32));
  await assertServerRefuses(instead(finished, wrong), "badFinished", "decrypt_error");
  const short = encodeFinished(new Uint8Array(5));
  await assertServerRefuses(instead(finished, short), "decodeError", "decode_error");
});

Deno.test("Server refuses handshake bytes behind the client's Finished in its record (RFC 8446 §5.1)", async () => {
  const change: Change = (type, message) =>
    type === HandshakeType.finished ? [new Uint8Array([...message, 24])] : [message];
  await assertServerRefuses(change, "excessHandshakeData", "unexpected_message");
});

Deno.test("Server refuses messages of the client that are left out or come twice (RFC 8446 §4)", async () => {
  const { certificate, certificate_verify } = HandshakeType;
  for (const type of [certificate, certificate_verify]) {
    await assertRefusedProof(instead(type), "unexpectedMessage", "unexpected_message");
    const twice: Change = (each, message) => each === type ? [message, message] : [message];
    await assertRefusedProof(twice, "unexpectedMessage", "unexpected_message");
  }
});

Deno.test("Server refuses a Certificate that it did not ask for (RFC 8446 §4.4.2)", async () => {
  const empty = encodeCertificate({ context: NOTHING, entries: [] });
  const change: Change = (type, message) =>
    type === HandshakeType.finished ? [empty, message] : [message];
  await assertServerRefuses(change, "unexpectedMessage", "unexpected_message");
});

Deno.test("Server refuses a Certificate with a context, or with what was not asked for (RFC 8446 §4.4.2)", async () => {
  const [leaf] = (await credential("ed25519")).chain;
  const other = encodeCertificate({ context: Uint8Array.of(1), entries: [{ data: leaf }] });
  await assertRefusedProof(instead(11, other), "decodeError", "decode_error");
  const entries = [{ data: leaf, ocspResponse: Uint8Array.of(1) }];
  const stapled = encodeCertificate({ context: NOTHING, entries });
  await assertRefusedProof(instead(11, stapled), "unexpectedExtension", "unsupported_extension");
});

Deno.test("Server refuses a signature that is wrong, or by a scheme that it did not offer (RFC 8446 §4.4.3)", async () => {
  const { certificate_verify } = HandshakeType;
  const wrong = encodeCertificateVerify({
    scheme: SignatureScheme.ed25519,
    signature: new Uint8Array(64),
  });
  await assertRefusedProof(instead(certificate_verify, wrong), "badSignature", "decrypt_error");
  const other = encodeCertificateVerify({ scheme: 0x0401, signature: NOTHING });
  await assertRefusedProof(
    instead(certificate_verify, other),
    "wrongSignatureScheme",
    "illegal_parameter",
  );
});

Deno.test("Server refuses a client that its verifier does not believe", async () => {
  const verifier = {
    verify: () => {
      throw new Error("Unknown to us");
    },
  };
  const credentials = [await credential("ed25519")];
  const server = { clientAuth: { mode: "optional", verifier } as const };
  const pair = joinedPair(await pairConfigs({ credentials }, server));
  exchange(pair);
  assertEquals((pair.server.failure as Error).message, "Unknown to us");
  assertEquals(pair.server.has("connected"), false);
});

Deno.test("Server knows its client by its certificate, and the scheme it signed by", async () => {
  const own = await credential("secp384r1");
  const { server } = await connectedPair({ credentials: [own] }, { clientAuth });
  const { negotiated } = server.connection;
  assertEquals(negotiated?.peerIdentity?.publicKey, own.key.publicKey);
  assertEquals(negotiated?.peerSignatureScheme, SignatureScheme.ecdsa_secp384r1_sha384);
});

/** A pair whose client resumes and has sent early data, with what becomes of the client's messages. */
async function earlyPair(bytes: number, bytesMax: number) {
  const tickets = earlyTickets(bytesMax);
  const session = await earlierSession({ tickets: { ...tickets, earlyDataBytesMax: bytes } });
  const pair = joinedPair(await pairConfigs({ session, earlyData: true }, { tickets }));
  pair.client.connection.sendEarlyData(utf8("x".repeat(bytes)), pair.client.out);
  exchange(pair);
  return pair;
}

Deno.test("Server takes early data up to its limit, and no byte more (RFC 8446 §4.2.10)", async () => {
  const within = await earlyPair(100, 100);
  assertEquals([within.server.failure, within.server.data.length], [undefined, 100]);
  const beyond = await earlyPair(101, 100);
  assertReason(beyond.server.failure, "tooMuchEarlyData", "unexpected_message");
});

Deno.test("Server takes nothing under the handshake key before EndOfEarlyData (RFC 8446 §4.5)", async () => {
  const tickets = earlyTickets();
  const session = await earlierSession({ tickets });
  const pair = joinedPair(await pairConfigs({ session, earlyData: true }, { tickets }));
  pair.server.receive(pair.client.take());
  pair.client.receive(pair.server.take());
  const flight = pair.client.take();
  const endOfEarlyData = flight.subarray(0, 5 + 4 + 1 + 16);
  pair.server.receive(flight.slice(endOfEarlyData.length));
  assertReason(pair.server.failure, "badRecordMac", "bad_record_mac");
});
