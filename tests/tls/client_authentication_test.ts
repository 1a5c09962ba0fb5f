import { assert, assertEquals } from "@std/assert";
import type { Reason } from "../../tls/alert.ts";
import type { ClientConfig, Credential, ServerConfig } from "../../tls/config.ts";
import {
  decodeNewSessionTicket,
  encodeCertificate,
  encodeCertificateRequest,
  encodeCertificateVerify,
  encodeFinished,
  encodeNewSessionTicket,
} from "../../tls/messages.ts";
import { RecordReader, RecordWriter } from "../../tls/record.ts";
import { reference } from "../../tls/provider/reference.ts";
import { type AlertName, ContentType, HandshakeType, SignatureScheme } from "../../tls/registry.ts";
import { assertReason } from "../support/refusals.ts";
import { type Change, instead, Secrets } from "../support/tls_meddler.ts";
import {
  credential,
  credulous,
  exchange,
  joinedPair,
  NOW_MS,
  pairConfigs,
} from "../support/tls_pair.ts";
import { put, splitRecords } from "../support/tls_records.ts";
import { alertOf, connectedPair, meddledPair, sessionsOf, tickets } from "../support/tls_scenes.ts";

const clientAuth = { mode: "required", verifier: credulous } as const;
const NOTHING = new Uint8Array();

async function assertClientRefuses(
  change: Change,
  reason: Reason,
  alert: AlertName,
  client: Partial<ClientConfig> = {},
  server: Partial<ServerConfig> = {},
): Promise<void> {
  const pair = await meddledPair("server", change, client, server);
  assertReason(pair.client.failure, reason, alert);
  assertEquals(pair.client.has("connected"), false);
  assertEquals(pair.client.connection.maySend, false);
}

Deno.test("Client refuses messages of the server that are left out or come in another order (RFC 8446 §4)", async () => {
  const { encrypted_extensions, certificate, certificate_verify, finished } = HandshakeType;
  for (const type of [encrypted_extensions, certificate, certificate_verify]) {
    await assertClientRefuses(instead(type), "unexpectedMessage", "unexpected_message");
  }
  const hello = instead(certificate_verify, Uint8Array.of(finished, 0, 0, 0));
  await assertClientRefuses(hello, "unexpectedMessage", "unexpected_message");
});

Deno.test("Client refuses a message that comes twice (RFC 8446 §4)", async () => {
  const { encrypted_extensions, certificate, certificate_verify } = HandshakeType;
  for (const type of [encrypted_extensions, certificate, certificate_verify]) {
    const twice: Change = (each, message) => each === type ? [message, message] : [message];
    await assertClientRefuses(twice, "unexpectedMessage", "unexpected_message");
  }
});

Deno.test("Client refuses a CertificateRequest with a context in the handshake (RFC 8446 §4.3.2)", async () => {
  const request = { context: Uint8Array.of(1), signatureAlgorithms: [0x0403] };
  const change = instead(HandshakeType.certificate_request, encodeCertificateRequest(request));
  await assertClientRefuses(change, "decodeError", "decode_error", {}, { clientAuth });
});

Deno.test("Client refuses a Certificate with a context (RFC 8446 §4.4.2)", async () => {
  const { chain } = await credential();
  const other = { context: Uint8Array.of(1), entries: chain.map((data) => ({ data })) };
  const change = instead(HandshakeType.certificate, encodeCertificate(other));
  await assertClientRefuses(change, "decodeError", "decode_error");
});

Deno.test("Client refuses a server that shows no certificate (RFC 8446 §4.4.2.4)", async () => {
  const empty = encodeCertificate({ context: NOTHING, entries: [] });
  const change = instead(HandshakeType.certificate, empty);
  await assertClientRefuses(change, "certificateRequired", "decode_error");
});

Deno.test("Client refuses staples that it did not ask for (RFC 8446 §4.4.2)", async () => {
  const { chain } = await credential();
  const entries = [{ data: chain[0], ocspResponse: Uint8Array.of(1) }];
  const change = instead(
    HandshakeType.certificate,
    encodeCertificate({ context: NOTHING, entries }),
  );
  await assertClientRefuses(change, "unexpectedExtension", "unsupported_extension");
});

Deno.test("Client refuses a signature that is wrong, or by a scheme it did not offer (RFC 8446 §4.4.3)", async () => {
  const scheme = SignatureScheme.ecdsa_secp256r1_sha256;
  const wrong = encodeCertificateVerify({ scheme, signature: new Uint8Array(70) });
  const { certificate_verify } = HandshakeType;
  await assertClientRefuses(instead(certificate_verify, wrong), "badSignature", "decrypt_error");
  const verifySchemes = [SignatureScheme.ed25519, scheme];
  const other = encodeCertificateVerify({ scheme: 0x0804, signature: NOTHING });
  const change = instead(certificate_verify, other);
  await assertClientRefuses(change, "wrongSignatureScheme", "illegal_parameter", { verifySchemes });
});

Deno.test("Client refuses a certificate before it looks at the signature", async () => {
  const verifier = {
    verify: () => {
      throw new Error("Unknown to us");
    },
  };
  const pair = joinedPair(await pairConfigs({ verifier }));
  exchange(pair);
  assertEquals((pair.client.failure as Error).message, "Unknown to us");
  assertEquals(alertOf(pair.server), "internal_error");
});

Deno.test("Client refuses a Finished that does not match (RFC 8446 §4.4.4)", async () => {
  const { finished } = HandshakeType;
  const wrong = encodeFinished(new Uint8Array(32));
  await assertClientRefuses(instead(finished, wrong), "badFinished", "decrypt_error");
  const short = encodeFinished(new Uint8Array(31));
  await assertClientRefuses(instead(finished, short), "decodeError", "decode_error");
});

