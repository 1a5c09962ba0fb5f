import { assert, assertEquals } from "@std/assert";
import type { Reason } from "../../tls/alert.ts";
import type { ClientConfig, ServerConfig } from "../../tls/config.ts";
import {
  decodeEncryptedExtensions,
  decodeServerHello,
  encodeEncryptedExtensions,
  encodeServerHello,
  type EncryptedExtensions,
  HELLO_RETRY_REQUEST_RANDOM,
  type ServerHello,
} from "../../tls/messages.ts";
import type { AlertName } from "../../tls/registry.ts";
import { CipherSuiteId, ExtensionType, HandshakeType, NamedGroup } from "../../tls/registry.ts";
import type { Change } from "../support/tls_meddler.ts";
import { assertReason } from "../support/refusals.ts";
import { exchange, joinedPair, pairConfigs } from "../support/tls_pair.ts";
import {
  alertOf,
  connectedPair,
  earlierSession,
  earlyTickets,
  meddledPair,
  tickets,
} from "../support/tls_scenes.ts";

const { x25519, secp256r1, secp384r1 } = NamedGroup;
const ALL: ReadonlySet<number> = new Set(Object.values(ExtensionType));

/** Changes the ServerHellos of a server. */
function changeHello(change: (hello: ServerHello, count: number) => ServerHello): Change {
  let count = 0;
  return (type, message) => {
    if (type !== HandshakeType.server_hello) return [message];
    const hello = decodeServerHello(message.subarray(4), ALL);
    return [encodeServerHello(change(hello, count++))];
  };
}

function changeExtensions(change: (fields: EncryptedExtensions) => EncryptedExtensions): Change {
  return (type, message) => {
    if (type !== HandshakeType.encrypted_extensions) return [message];
    return [encodeEncryptedExtensions(change(decodeEncryptedExtensions(message.subarray(4), ALL)))];
  };
}

/** Turns the ServerHello into a request for another one. */
function asRetry(fields: Partial<ServerHello>): Change {
  return changeHello(({ keyShare: _, ...hello }, count) => ({
    ...hello,
    random: HELLO_RETRY_REQUEST_RANDOM,
    isHelloRetryRequest: true,
    ...(count === 0 ? fields : { selectedGroup: secp384r1 }),
  }));
}

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
  assertEquals(pair.client.connection.negotiated, undefined);
}

Deno.test("Client refuses a ServerHello without a key share (RFC 8446 §4.2.8)", async () => {
  const change = changeHello(({ keyShare: _, ...hello }) => hello);
  await assertClientRefuses(change, "missingKeyShare", "missing_extension");
});

Deno.test("Client refuses a key share of a group it sent none for (RFC 8446 §4.2.8)", async () => {
  const change = changeHello((hello) => ({
    ...hello,
    keyShare: { ...hello.keyShare!, group: secp256r1 },
  }));
  await assertClientRefuses(change, "wrongGroup", "illegal_parameter", {
    groups: [x25519, secp256r1],
  });
});

Deno.test("Client refuses a key share that is no point (RFC 8446 §4.2.8.2)", async () => {
  const change = changeHello((hello) => ({
    ...hello,
    keyShare: { group: x25519, keyExchange: new Uint8Array(31) },
  }));
  await assertClientRefuses(change, "badKeyShare", "illegal_parameter", { groups: [x25519] });
});

Deno.test("Client refuses a PSK that it did not offer (RFC 8446 §4.2.11)", async () => {
  const change = changeHello((hello) => ({ ...hello, preSharedKey: 0 }));
  await assertClientRefuses(change, "unexpectedExtension", "unsupported_extension");
});

Deno.test("Client refuses a PSK beyond those it offered (RFC 8446 §4.2.11)", async () => {
  const server = { tickets: tickets() };
  const session = await earlierSession(server);
  const change = changeHello((hello) => ({ ...hello, preSharedKey: 1 }));
  await assertClientRefuses(change, "badPskIndex", "illegal_parameter", { session }, server);
});

Deno.test("Client refuses a PSK with a suite of another hash (RFC 8446 §4.2.11)", async () => {
  const server = { tickets: tickets() };
  const session = await earlierSession(server);
  const change = changeHello((hello) => ({
    ...hello,
    cipherSuite: CipherSuiteId.TLS_AES_256_GCM_SHA384,
  }));
  await assertClientRefuses(change, "pskHashMismatch", "illegal_parameter", { session }, server);
});

