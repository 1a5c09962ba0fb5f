/**
 * The engine against the traces of RFC 8448, with what it sends compared byte for byte wherever the
 * traces' choices are its own. Two are not: this server sends no supported_groups and orders the
 * extensions of its ServerHello another way, this client sends other extensions. So the client is
 * given the trace's ClientHello by its first state, and the server's own flight is compared field by
 * field, while its records, secrets and binders are compared as they are (`record_test.ts`,
 * `key_schedule_test.ts`, `resumption_test.ts`).
 */
import { assert, assertEquals } from "@std/assert";
import { createPublicKey, verify } from "node:crypto";
import { decodeClientHello } from "../../tls/client_hello.ts";
import { type Agreed, ExpectCertificateRequest } from "../../tls/client_authentication.ts";
import type { ClientConfig } from "../../tls/config.ts";
import { Endpoint } from "../../tls/endpoint.ts";
import { KeyLog } from "../../tls/key_log.ts";
import { EarlySecret } from "../../tls/key_schedule.ts";
import { decodeEncryptedExtensions, decodeServerHello } from "../../tls/messages.ts";
import { parseCertificate, publicKeyOf } from "../../tls/x509/certificate.ts";
import type { Provider } from "../../tls/provider/provider.ts";
import { reference } from "../../tls/provider/reference.ts";
import { simd } from "../../tls/provider/simd.ts";
import { encodeTicketState } from "../../tls/resumption.ts";
import { ServerConnection } from "../../tls/server.ts";
import type { State } from "../../tls/state.ts";
import { Transcript } from "../../tls/transcript.ts";
import { fromHex, scriptedRandom, toHex } from "../support/bytes.ts";
import { credential, End, NOW_MS, pairConfigs } from "../support/tls_pair.ts";
import { plainRecord, splitRecords } from "../support/tls_records.ts";
import { sessionsOf } from "../support/tls_scenes.ts";
import trace from "../vectors/rfc8448.json" with { type: "json" };

const { messages, records, resumption } = trace;
const offeredTypes = new Set(decodeClientHello(fromHex(messages.clientHello)).extensionTypes);

/**
 * The trace's key has 1024 bits, which providers refuse: node:crypto verifies in their place.
 */
function provider(own: Provider): Provider {
  return {
    ...own,
    verify(algorithm, key, message, signature) {
      assertEquals([algorithm, key.type], ["rsa_pss_sha256", "rsa"]);
      const options = {
        key: createPublicKey({ key: pkcs1(key.bytes), format: "der", type: "pkcs1" }),
      };
      return verify("sha256", message, { ...options, padding: 6, saltLength: 32 }, signature);
    },
  };
}

// node:crypto's types want a Buffer.
// deno-lint-ignore no-explicit-any
const pkcs1 = (bytes: Uint8Array): any => bytes;

/** A client that has sent the trace's ClientHello and received its ServerHello. */
function tracedClient(own: Provider): End {
  const suite = own.cipherSuites.find(({ id }) => id === 0x1301)!;
  const config: ClientConfig = {
    provider: provider(own),
    random: () => {},
    now: () => NOW_MS,
    serverName: "server",
    verifier: {
      verify: ({ chain }) => ({ publicKey: publicKeyOf(parseCertificate(chain[0])), names: [] }),
    },
    verifySchemes: [0x0804],
  };
  const connection = new Endpoint(config, {}, (io) => {
    const transcript = new Transcript();
    transcript.start(suite.hash);
    transcript.add(fromHex(messages.clientHello));
    transcript.add(fromHex(messages.serverHello));
    const handshakeSecret = new EarlySecret(suite.hash).handshakeSecret(sharedSecret(own));
    const clientSecret = handshakeSecret.clientTrafficSecret(transcript.digest());
    const serverSecret = handshakeSecret.serverTrafficSecret(transcript.digest());
    io.readWith(suite, serverSecret, "handshake");
    io.writeWith(suite, clientSecret, "handshake");
    const hello = decodeClientHello(fromHex(messages.clientHello));
    const agreed: Agreed = {
      ...{ config, transcript, suite, clientSecret, serverSecret },
      offer: { hello, keyShares: new Map(), psks: [], early: undefined, order: [] } as never,
      log: new KeyLog(undefined, hello.random),
      group: own.groups.find(({ name }) => name === 29)!,
      retried: false,
      psk: undefined,
      masterSecret: handshakeSecret.masterSecret(),
      earlyDataReason: "disabled",
      extensions: {},
    } as Agreed;
    return expectTracedExtensions(agreed);
  });
  const end = new End(connection, config);
  connection.start(end.out, end.events);
  return end;
}

/** EncryptedExtensions of the trace, which name groups the client may offer next time. */
function expectTracedExtensions(agreed: Agreed): State {
  return {
    name: "ExpectEncryptedExtensions",
    handle({ body, bytes }) {
      const extensions = decodeEncryptedExtensions(body, offeredTypes);
      assertEquals(extensions, { serverNameAcknowledged: true, recordSizeLimit: 0x4001 });
      agreed.transcript.add(bytes);
      return new ExpectCertificateRequest({ ...agreed, extensions });
    },
  };
}

