import { assert, assertEquals } from "@std/assert";
import { MemoryReplayStore } from "../../tls/replay_store.ts";
import type { TlsError } from "../../tls/alert.ts";
import { decodeClientHello, encodeClientHello } from "../../tls/client_hello.ts";
import { reference } from "../../tls/provider/reference.ts";
import { CipherSuiteId, ContentType, NamedGroup } from "../../tls/registry.ts";
import { RotatingTicketer } from "../../tls/ticketer.ts";
import {
  credential,
  credulous,
  type End,
  exchange,
  joinedPair,
  NOW_MS,
  pairConfigs,
  seededRandom,
} from "../support/tls_pair.ts";
import { connectedPair, earlierSession, sessionsOf, tickets } from "../support/tls_scenes.ts";
import { plainRecord, splitRecords } from "../support/tls_records.ts";

function reasonOf(end: End): string | undefined {
  return (end.failure as TlsError | undefined)?.reason;
}

for (const { id } of reference.cipherSuites) {
  for (const { name } of reference.groups) {
    Deno.test(`Client and server agree on suite ${id} and group ${name}`, async () => {
      const pair = await connectedPair({ cipherSuites: [id], groups: [name] });
      for (const { connection } of [pair.client, pair.server]) {
        assertEquals(connection.negotiated?.cipherSuite, id);
        assertEquals(connection.negotiated?.group, name);
      }
      pair.client.send("from the client");
      pair.server.send("from the server");
      exchange(pair);
      assertEquals([pair.server.data, pair.client.data], ["from the client", "from the server"]);
    });
  }
}

for (const type of ["secp256r1", "secp384r1", "ed25519"] as const) {
  Deno.test(`Client believes a server that signs with ${type}`, async () => {
    const pair = await connectedPair({}, { credentials: [await credential(type)] });
    assertEquals(pair.client.connection.negotiated?.peerIdentity?.publicKey.type, type);
  });
}

Deno.test("Server prefers ChaCha20-Poly1305, whatever the client's order", async () => {
  const pair = await connectedPair({
    cipherSuites: [
      CipherSuiteId.TLS_AES_128_GCM_SHA256,
      CipherSuiteId.TLS_CHACHA20_POLY1305_SHA256,
    ],
  });
  const { negotiated } = pair.server.connection;
  assertEquals(negotiated?.cipherSuite, CipherSuiteId.TLS_CHACHA20_POLY1305_SHA256);
});

Deno.test("Server asks for another key share when it has no use for those that came", async () => {
  const pair = await connectedPair(
    { groups: [NamedGroup.x25519, NamedGroup.secp384r1] },
    { groups: [NamedGroup.secp384r1] },
  );
  assertEquals(pair.client.connection.negotiated?.helloRetried, true);
  assertEquals(pair.server.connection.negotiated?.group, NamedGroup.secp384r1);
});

Deno.test("Server refuses a second ClientHello that is not the first again (RFC 8446 §4.1.2)", async () => {
  const configs = await pairConfigs(
    { groups: [NamedGroup.x25519, NamedGroup.secp384r1] },
    { groups: [NamedGroup.secp384r1] },
  );
  const pair = joinedPair(configs);
  let hellos = 0;
  const turned = (record: Uint8Array): Uint8Array => {
    if (record[0] !== ContentType.handshake || ++hellos < 2) return record;
    const second = decodeClientHello(record.subarray(5));
    const order = second.extensionTypes.toReversed();
    return plainRecord(ContentType.handshake, encodeClientHello(second, order));
  };
  exchange(
    pair,
    (bytes, from) =>
      from === "server"
        ? bytes
        : new Uint8Array(splitRecords(bytes).flatMap((record) => [...turned(record)])),
  );
  assertEquals(reasonOf(pair.server), "changedClientHello");
});

Deno.test("Server chooses the protocol it prefers of those the client offers", async () => {
  const pair = await connectedPair(
    { alpnProtocols: ["http/1.1", "h2"] },
    { alpnProtocols: ["h2", "http/1.1"] },
  );
  assertEquals(pair.client.connection.negotiated?.alpnProtocol, "h2");
});

