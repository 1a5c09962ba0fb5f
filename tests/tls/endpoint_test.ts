import { assert, assertEquals, assertThrows } from "@std/assert";
import { TlsError } from "../../tls/alert.ts";
import { reference } from "../../tls/provider/reference.ts";
import { RecordWriter } from "../../tls/record.ts";
import { ContentType } from "../../tls/registry.ts";
import { utf8 } from "../support/bytes.ts";
import { quicPair } from "../support/quic_pair.ts";
import { assertReason } from "../support/refusals.ts";
import { credential, type End, exchange, joinedPair, pairConfigs } from "../support/tls_pair.ts";
import { plainRecord, put, splitRecords } from "../support/tls_records.ts";
import { connectedPair, earlierSession, earlyTickets } from "../support/tls_scenes.ts";
import { Secrets } from "../support/tls_meddler.ts";

const { alert, handshake, application_data, change_cipher_spec } = ContentType;

/** A server that has not received anything, with the bytes of a ClientHello's record. */
async function freshServer(): Promise<{ server: End; hello: Uint8Array }> {
  const pair = joinedPair(await pairConfigs());
  return { server: pair.server, hello: pair.client.take() };
}

/** A connected pair, and a way to send the server any record as its client would. */
async function pairWithKeys() {
  const secrets = new Secrets();
  const pair = await connectedPair({ keyLog: secrets.keyLog });
  const writer = new RecordWriter(0);
  const { cipherSuite } = pair.client.connection.negotiated!;
  const suite = reference.cipherSuites.find(({ id }) => id === cipherSuite)!;
  writer.useSecret(suite, secrets.of("CLIENT_TRAFFIC_SECRET_0"));
  const say = (type: number, ...contents: Uint8Array[]) =>
    pair.server.receive(put((out) => contents.forEach((each) => writer.write(type, each, out))));
  return { ...pair, say };
}

const WARNING = (description: number) => Uint8Array.of(1, description);
const USER_CANCELED = WARNING(90);
const KEY_UPDATE = Uint8Array.of(24, 0, 0, 1, 0);

Deno.test("Endpoint hands in any split of records, and says how much it consumed", async () => {
  const { server, hello } = await freshServer();
  const { connection, out, events } = server;
  assertEquals(connection.receive(hello.slice(0, 4), out, events), 0);
  assertEquals(connection.receive(hello.slice(0, -1), out, events), 0);
  assertEquals(connection.receive(new Uint8Array([...hello, 20, 3]), out, events), hello.length);
});

Deno.test("Endpoint.close() sends close_notify once, and nothing after it (RFC 8446 §6.1)", async () => {
  const { client, server } = await connectedPair();
  client.connection.close(client.out);
  client.connection.close(client.out);
  assertEquals(splitRecords(client.out.bytes).length, 1);
  assertEquals(client.connection.maySend, false);
  assertThrows(() => client.send("more"), Error, "may not send");
  assertThrows(() => client.connection.updateKeys(client.out, false), Error, "may not send");
  exchange({ client, server });
  assert(server.has("end"));
  assertEquals(server.failure, undefined);
});

Deno.test("Endpoint sends nothing after close_notify, not even what its handshake would (RFC 8446 §6.1)", async () => {
  const { client, server } = joinedPair(await pairConfigs());
  server.receive(client.take());
  client.connection.close(client.out);
  assertEquals(client.take(), plainRecord(alert, Uint8Array.of(1, 0)));
  client.receive(server.take());
  assertEquals([client.failure, client.out.length], [undefined, 0]);
});

Deno.test("Endpoint goes on sending after the peer's close_notify, and receiving after its own (RFC 8446 §6.1)", async () => {
  const { client, server } = await connectedPair();
  client.connection.close(client.out);
  exchange({ client, server });
  server.send("the rest");
  server.connection.close(server.out);
  exchange({ client, server });
  assertEquals(client.data, "the rest");
  assert(client.has("end"));
  client.connection.receiveEnd();
  server.connection.receiveEnd();
});

