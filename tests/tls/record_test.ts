import { assert, assertEquals } from "@std/assert";
import { TlsError } from "../../tls/alert.ts";
import { trafficKey } from "../../tls/key_schedule.ts";
import { reference } from "../../tls/provider/reference.ts";
import { simd } from "../../tls/provider/simd.ts";
import {
  CONTENT_BYTES_MAX,
  RECORD_BYTES_MAX,
  RecordReader,
  RecordWriter,
} from "../../tls/record.ts";
import { ContentType } from "../../tls/registry.ts";
import { assertSurvivesDamage } from "../support/byte_laws.ts";
import { fromHex, toHex, utf8 } from "../support/bytes.ts";
import { assertRefused } from "../support/refusals.ts";
import { halves, plainRecord, put, readAll, splitRecords } from "../support/tls_records.ts";
import trace from "../vectors/rfc8448.json" with { type: "json" };

const { application_data, handshake, alert, change_cipher_spec } = ContentType;
const [suite] = reference.cipherSuites;
const SECRET = new Uint8Array(32).fill(1);

/** A record of any inner plaintext, sealed as the `index`th under SECRET. */
function sealed(inner: Uint8Array, index = 0, outerType: number = application_data): Uint8Array {
  const { key, iv } = trafficKey(suite, SECRET);
  iv[11] ^= index;
  const record = plainRecord(outerType, new Uint8Array(inner.length + 16));
  record.set(inner, 5);
  suite.aead.load(key).seal(iv, record.subarray(0, 5), record.subarray(5));
  return record;
}

function read(record: Uint8Array): { type: number; content: Uint8Array } {
  const { reader } = halves();
  assertEquals(reader.read(record, 0), record.length);
  return { type: reader.type, content: reader.content };
}

for (const provider of [reference, simd]) {
  Deno.test(`RecordWriter.write() seals the records of RFC 8448 §3, with the provider ${provider.name}`, () => {
    const aes = provider.cipherSuites.find(({ id }) => id === 0x1301)!;
    const { messages, records, secrets } = trace;
    const server = new RecordWriter(0);
    server.useSecret(aes, fromHex(secrets.serverHandshakeTraffic));
    const flight = messages.encryptedExtensions + messages.certificate +
      messages.certificateVerify + messages.serverFinished;
    assertEquals(
      toHex(put((out) => server.write(handshake, fromHex(flight), out))),
      records.serverFlight,
    );
    server.useSecret(aes, fromHex(secrets.serverApplicationTraffic));
    const data = fromHex(trace.applicationData);
    const sent = put((out) => {
      server.write(handshake, fromHex(messages.newSessionTicket), out);
      server.write(application_data, data, out);
      server.write(alert, Uint8Array.of(1, 0), out);
    });
    assertEquals(toHex(sent), records.newSessionTicket + records.serverData + records.serverClose);
  });

  Deno.test(`RecordReader.read() opens the records of RFC 8448 §3, with the provider ${provider.name}`, () => {
    const aes = provider.cipherSuites.find(({ id }) => id === 0x1301)!;
    const { messages, records, secrets } = trace;
    const client = new RecordReader();
    client.useSecret(aes, fromHex(secrets.clientHandshakeTraffic));
    const [finished] = readAll(client, fromHex(records.clientFinished));
    assertEquals([finished.type, toHex(finished.content)], [handshake, messages.clientFinished]);
    client.useSecret(aes, fromHex(secrets.clientApplicationTraffic));
    const [data, close] = readAll(client, fromHex(records.clientData + records.clientClose));
    assertEquals([data.type, toHex(data.content)], [application_data, trace.applicationData]);
    assertEquals([close.type, toHex(close.content)], [alert, "0100"]);
  });
}

for (const each of reference.cipherSuites) {
  Deno.test(`RecordReader opens what RecordWriter seals, record after record, with suite ${each.id}`, () => {
    const { reader, writer } = halves(each);
    const texts = ["one", "", "three", "x".repeat(1000)];
    const bytes = put((out) =>
      texts.forEach((text) => writer.write(application_data, utf8(text), out))
    );
    const contents = readAll(reader, bytes).map(({ content }) => String.fromCharCode(...content));
    assertEquals(contents, texts);
  });
}