Deno.test("Client refuses handshake bytes behind the server's Finished in its record (RFC 8446 §5.1)", async () => {
  const change: Change = (type, message) =>
    type === HandshakeType.finished ? [new Uint8Array([...message, 24])] : [message];
  await assertClientRefuses(change, "excessHandshakeData", "unexpected_message");
});

Deno.test("Client shows the certificate that fits what the server asks for (RFC 8446 §4.3.2)", async () => {
  const [curve, edwards] = [await credential("secp256r1"), await credential("ed25519")];
  const verifySchemes = [SignatureScheme.ed25519];
  const server = { clientAuth, verifySchemes };
  const pair = await connectedPair({ credentials: [curve, edwards] }, server);
  assertEquals(pair.client.connection.negotiated?.credential, edwards);
  const { negotiated } = pair.server.connection;
  assertEquals(negotiated?.peerIdentity?.publicKey, edwards.key.publicKey);
  assertEquals(negotiated?.peerSignatureScheme, SignatureScheme.ed25519);
});

Deno.test("Client with certificates none of which fits fails, instead of showing none", async () => {
  const credentials = [await credential("secp384r1")];
  const server = { clientAuth, verifySchemes: [SignatureScheme.ed25519] };
  const pair = joinedPair(await pairConfigs({ credentials }, server));
  exchange(pair);
  assertReason(pair.client.failure, "noCommonSignatureScheme", "handshake_failure");
});

Deno.test("Client waits for its signature to be made elsewhere (RFC 8446 §4.4.3)", async () => {
  const own = await credential("ed25519");
  const sign = (...args: Parameters<Credential["key"]["sign"]>) =>
    Promise.resolve(own.key.sign(...args));
  const slow = { ...own, key: { ...own.key, sign } };
  const pair = joinedPair(await pairConfigs({ credentials: [slow] }, { clientAuth }));
  exchange(pair);
  const { connection, out, events } = pair.client;
  assertEquals([connection.maySend, pair.client.has("connected")], [false, false]);
  const wanted = events.find((event) => event.type === "signature-wanted");
  assert(wanted?.type === "signature-wanted");
  assertEquals(wanted.scheme, SignatureScheme.ed25519);
  connection.provideSignature(await wanted.signature, out, events);
  exchange(pair);
  assertEquals(pair.server.failure, undefined);
  assert(pair.client.has("connected") && pair.server.has("connected"));
});

Deno.test("Client whose signature cannot be made fails with the alert of the caller's reason", async () => {
  const own = await credential("ed25519");
  const broken = { ...own, key: { ...own.key, sign: () => new Promise<Uint8Array>(() => {}) } };
  const pair = joinedPair(await pairConfigs({ credentials: [broken] }, { clientAuth }));
  exchange(pair);
  pair.client.connection.fail(new Error("Token was pulled out"), pair.client.out);
  exchange(pair);
  assertReason(pair.server.failure, "alertReceived", "internal_error");
});

/** A connected pair whose server's tickets were changed on their way. */
async function withTicket(fields: { lifetimeSeconds: number }) {
  const secrets = new Secrets();
  const configs = await pairConfigs({}, { tickets: tickets({ count: 1 }), keyLog: secrets.keyLog });
  const pair = joinedPair(configs);
  let halves: { reader: RecordReader; writer: RecordWriter } | undefined;
  exchange(pair, (bytes, from) => {
    if (from === "client" || !pair.server.has("connected")) return bytes;
    const { cipherSuite } = pair.server.connection.negotiated!;
    const suite = reference.cipherSuites.find(({ id }) => id === cipherSuite)!;
    halves ??= { reader: new RecordReader(), writer: new RecordWriter(0) };
    for (const half of Object.values(halves)) {
      half.useSecret(suite, secrets.of("SERVER_TRAFFIC_SECRET_0"));
    }
    const { reader, writer } = halves;
    reader.read(splitRecords(bytes)[0], 0);
    const ticket = decodeNewSessionTicket(reader.content.subarray(4));
    const changed = encodeNewSessionTicket({ ...ticket, ...fields });
    return put((out) => writer.write(ContentType.handshake, changed, out));
  });
  return pair.client;
}

Deno.test("Client keeps a ticket no longer than seven days, and one of no lifetime not at all (RFC 8446 §4.6.1)", async () => {
  const [long] = sessionsOf(await withTicket({ lifetimeSeconds: 0xffffffff }));
  assertEquals([long.lifetimeSeconds, long.receivedMs, long.serverName], [
    604_800,
    NOW_MS,
    "localhost",
  ]);
  assertEquals(sessionsOf(await withTicket({ lifetimeSeconds: 0 })), []);
});

Deno.test("Client refuses a CertificateRequest after the handshake, which it did not offer (RFC 8446 §4.6.2)", async () => {
  const secrets = new Secrets();
  const pair = await connectedPair({ keyLog: secrets.keyLog });
  const writer = new RecordWriter(0);
  const suite = reference.cipherSuites.find(({ id }) =>
    id === pair.client.connection.negotiated!.cipherSuite
  )!;
  writer.useSecret(suite, secrets.of("SERVER_TRAFFIC_SECRET_0"));
  const request = encodeCertificateRequest({
    context: Uint8Array.of(1),
    signatureAlgorithms: [0x0403],
  });
  pair.client.receive(put((out) => writer.write(ContentType.handshake, request, out)));
  assertReason(pair.client.failure, "unexpectedMessage", "unexpected_message");
});