Deno.test("Server refuses a client with which it has no protocol in common", async () => {
  const pair = joinedPair(await pairConfigs({ alpnProtocols: ["a"] }, { alpnProtocols: ["b"] }));
  exchange(pair);
  assertEquals(reasonOf(pair.server), "noApplicationProtocol");
  assertEquals((pair.client.failure as TlsError).alert, "no_application_protocol");
});

Deno.test("Server takes a session back, and who the client was with it", async () => {
  const server = {
    tickets: tickets(),
    clientAuth: { mode: "required" as const, verifier: credulous },
  };
  const session = await earlierSession(server, { credentials: [await credential("ed25519")] });
  const pair = await connectedPair({ session }, server);
  assertEquals(pair.server.connection.negotiated?.resumed, true);
  assertEquals(pair.client.connection.negotiated?.resumed, true);
  assertEquals(pair.server.connection.negotiated?.peerIdentity?.publicKey.type, "ed25519");
  assertEquals(sessionsOf(pair.client).length, 1);
});

Deno.test("Server takes a session back after it asked for another key share", async () => {
  const server = { tickets: tickets(), groups: [NamedGroup.secp256r1] };
  const client = { groups: [NamedGroup.x25519, NamedGroup.secp256r1] };
  const session = await earlierSession(server, client);
  const pair = await connectedPair({ ...client, session }, server);
  const { negotiated } = pair.server.connection;
  assertEquals([negotiated?.resumed, negotiated?.helloRetried], [true, true]);
});

Deno.test("Server shakes hands in full when the ticket is not its own", async () => {
  const session = await earlierSession({ tickets: tickets() });
  const other = new RotatingTicketer({
    suite: reference.cipherSuites[0],
    random: seededRandom(99),
    now: () => NOW_MS,
  });
  const pair = await connectedPair({ session }, { tickets: tickets({ ticketer: other }) });
  assertEquals(pair.client.connection.negotiated?.resumed, false);
});

Deno.test("Server takes early data once, and refuses its replay", async () => {
  const replays = new MemoryReplayStore(() => NOW_MS, 10);
  const server = { tickets: tickets({ earlyDataBytesMax: 100, replays }) };
  const session = await earlierSession(server);
  const configs = await pairConfigs({ session, earlyData: true }, server);
  const pair = joinedPair(configs);
  assertEquals(
    pair.client.connection.sendEarlyData(new TextEncoder().encode("early"), pair.client.out),
    5,
  );
  const flight = pair.client.out.bytes.slice();
  exchange(pair);
  assertEquals(pair.server.data, "early");
  assertEquals(pair.client.connection.negotiated?.earlyDataAccepted, true);

  const again = joinedPair(configs).server;
  again.receive(flight);
  assertEquals(again.data, "");
  assert(again.failure === undefined);
});

Deno.test("Server that takes no early data passes over it", async () => {
  const replays = new MemoryReplayStore(() => NOW_MS, 10);
  const ticketConfig = tickets({ earlyDataBytesMax: 100, replays });
  const session = await earlierSession({ tickets: ticketConfig });
  const { ticketer } = ticketConfig;
  const pair = joinedPair(
    await pairConfigs({ session, earlyData: true }, { tickets: { ticketer } }),
  );
  pair.client.connection.sendEarlyData(new TextEncoder().encode("early"), pair.client.out);
  exchange(pair);
  assertEquals(pair.client.failure, undefined);
  assert(pair.client.has("early-data-rejected"));
  pair.client.send("later");
  exchange(pair);
  assertEquals(pair.server.data, "later");
});