Deno.test("RecordWriter.write() leaves records unprotected while there is no key (RFC 8446 §5.1)", () => {
  const bytes = put((out) => new RecordWriter(16).write(handshake, utf8("hi"), out));
  assertEquals(bytes, plainRecord(handshake, utf8("hi")));
});

Deno.test("RecordWriter.write() hides the content type, and says application_data (RFC 8446 §5.2)", () => {
  const { writer } = halves();
  const record = put((out) => writer.write(alert, Uint8Array.of(2, 40), out));
  assertEquals(record.slice(0, 5), Uint8Array.of(application_data, 3, 3, 0, 2 + 1 + 16));
});

Deno.test("RecordReader refuses a record that is not the next (RFC 8446 §5.3)", () => {
  const records = () => {
    const { writer } = halves();
    const bytes = put((out) =>
      ["a", "b"].forEach((text) => writer.write(application_data, utf8(text), out))
    );
    return splitRecords(bytes);
  };
  const { reader } = halves();
  assertRefused(() => reader.read(records()[1], 0), "badRecordMac", "bad_record_mac");
  const other = halves().reader;
  other.read(records()[0], 0);
  assertRefused(() => other.read(records()[0], 0), "badRecordMac");
});

Deno.test("RecordReader and RecordWriter count from zero again with each key (RFC 8446 §5.3)", () => {
  const { reader, writer } = halves();
  const next = new Uint8Array(32).fill(2);
  const bytes = put((out) => {
    writer.write(application_data, utf8("a"), out);
    writer.useSecret(suite, next);
    writer.write(application_data, utf8("b"), out);
  });
  const length = reader.read(bytes, 0);
  reader.useSecret(suite, next);
  reader.read(bytes, length);
  assertEquals(reader.content, utf8("b"));
});

Deno.test("RecordWriter.write() cuts content by contentBytesMax", () => {
  const { reader, writer } = halves();
  writer.contentBytesMax = 100;
  const content = Uint8Array.from({ length: 250 }, (_, at) => at);
  const records = readAll(reader, put((out) => writer.write(application_data, content, out)));
  assertEquals(records.map((record) => record.content.length), [100, 100, 50]);
  assertEquals(records.flatMap((record) => [...record.content]), [...content]);
});

Deno.test("RecordWriter.write() fills a record to the last byte before it begins another", () => {
  const { writer } = halves();
  for (
    const [bytes, count] of [[0, 1], [1, 1], [CONTENT_BYTES_MAX, 1], [CONTENT_BYTES_MAX + 1, 2]]
  ) {
    const content = new Uint8Array(bytes);
    const sent = put((out) => writer.write(application_data, content, out));
    assertEquals(splitRecords(sent).length, count);
    assert(splitRecords(sent).every((record) => record.length <= RECORD_BYTES_MAX));
  }
});

Deno.test("RecordWriter pads content to a multiple, never beyond the limit (RFC 8446 §5.4)", () => {
  const lengths = [1, 64, 65, 128, 190, 200];
  const { reader, writer } = halves(suite, 64);
  writer.contentBytesMax = 200;
  const bytes = put((out) =>
    lengths.forEach((length) => writer.write(application_data, new Uint8Array(length).fill(7), out))
  );
  const padded = splitRecords(bytes).map((record) => record.length - 5 - 1 - 16);
  assertEquals(padded, [64, 64, 128, 128, 192, 200]);
  assertEquals(readAll(reader, bytes).map(({ content }) => content.length), lengths);
});

Deno.test("RecordWriter.isWornOut tells when the key has to change (RFC 8446 §5.5)", () => {
  const { writer } = halves({ ...suite, recordsMax: 2 });
  put((out) => writer.write(application_data, utf8("a"), out));
  assertEquals(writer.isWornOut, false);
  put((out) => writer.write(application_data, utf8("b"), out));
  assertEquals(writer.isWornOut, true);
  writer.useSecret(suite, SECRET);
  assertEquals(writer.isWornOut, false);
});

Deno.test("RecordWriter.useNothing() goes back to records without protection", () => {
  const { writer } = halves();
  writer.useNothing();
  assertEquals(
    put((out) => writer.write(handshake, utf8("a"), out)),
    plainRecord(handshake, utf8("a")),
  );
});