/** The client's side of the trace's key exchange. */
function sharedSecret(own: Provider): Uint8Array {
  const group = own.groups.find(({ name }) => name === 29)!;
  const exchange = group.start(scriptedRandom(fromHex(trace.clientPrivate)));
  const offered = decodeClientHello(fromHex(messages.clientHello)).keyShares!;
  assertEquals(exchange.share, offered[0].keyExchange);
  const { keyShare } = decodeServerHello(fromHex(messages.serverHello).subarray(4), offeredTypes);
  const secret = exchange.complete(keyShare!.keyExchange);
  assertEquals(toHex(secret), trace.sharedSecret);
  return secret;
}

for (const own of [reference, simd]) {
  Deno.test(`Client reads the server's flight of RFC 8448 §3 and answers its bytes, with the provider ${own.name}`, () => {
    const client = tracedClient(own);
    client.receive(fromHex(records.serverFlight));
    if (client.failure !== undefined) throw client.failure;
    assertEquals(toHex(client.take()), records.clientFinished);
    assert(client.has("connected"));
    client.receive(fromHex(records.newSessionTicket));
    const [session] = sessionsOf(client);
    assertEquals(toHex(session.resumptionPsk), resumption.psk);
    assertEquals([session.lifetimeSeconds, session.earlyDataBytesMax], [30, 1024]);
    client.connection.send(fromHex(trace.applicationData), client.out);
    assertEquals(toHex(client.take()), records.clientData);
    client.receive(fromHex(records.serverData));
    assertEquals(
      Uint8Array.from(client.data, (each) => each.charCodeAt(0)),
      fromHex(trace.applicationData),
    );
    client.connection.close(client.out);
    assertEquals(toHex(client.take()), records.clientClose);
    client.receive(fromHex(records.serverClose));
    assert(client.has("end"));
  });

  Deno.test(`Client refuses the server's flight of RFC 8448 §3 with any byte of its record changed, with the provider ${own.name}`, () => {
    const flight = fromHex(records.serverFlight);
    for (let at = 5; at < flight.length; at += 13) {
      const client = tracedClient(own);
      const changed = flight.slice();
      changed[at] ^= 1;
      client.receive(changed);
      assertEquals((client.failure as Error).message, "Record cannot be decrypted");
    }
  });

  Deno.test(`Server answers the ClientHello of RFC 8448 §3 with its choices, with the provider ${own.name}`, async () => {
    const random = fromHex(messages.serverHello).slice(6, 38);
    const { server: config } = await pairConfigs({}, {
      provider: own,
      groups: [29],
      cipherSuites: [0x1301],
      recordSizeLimit: 0x4000,
      random: scriptedRandom(fromHex(trace.serverPrivate), random),
      credentials: [await credential("secp256r1")],
    });
    const server = new End(new ServerConnection(config), config);
    server.connection.start(server.out, server.events);
    server.receive(plainRecord(22, fromHex(messages.clientHello), 0x0301));
    if (server.failure !== undefined) throw server.failure;
    const [hello] = splitRecords(server.take());
    assertEquals(
      decodeServerHello(hello.subarray(9), offeredTypes),
      decodeServerHello(fromHex(messages.serverHello).subarray(4), offeredTypes),
    );
  });

  Deno.test(`Server resumes by the ticket of RFC 8448 §4, and reads its early data, with the provider ${own.name}`, async () => {
    const ageAdd = 0xfad6aac5;
    const state = encodeTicketState({
      resumptionPsk: fromHex(resumption.psk),
      cipherSuite: 0x1301,
      serverName: "server",
      alpnProtocol: undefined,
      issuedMs: NOW_MS - ticketAge(ageAdd),
      lifetimeSeconds: 30,
      ageAdd,
      earlyDataBytesMax: 1024,
      peer: undefined,
    });
    const { server: config } = await pairConfigs({}, {
      provider: own,
      groups: [29],
      cipherSuites: [0x1301],
      tickets: {
        ticketer: { seal: () => new Uint8Array(1), open: () => state },
        earlyDataBytesMax: 1024,
        replays: { admit: () => true },
      },
    });
    const logged: string[] = [];
    const told = { ...config, keyLog: (line: string) => logged.push(line) };
    const server = new End(new ServerConnection(told), told);
    server.connection.start(server.out, server.events);
    server.receive(plainRecord(22, fromHex(messages.resumedClientHello), 0x0301));
    server.receive(fromHex(records.earlyData));
    if (server.failure !== undefined) throw server.failure;
    assertEquals(server.data, "ABCDEF");
    assert(logged[0].endsWith(resumption.clientEarlyTraffic));
  });
}

/** The age that the resumed ClientHello says its ticket has. */
function ticketAge(ageAdd: number): number {
  const { preSharedKey } = decodeClientHello(fromHex(messages.resumedClientHello));
  return (preSharedKey!.identities[0].obfuscatedTicketAge - ageAdd) >>> 0;
}