Deno.test("Endpoint ignores whatever follows close_notify (RFC 8446 §6.1)", async () => {
  const { client, server } = await connectedPair();
  client.send("before");
  client.connection.close(client.out);
  const bytes = client.take();
  const noise = utf8("neither a record nor anything else");
  server.receive(new Uint8Array([...bytes, ...noise]));
  server.receive(noise);
  assertEquals([server.failure, server.data], [undefined, "before"]);
});

Deno.test("Endpoint.receiveEnd() tells a truncated stream from a closed one (RFC 8446 §6.1)", async () => {
  const { client, server } = await connectedPair();
  const error = assertThrows(() => server.connection.receiveEnd(), TlsError);
  assertReason(error, "truncated");
  assertEquals(server.out.length, 0);
  assertEquals(server.connection.maySend, false);
  client.connection.fail(new Error("gone"), client.out);
  client.connection.receiveEnd();
});

Deno.test("Endpoint.fail() sends internal_error, or the alert of a TlsError, once", async () => {
  for (
    const [error, description] of [[new Error("broken"), 80], [
      new TlsError("unknownIssuer", "Who"),
      48,
    ]] as const
  ) {
    const { server, hello } = await freshServer();
    server.connection.fail(error, server.out);
    server.connection.fail(error, server.out);
    assertEquals(server.take(), plainRecord(alert, Uint8Array.of(2, description)));
    server.receive(hello);
    assertEquals([(server.failure as Error).message, server.out.length], [
      "Connection has failed before",
      0,
    ]);
  }
});

Deno.test("Endpoint sends one alert when it fails, and accepts nothing after", async () => {
  const { server, hello } = await freshServer();
  server.receive(plainRecord(handshake, Uint8Array.of(2, 0, 0, 0)));
  assertReason(server.failure, "unexpectedMessage");
  assertEquals(server.take(), plainRecord(alert, Uint8Array.of(2, 10)));
  assertThrows(() => server.connection.receive(hello, server.out, []), Error, "failed before");
  assertThrows(() => server.send("x"), Error, "may not send");
  server.connection.close(server.out);
  assertEquals(server.out.length, 0);
});

Deno.test("Endpoint keeps events from before a failure", async () => {
  const { server, say } = await pairWithKeys();
  say(application_data, utf8("good"));
  say(handshake, Uint8Array.of(99, 0, 0, 0));
  assertEquals(server.data, "good");
  assertReason(server.failure, "unexpectedMessage");
});

Deno.test("Endpoint ends without an alert of its own when the peer sends one (RFC 8446 §6.2)", async () => {
  const { server, say } = await pairWithKeys();
  say(alert, Uint8Array.of(2, 40));
  assertReason(server.failure, "alertReceived", "handshake_failure");
  assertEquals(server.out.length, 0);
});

Deno.test("Endpoint refuses alerts that are malformed (RFC 8446 §5.1, §6)", async () => {
  const wrong = [
    [Uint8Array.of(), "badAlert", "unexpected_message"],
    [Uint8Array.of(2), "badAlert", "decode_error"],
    [Uint8Array.of(1, 0, 0), "badAlert", "decode_error"],
    [Uint8Array.of(3, 40), "unknownAlertLevel", "illegal_parameter"],
    [WARNING(40), "badAlert", "decode_error"],
  ] as const;
  for (const [content, reason, name] of wrong) {
    const { server, say } = await pairWithKeys();
    say(alert, content);
    assertReason(server.failure, reason, name);
  }
});

Deno.test("Endpoint passes over user_canceled, a few times (RFC 8446 §6.1)", async () => {
  const { server, say } = await pairWithKeys();
  say(alert, ...Array(4).fill(USER_CANCELED));
  assertEquals(server.failure, undefined);
  say(alert, USER_CANCELED);
  assertReason(server.failure, "tooManyWarningAlerts", "unexpected_message");
});