Deno.test("RecordReader.read() gives 0 while a record is not complete", () => {
  const { writer } = halves();
  const record = put((out) => writer.write(application_data, utf8("abc"), out));
  for (let end = 0; end < record.length; end++) {
    assertEquals(halves().reader.read(record.slice(0, end), 0), 0);
  }
});

Deno.test("RecordReader.read() strips any number of zeros behind the content type (RFC 8446 §5.4)", () => {
  const inner = new Uint8Array(300);
  inner.set([1, 2, 0, handshake]);
  assertEquals(read(sealed(inner)), { type: handshake, content: Uint8Array.of(1, 2, 0) });
  assertEquals(read(sealed(Uint8Array.of(application_data))).content.length, 0);
});

Deno.test("RecordReader.read() refuses a record of nothing but zeros (RFC 8446 §5.4)", () => {
  assertRefused(() => read(sealed(new Uint8Array(0))), "noContentType", "unexpected_message");
  assertRefused(() => read(sealed(new Uint8Array(9))), "noContentType", "unexpected_message");
});

Deno.test("RecordReader.read() refuses a protected record of a type that has no place (RFC 8446 §5)", () => {
  for (const type of [change_cipher_spec, 24, 255]) {
    assertRefused(
      () => read(sealed(Uint8Array.of(1, type))),
      "unexpectedRecord",
      "unexpected_message",
    );
  }
});

Deno.test("RecordReader.read() takes content up to 2^14 bytes, type and padding not counted (RFC 8446 §5.4)", () => {
  const inner = new Uint8Array(CONTENT_BYTES_MAX + 1).fill(application_data);
  assertEquals(read(sealed(inner)).content.length, CONTENT_BYTES_MAX);
  assertRefused(
    () => read(sealed(new Uint8Array(CONTENT_BYTES_MAX + 2).fill(application_data))),
    "plaintextTooLong",
    "record_overflow",
  );
});

Deno.test("RecordReader.read() holds the peer to the limit it was told (RFC 8449 §4)", () => {
  const { reader } = halves();
  reader.contentBytesMax = 64;
  reader.read(sealed(new Uint8Array(65).fill(application_data)), 0);
  const next = sealed(new Uint8Array(66).fill(application_data), 1);
  assertRefused(() => reader.read(next, 0), "plaintextTooLong", "record_overflow");
});

Deno.test("RecordReader.read() refuses a record by its length, before it is there (RFC 8446 §5.1, §5.2)", () => {
  const header = (type: number, length: number) => Uint8Array.of(type, 3, 3, length >> 8, length);
  const { reader } = halves();
  assertEquals(reader.read(header(application_data, CONTENT_BYTES_MAX + 256), 0), 0);
  assertRefused(
    () => reader.read(header(application_data, CONTENT_BYTES_MAX + 257), 0),
    "ciphertextTooLong",
    "record_overflow",
  );
  assertEquals(new RecordReader().read(header(handshake, CONTENT_BYTES_MAX), 0), 0);
  assertRefused(
    () => new RecordReader().read(header(handshake, CONTENT_BYTES_MAX + 1), 0),
    "plaintextTooLong",
    "record_overflow",
  );
});

Deno.test("RecordReader.read() refuses a ciphertext shorter than a tag", () => {
  const { reader } = halves();
  const record = plainRecord(application_data, new Uint8Array(15));
  assertRefused(() => reader.read(record, 0), "badRecordMac", "bad_record_mac");
});

Deno.test("RecordReader.read() refuses what is not protected once there is a key (RFC 8446 §5)", () => {
  for (const type of [handshake, alert]) {
    const { reader } = halves();
    assertRefused(() => reader.read(plainRecord(type, Uint8Array.of(1, 0)), 0), "wrongOuterType");
  }
  const { reader } = halves();
  reader.read(plainRecord(change_cipher_spec, Uint8Array.of(1)), 0);
  assertEquals([reader.type, reader.isProtected], [change_cipher_spec, false]);
});