Deno.test("Client answers a HelloRetryRequest with the cookie it brings (RFC 8446 §4.2.2)", async () => {
  const { client } = joinedPair(await pairConfigs({ groups: [x25519, secp256r1] }));
  const hello = client.take();
  const retry = encodeServerHello({
    random: HELLO_RETRY_REQUEST_RANDOM,
    legacySessionIdEcho: sessionIdOf(hello),
    cipherSuite: CipherSuiteId.TLS_AES_128_GCM_SHA256,
    isHelloRetryRequest: true,
    supportedVersion: 0x0304,
    cookie: Uint8Array.of(0xc0, 0x0c, 0x1e),
  });
  client.receive(recordOf(retry));
  assertEquals(client.failure, undefined);
  assert(client.take().toHex().includes("002c00050003c00c1e"));
});

Deno.test("Client refuses a HelloRetryRequest that asks for nothing (RFC 8446 §4.1.4)", async () => {
  await assertClientRefuses(asRetry({}), "emptyHelloRetryRequest", "illegal_parameter");
});

Deno.test("Client refuses a HelloRetryRequest for a group that it offered a share for, or not at all (RFC 8446 §4.1.4)", async () => {
  const groups = [x25519, secp256r1];
  await assertClientRefuses(asRetry({ selectedGroup: x25519 }), "wrongGroup", "illegal_parameter", {
    groups,
  });
  await assertClientRefuses(
    asRetry({ selectedGroup: secp384r1 }),
    "wrongGroup",
    "illegal_parameter",
    { groups },
  );
});

/** A pair that needs a HelloRetryRequest. */
const RETRY = { client: { groups: [x25519, secp256r1] }, server: { groups: [secp256r1] } };

Deno.test("Client refuses a second HelloRetryRequest (RFC 8446 §4.1.4)", async () => {
  const change = changeHello((hello, count) =>
    count === 0 ? hello : {
      random: HELLO_RETRY_REQUEST_RANDOM,
      legacySessionIdEcho: hello.legacySessionIdEcho,
      cipherSuite: hello.cipherSuite,
      isHelloRetryRequest: true,
      supportedVersion: 0x0304,
      selectedGroup: x25519,
    }
  );
  await assertClientRefuses(
    change,
    "unexpectedMessage",
    "unexpected_message",
    RETRY.client,
    RETRY.server,
  );
});

Deno.test("Client refuses another suite than the HelloRetryRequest had (RFC 8446 §4.1.4)", async () => {
  const change = changeHello((hello, count) =>
    count === 0 ? hello : { ...hello, cipherSuite: CipherSuiteId.TLS_AES_256_GCM_SHA384 }
  );
  await assertClientRefuses(change, "wrongCipher", "illegal_parameter", RETRY.client, RETRY.server);
});

Deno.test("Client refuses another group than the HelloRetryRequest had (RFC 8446 §4.2.8)", async () => {
  const change = changeHello((hello, count) =>
    count === 0 ? hello : { ...hello, keyShare: { ...hello.keyShare!, group: x25519 } }
  );
  await assertClientRefuses(change, "wrongGroup", "illegal_parameter", RETRY.client, RETRY.server);
});

Deno.test("Client refuses another version after a HelloRetryRequest (RFC 8446 §4.1.4)", async () => {
  const change = changeHello(({ supportedVersion, ...hello }, count) =>
    count === 0 ? { ...hello, supportedVersion: supportedVersion! } : hello
  );
  await assertClientRefuses(
    change,
    "secondVersionMismatch",
    "illegal_parameter",
    RETRY.client,
    RETRY.server,
  );
});

Deno.test("Client refuses an application protocol that it did not offer (RFC 7301 §3.1)", async () => {
  const change = changeExtensions((fields) => ({ ...fields, alpnProtocol: "c" }));
  const protocols = { alpnProtocols: ["a", "b"] };
  await assertClientRefuses(change, "badAlpn", "illegal_parameter", protocols, protocols);
});

Deno.test("Client refuses answers to what it did not ask (RFC 8446 §4.2)", async () => {
  for (const fields of [{ alpnProtocol: "a" }, { earlyData: true }, { recordSizeLimit: 64 }]) {
    const change = changeExtensions((each) => ({ ...each, ...fields }));
    await assertClientRefuses(change, "unexpectedExtension", "unsupported_extension");
  }
});

Deno.test("Client refuses early data accepted without the PSK (RFC 8446 §4.2.10)", async () => {
  const server = { tickets: earlyTickets() };
  const session = await earlierSession(server);
  const change = changeExtensions((fields) => ({ ...fields, earlyData: true }));
  const client = { session: { ...session, ticket: Uint8Array.of(1) }, earlyData: true };
  await assertClientRefuses(change, "unexpectedExtension", "unsupported_extension", client, server);
});