Deno.test("Endpoint takes empty records of data, 32 in a row (RFC 8446 §5.4)", async () => {
  const { server, say } = await pairWithKeys();
  const empty = Array(32).fill(new Uint8Array());
  say(application_data, ...empty, utf8("a"), ...empty);
  assertEquals([server.failure, server.data], [undefined, "a"]);
  say(application_data, new Uint8Array());
  assertReason(server.failure, "tooManyEmptyRecords", "unexpected_message");
});

Deno.test("Endpoint refuses an empty handshake record (RFC 8446 §5.1)", async () => {
  const { server } = await freshServer();
  server.receive(plainRecord(handshake, new Uint8Array()));
  assertReason(server.failure, "emptyRecord", "unexpected_message");
});

Deno.test("Endpoint joins a handshake message that is spread over records (RFC 8446 §5.1)", async () => {
  const { server, hello } = await freshServer();
  for (const byte of hello.subarray(5)) {
    server.receive(plainRecord(handshake, Uint8Array.of(byte)));
  }
  assertEquals(server.failure, undefined);
  assert(server.out.length > 0);
});

Deno.test("Endpoint refuses another record between fragments of a handshake message (RFC 8446 §5.1)", async () => {
  const { server, say } = await pairWithKeys();
  say(handshake, KEY_UPDATE.subarray(0, 3));
  say(application_data, utf8("x"));
  assertReason(server.failure, "unexpectedRecord", "unexpected_message");
});

Deno.test("Endpoint drops change_cipher_spec between the first ClientHello and the peer's Finished (RFC 8446 §5)", async () => {
  const ccs = plainRecord(change_cipher_spec, Uint8Array.of(1));
  const early = await freshServer();
  early.server.receive(ccs);
  assertReason(early.server.failure, "unexpectedRecord", "unexpected_message");

  const { server, hello } = await freshServer();
  server.receive(hello);
  for (let count = 0; count < 32; count++) server.receive(ccs.slice());
  assertEquals(server.failure, undefined);
  server.receive(ccs.slice());
  assertReason(server.failure, "tooManyEmptyRecords");

  const connected = await connectedPair();
  connected.server.receive(ccs.slice());
  assertReason(connected.server.failure, "unexpectedRecord");
});

Deno.test("Endpoint refuses a change_cipher_spec that says anything else (RFC 8446 §5)", async () => {
  for (const content of [Uint8Array.of(), Uint8Array.of(2), Uint8Array.of(1, 1)]) {
    const { server, hello } = await freshServer();
    server.receive(hello);
    server.receive(plainRecord(change_cipher_spec, content));
    assertReason(server.failure, "unexpectedRecord", "unexpected_message");
  }
});

Deno.test("Endpoint refuses application data in the handshake", async () => {
  const { server, hello } = await freshServer();
  server.receive(hello);
  server.receive(plainRecord(application_data, new Uint8Array(40)));
  assertReason(server.failure, "badRecordMac", "bad_record_mac");
});

Deno.test("Endpoint answers all requests for a KeyUpdate by one, until it sends data (RFC 8446 §4.6.3)", async () => {
  const { client, server } = await connectedPair();
  for (let count = 0; count < 3; count++) {
    client.connection.updateKeys(client.out, true);
    server.receive(client.take());
  }
  assertEquals(splitRecords(server.out.bytes).length, 1);
  server.send("answer");
  exchange({ client, server });
  assertEquals(client.data, "answer");
  client.connection.updateKeys(client.out, true);
  server.receive(client.take());
  assertEquals(splitRecords(server.out.bytes).length, 1);
});

Deno.test("Endpoint refuses bytes behind a KeyUpdate in its record (RFC 8446 §5.1)", async () => {
  const { server, say } = await pairWithKeys();
  say(handshake, new Uint8Array([...KEY_UPDATE, 24]));
  assertReason(server.failure, "excessHandshakeData", "unexpected_message");
});