Deno.test("RecordReader.read() takes a fatal alert that is not protected from a peer that has shown no keys", () => {
  const { reader } = halves();
  const record = plainRecord(alert, Uint8Array.of(2, 48));
  reader.read(record, 0);
  assertEquals([reader.type, reader.content, reader.isProtected], [
    alert,
    Uint8Array.of(2, 48),
    false,
  ]);
  reader.read(sealed(Uint8Array.of(7, handshake)), 0);
  assertRefused(() => reader.read(record, 0), "wrongOuterType", "unexpected_message");
});

Deno.test("RecordReader.read() refuses application data and unknown types while there is no key", () => {
  for (const type of [application_data, 24]) {
    const bytes = [plainRecord(handshake, utf8("a")), plainRecord(type, utf8("b"))];
    const reader = new RecordReader();
    reader.read(bytes[0], 0);
    assertRefused(() => reader.read(bytes[1], 0), "unexpectedRecord", "unexpected_message");
  }
});

Deno.test("RecordReader.read() ignores legacy_record_version as far as peers differ (RFC 8446 §5.1)", () => {
  for (const version of [0x0301, 0x0302, 0x0303, 0x0304]) {
    const record = plainRecord(handshake, utf8("a"), version);
    assertEquals(new RecordReader().read(record, 0), record.length);
  }
  const record = plainRecord(handshake, utf8("a"), 0x0203);
  assertRefused(() => new RecordReader().read(record, 0), "badRecordVersion", "protocol_version");
  const ccs = plainRecord(change_cipher_spec, Uint8Array.of(1), 0x0301);
  assertEquals(halves().reader.read(ccs, 0), ccs.length);
  const later = plainRecord(application_data, new Uint8Array(20), 0x0301);
  assertRefused(() => halves().reader.read(later, 0), "badRecordVersion", "protocol_version");
});

Deno.test("RecordReader.read() tells plain HTTP from noise", () => {
  const first = (text: string) => () => new RecordReader().read(utf8(text), 0);
  for (const text of ["GET / HTTP/1.1", "POST /a", "HEAD /", "PUT /x"]) {
    assertRefused(first(text), "httpRequest", "protocol_version");
  }
  assertRefused(first("CONNECT a:443"), "httpsProxyRequest", "protocol_version");
  assertRefused(first("SSH-2.0-x"), "badRecordVersion", "protocol_version");
  assertEquals(first("GE")(), 0);
});

Deno.test("RecordReader passes over early data that does not open, until a record opens (RFC 8446 §4.2.10)", () => {
  const { reader } = halves();
  reader.skipEarlyData(100);
  const refused = plainRecord(application_data, new Uint8Array(40));
  reader.read(refused, 0);
  assertEquals([reader.type, reader.content.length], [0, 0]);
  reader.read(sealed(Uint8Array.of(7, handshake)), 0);
  assertEquals(reader.type, handshake);
  assertRefused(() => reader.read(refused.slice(), 0), "badRecordMac");
});

Deno.test("RecordReader passes over a bounded amount of early data (RFC 8446 §4.2.10)", () => {
  const { reader } = halves();
  reader.skipEarlyData(100);
  const refused = () => plainRecord(application_data, new Uint8Array(50));
  reader.read(refused(), 0);
  reader.read(refused(), 0);
  assertEquals(reader.type, 0);
  assertRefused(() => reader.read(refused(), 0), "tooMuchSkippedEarlyData", "unexpected_message");
});

Deno.test("RecordReader passes over early data where there is no key yet, until it is told to stop", () => {
  const reader = new RecordReader();
  reader.skipEarlyData(1_000);
  const record = plainRecord(application_data, new Uint8Array(40));
  reader.read(plainRecord(handshake, utf8("a")), 0);
  reader.read(record, 0);
  assertEquals(reader.type, 0);
  reader.stopSkipping();
  assertRefused(() => reader.read(record, 0), "unexpectedRecord");
});

Deno.test("RecordReader.read() survives damage", () => {
  const record = sealed(new Uint8Array([...utf8("content"), handshake, 0, 0]));
  assertSurvivesDamage(record, (bytes) => halves().reader.read(bytes, 0), TlsError);
  const plain = plainRecord(handshake, utf8("hello"));
  assertSurvivesDamage(plain, (bytes) => new RecordReader().read(bytes, 0), TlsError);
});