Deno.test("Client refuses early data accepted for another protocol than the session's (RFC 8446 §4.2.10)", async () => {
  const protocols = { alpnProtocols: ["a", "b"] };
  const server = { tickets: earlyTickets(), ...protocols };
  const session = await earlierSession(server, protocols);
  const change = changeExtensions((fields) => ({ ...fields, alpnProtocol: "b" }));
  const client = { session, earlyData: true, ...protocols };
  await assertClientRefuses(change, "earlyDataAlpnMismatch", "illegal_parameter", client, server);
});

Deno.test("Client refuses early data accepted in another suite than the session's (RFC 8446 §4.2.10)", async () => {
  const { TLS_CHACHA20_POLY1305_SHA256: CHACHA, TLS_AES_128_GCM_SHA256: AES } = CipherSuiteId;
  const server = { tickets: earlyTickets() };
  const session = await earlierSession({ ...server, cipherSuites: [CHACHA] });
  const change = changeExtensions((fields) => ({ ...fields, earlyData: true }));
  const narrow = { ...server, cipherSuites: [AES] };
  const client = { session, earlyData: true };
  await assertClientRefuses(change, "earlyDataCipherMismatch", "illegal_parameter", client, narrow);
});

Deno.test("Client sends early data as far as the session allows, and again what was not taken", async () => {
  const server = { tickets: earlyTickets(10) };
  const session = await earlierSession(server);
  const pair = joinedPair(await pairConfigs({ session, earlyData: true }, server));
  const { connection, out } = pair.client;
  assertEquals(connection.earlyDataBytesLeft, 10);
  assertEquals(connection.sendEarlyData(new TextEncoder().encode("seventeen letters"), out), 10);
  assertEquals(connection.sendEarlyData(Uint8Array.of(1), out), 0);
  exchange(pair);
  assertEquals(pair.server.data, "seventeen ");
  assert(pair.client.has("early-data-accepted"));
  assertEquals(connection.earlyDataBytesLeft, 0);
});

Deno.test("Client says why there was no early data", async () => {
  const disabled = await connectedPair();
  assertEquals(disabled.client.connection.negotiated?.earlyDataReason, "disabled");
  const sessionless = await connectedPair({ earlyData: true });
  assertEquals(sessionless.client.connection.negotiated?.earlyDataReason, "no session offered");
  const server = { tickets: tickets() };
  const session = await earlierSession(server);
  const resumed = await connectedPair({ earlyData: true, session }, server);
  assertEquals(resumed.client.connection.negotiated?.earlyDataReason, "unsupported for session");
  const foreign = { ...session, ticket: Uint8Array.of(1) };
  const full = await connectedPair({ earlyData: true, session: foreign }, server);
  assertEquals(full.client.connection.negotiated?.earlyDataReason, "session not resumed");
});

Deno.test("Client verifies who the server is again when a session is resumed, where it is told to", async () => {
  const server = { tickets: tickets() };
  const session = await earlierSession(server);
  const names: (string | undefined)[] = [];
  const verifier = {
    verify: ({ serverName }: { serverName?: string }) => {
      names.push(serverName);
      return session.peer!.identity;
    },
  };
  await connectedPair({ session, verifier }, server);
  assertEquals(names, []);
  await connectedPair({ session, verifier, reverifyOnResumption: true }, server);
  assertEquals(names, ["localhost"]);
});

Deno.test("Client that makes itself unknowable is understood by the server (RFC 8701)", async () => {
  for (let seed = 0; seed < 8; seed++) {
    const random = (into: Uint8Array) =>
      into.set(into.map((_, at) => 37 * at + 59 * seed + at * at));
    const pair = await connectedPair({
      grease: true,
      permuteExtensions: true,
      random,
      groups: [x25519],
    });
    assertEquals(pair.server.connection.negotiated?.group, x25519);
  }
});

Deno.test("Client that is refused learns the alert, and sends none itself (RFC 8446 §6.2)", async () => {
  const pair = joinedPair(await pairConfigs({ groups: [x25519] }, { groups: [secp384r1] }));
  exchange(pair);
  assertReason(pair.server.failure, "noSharedGroup");
  assertReason(pair.client.failure, "alertReceived", "handshake_failure");
  assertEquals(alertOf(pair.client), "handshake_failure");
  assertEquals(pair.client.out.length, 0);
});

/** The session id of a ClientHello in its record. */
function sessionIdOf(record: Uint8Array): Uint8Array {
  const at = 5 + 4 + 2 + 32 + 1;
  return record.slice(at, at + 32);
}

function recordOf(message: Uint8Array): Uint8Array {
  return Uint8Array.of(22, 3, 3, message.length >> 8, message.length, ...message);
}