Deno.test("Server that asks for another key share passes over early data", async () => {
  const replays = new MemoryReplayStore(() => NOW_MS, 10);
  const ticketConfig = tickets({ earlyDataBytesMax: 100, replays });
  const session = await earlierSession({ tickets: ticketConfig });
  const pair = joinedPair(
    await pairConfigs(
      { session, earlyData: true, groups: [NamedGroup.x25519, NamedGroup.secp256r1] },
      { tickets: ticketConfig, groups: [NamedGroup.secp256r1] },
    ),
  );
  pair.client.connection.sendEarlyData(new TextEncoder().encode("early"), pair.client.out);
  exchange(pair);
  assertEquals([pair.client.failure, pair.server.failure], [undefined, undefined]);
  assertEquals(pair.server.connection.negotiated?.earlyDataReason, "hello retry request");
});

Deno.test("Server lets a client without a certificate in when it is optional, not when it is required", async () => {
  const clientAuth = { mode: "optional" as const, verifier: credulous };
  const pair = await connectedPair({}, { clientAuth });
  assertEquals(pair.server.connection.negotiated?.peerIdentity, undefined);

  const strict = { clientAuth: { ...clientAuth, mode: "required" as const } };
  const refused = joinedPair(await pairConfigs({}, strict));
  exchange(refused);
  assertEquals(reasonOf(refused.server), "certificateRequired");
  assertEquals((refused.client.failure as TlsError).alert, "certificate_required");
});

Deno.test("Both ends change keys when asked, and go on", async () => {
  const pair = await connectedPair();
  pair.client.connection.updateKeys(pair.client.out, true);
  pair.client.send("under new keys");
  exchange(pair);
  pair.server.send("as well");
  exchange(pair);
  assertEquals([pair.server.data, pair.client.data], ["under new keys", "as well"]);
});

Deno.test("Both ends export the same keying material", async () => {
  const pair = await connectedPair();
  const context = new Uint8Array([1, 2, 3]);
  const [a, b] = [pair.client, pair.server].map(({ connection }) =>
    connection.exportKeyingMaterial("EXPORTER-Channel-Binding", context, 32)
  );
  assertEquals(a, b);
});

Deno.test("Server makes a signature elsewhere, and goes on when it comes", async () => {
  const own = await credential();
  const slow = {
    ...own,
    key: {
      ...own.key,
      sign: (...args: Parameters<typeof own.key.sign>) => Promise.resolve(own.key.sign(...args)),
    },
  };
  const pair = joinedPair(await pairConfigs({}, { credentials: [slow] }));
  exchange(pair);
  const { connection, out, events } = pair.server;
  const wanted = events.find((event) => event.type === "signature-wanted");
  assert(wanted?.type === "signature-wanted");
  connection.provideSignature(await wanted.signature, out, events);
  exchange(pair);
  assertEquals(pair.server.failure, undefined);
  assert(pair.client.has("connected") && pair.server.has("connected"));
});

for (const isPlain of [false, true]) {
  Deno.test(`Server and client agree on a PSK, and on no certificate; it is plain: ${isPlain}`, async () => {
    const psk = {
      isPlain,
      externalIdentity: Uint8Array.of(1, 2),
      key: new Uint8Array(32).fill(7),
      hash: "sha256" as const,
    };
    const configs = await pairConfigs({ credentials: [psk] }, { credentials: [psk] });
    const { verifier: _, ...client } = configs.client;
    const pair = joinedPair({ client, server: configs.server });
    exchange(pair);
    assertEquals([pair.client.failure, pair.server.failure], [undefined, undefined]);
    assertEquals(pair.server.connection.negotiated?.credential, psk);
    assertEquals(pair.client.connection.negotiated?.credential, psk);
  });
}

Deno.test("Client that takes only a PSK refuses a certificate", async () => {
  const psk = {
    externalIdentity: Uint8Array.of(1, 2),
    key: new Uint8Array(32).fill(7),
    hash: "sha256" as const,
  };
  const configs = await pairConfigs({ credentials: [psk] });
  const { verifier: _, ...client } = configs.client;
  const pair = joinedPair({ client, server: configs.server });
  exchange(pair);
  assertEquals((pair.server.failure as TlsError).alert, "missing_extension");
});