Deno.test("Endpoint refuses more than 32 KeyUpdates in a row", async () => {
  const { client, server } = await connectedPair();
  for (let count = 0; count < 32; count++) client.connection.updateKeys(client.out, false);
  client.send("so far");
  for (let count = 0; count < 33; count++) client.connection.updateKeys(client.out, false);
  exchange({ client, server });
  assertEquals(server.data, "so far");
  assertReason(server.failure, "tooManyKeyUpdates", "unexpected_message");
});

Deno.test("Endpoint changes its key by itself when it is worn out (RFC 8446 §5.5)", async () => {
  const worn = {
    ...reference,
    cipherSuites: reference.cipherSuites.map((suite) => ({ ...suite, recordsMax: 2 })),
  };
  const { client, server } = await connectedPair({ provider: worn });
  for (let count = 0; count < 7; count++) client.send(`${count}`);
  const records = splitRecords(client.out.bytes).length;
  exchange({ client, server });
  assertEquals([server.failure, server.data, records], [undefined, "0123456", 7 + 3]);
});

Deno.test("Endpoint keeps its records to what both sides allow (RFC 8449 §4)", async () => {
  const { client, server } = await connectedPair({ recordSizeLimit: 100 }, {
    recordSizeLimit: 200,
  });
  server.send("x".repeat(250));
  client.send("y".repeat(250));
  const lengths = (end: End) => splitRecords(end.out.bytes).map((record) => record.length - 22);
  assertEquals([lengths(server), lengths(client)], [[100, 100, 50], [100, 100, 50]]);
  exchange({ client, server });
  assertEquals([server.data.length, client.data.length], [250, 250]);
});

Deno.test("Endpoint pads its records, and nobody sees how long the content is (RFC 8446 §5.4)", async () => {
  const { client, server } = await connectedPair({ paddingMultiple: 64 });
  client.send("a");
  client.send("x".repeat(64));
  assertEquals(splitRecords(client.out.bytes).map((record) => record.length), [86, 86]);
  exchange({ client, server });
  assertEquals(server.data.length, 65);
});

Deno.test("Endpoint lets a server send right after its own flight (RFC 8446 §2)", async () => {
  const pair = joinedPair(await pairConfigs());
  pair.server.receive(pair.client.take());
  assertEquals(pair.server.connection.maySend, true);
  pair.server.send("early bird");
  exchange(pair);
  assertEquals(pair.client.data, "early bird");
});

Deno.test("Endpoint.exportKeyingMaterial() throws before there is a secret (RFC 8446 §7.5)", async () => {
  const { server } = await freshServer();
  const { connection } = server;
  assertThrows(
    () => connection.exportKeyingMaterial("EXPORTER-x", new Uint8Array(), 32),
    Error,
    "not complete",
  );
});

Deno.test("Endpoint leaves records where they are while it waits for a signature", async () => {
  const own = await credential();
  const sign = (...args: Parameters<typeof own.key.sign>) => Promise.resolve(own.key.sign(...args));
  const configs = await pairConfigs({}, { credentials: [{ ...own, key: { ...own.key, sign } }] });
  const { client, server } = joinedPair(configs);
  const hello = client.take();
  const { connection, out, events } = server;
  const more = plainRecord(change_cipher_spec, Uint8Array.of(1));
  assertEquals(connection.receive(new Uint8Array([...hello, ...more]), out, events), hello.length);
  assertEquals(connection.receive(more, out, events), 0);
  const wanted = events.find((event) => event.type === "signature-wanted");
  assert(wanted?.type === "signature-wanted");
  connection.provideSignature(await wanted.signature, out, events);
  assertEquals(connection.receive(more, out, events), more.length);
});

Deno.test("Endpoint sends no early data after close_notify, nor after it failed", async () => {
  const own = earlyTickets();
  const session = await earlierSession({ tickets: own });
  for (const end of ["close", "fail"] as const) {
    const { client } = joinedPair(await pairConfigs({ session, earlyData: true }));
    const { connection, out } = client;
    assertEquals(connection.earlyDataBytesLeft, 100);
    if (end === "close") connection.close(out);
    else connection.fail(new Error("Enough"), out);
    const before = out.length;
    assertEquals(connection.earlyDataBytesLeft, 0);
    assertEquals(connection.sendEarlyData(utf8("late"), out), 0);
    assertEquals(out.length, before);
  }
});

Deno.test("Endpoint.provideSignature() is refused where no signature is waited for", async () => {
  const { server } = await freshServer();
  const { connection, out, events } = server;
  assertThrows(
    () => connection.provideSignature(new Uint8Array(), out, events),
    Error,
    "no signature",
  );
});

Deno.test("Endpoint without records joins two ends through events, level by level (RFC 9001 §4)", async () => {
  const configs = await pairConfigs();
  const { client, server } = quicPair(configs);
  const levels = client.pump(server);
  assertEquals(levels, [
    "initial client",
    "initial server",
    "handshake server",
    "handshake client",
  ]);
  for (const level of ["handshake", "application"]) {
    for (const [from, to] of [[client, server], [server, client]]) {
      const secret = from.secret("write", level);
      assertEquals(secret, to.secret("read", level));
      assert(secret !== undefined);
    }
  }
  assertEquals(client.end.connection.negotiated, {
    ...server.end.connection.negotiated!,
    credential: undefined,
    peerIdentity: client.end.connection.negotiated!.peerIdentity,
    peerSignatureScheme: client.end.connection.negotiated!.peerSignatureScheme,
  });
  assertEquals([client.end.out.length, server.end.out.length], [0, 0]);
  assertThrows(() => client.end.connection.receive(new Uint8Array(5), client.end.out, []));
});

Deno.test("Endpoint without records tells each secret once, after early data was refused, too (RFC 9001 §4)", async () => {
  const own = earlyTickets();
  const session = await earlierSession({ tickets: own });
  const { ticketer } = own;
  const configs = await pairConfigs({ session, earlyData: true }, { tickets: { ticketer } });
  const { client, server } = quicPair(configs);
  client.pump(server);
  const told = client.end.events.flatMap((event) =>
    event.type === "secret" ? [`${event.direction} ${event.level}`] : []
  );
  assertEquals(told.toSorted(), [
    "read application",
    "read handshake",
    "write application",
    "write early",
    "write handshake",
  ]);
});

Deno.test("Endpoint without records takes early data without an end of it (RFC 9001 §8.3)", async () => {
  const server = { tickets: earlyTickets() };
  const session = await earlierSession(server);
  const { client, server: other } = quicPair(
    await pairConfigs({ session, earlyData: true }, server),
  );
  client.pump(other);
  assertEquals(other.connection.negotiated?.earlyDataAccepted, true);
  for (const level of ["early", "handshake", "application"]) {
    assertEquals(client.secret("write", level), other.secret("read", level));
  }
  assert(client.secret("write", "early") !== undefined);
});

Deno.test("Endpoint without records carries what QUIC tells the peer (RFC 9001 §8.2)", async () => {
  const [own, other] = [Uint8Array.of(1), Uint8Array.of(2, 3)];
  const configs = await pairConfigs(
    { quicTransportParameters: own },
    { quicTransportParameters: other },
  );
  const { client, server } = quicPair(configs);
  client.pump(server);
  assertEquals(server.connection.negotiated?.quicTransportParameters, own);
  assertEquals(client.connection.negotiated?.quicTransportParameters, other);
});

Deno.test("Endpoint without records refuses a KeyUpdate, and sends no alert itself (RFC 9001 §6)", async () => {
  const { client, server } = quicPair(await pairConfigs());
  client.pump(server);
  const { out, events } = server.end;
  const error = assertThrows(
    () => server.connection.receiveHandshake(KEY_UPDATE, out, events),
    TlsError,
  );
  assertReason(error, "unexpectedMessage", "unexpected_message");
  assertEquals(out.length, 0);
});
