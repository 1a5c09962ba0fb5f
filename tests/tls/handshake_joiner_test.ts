import { assertEquals, assertNotEquals } from "@std/assert";
import { HandshakeJoiner } from "../../tls/handshake_joiner.ts";
import { HandshakeType } from "../../tls/registry.ts";
import { fromHex } from "../support/bytes.ts";
import { assertRefused } from "../support/refusals.ts";

/** Type and body of all messages that are whole. */
function messages(joiner: HandshakeJoiner): [number, string][] {
  const found: [number, string][] = [];
  for (let each = joiner.next(); each !== undefined; each = joiner.next()) {
    assertEquals(each.bytes.subarray(4), each.body);
    found.push([each.type, String.fromCharCode(...each.body)]);
  }
  return found;
}

const TWO = fromHex("14 000002 6162 18 000001 63");

Deno.test("HandshakeJoiner gives every message of one record", () => {
  const joiner = new HandshakeJoiner(100);
  joiner.push(TWO);
  assertEquals(messages(joiner), [[20, "ab"], [24, "c"]]);
  assertEquals(joiner.hasPending, false);
});

Deno.test("HandshakeJoiner joins messages that are split at any byte", () => {
  for (let at = 1; at < TWO.length; at++) {
    const joiner = new HandshakeJoiner(100);
    const found: [number, string][] = [];
    for (const part of [TWO.slice(0, at), TWO.slice(at)]) {
      joiner.push(part);
      found.push(...messages(joiner));
      joiner.keep();
      part.fill(0xee);
    }
    assertEquals(found, [[20, "ab"], [24, "c"]], `split at ${at}`);
    assertEquals(joiner.hasPending, false);
  }
});

Deno.test("HandshakeJoiner joins messages that come a byte a record", () => {
  const joiner = new HandshakeJoiner(100);
  const found: [number, string][] = [];
  for (const byte of TWO) {
    joiner.push(Uint8Array.of(byte));
    found.push(...messages(joiner));
    joiner.keep();
  }
  assertEquals(found, [[20, "ab"], [24, "c"]]);
});

Deno.test("HandshakeJoiner.next() gives views of a record whose messages are whole", () => {
  const joiner = new HandshakeJoiner(100);
  const record = TWO.slice();
  joiner.push(record);
  const body = joiner.next()!.body;
  record[4] = 0x7a;
  assertEquals(body[0], 0x7a);
});

Deno.test("HandshakeJoiner.hasPending tells of a beginning, and of a message not taken yet", () => {
  const joiner = new HandshakeJoiner(100);
  joiner.push(TWO);
  joiner.next();
  assertEquals(joiner.hasPending, true);
  joiner.next();
  joiner.push(TWO.slice(0, 3));
  assertEquals([joiner.next(), joiner.hasPending], [undefined, true]);
});

Deno.test("HandshakeJoiner refuses a message by its length, before it is there", () => {
  const header = (type: number, length: number) =>
    Uint8Array.of(type, length >> 16, length >> 8, length);
  const certificates = [
    [HandshakeType.certificate, "illegal_parameter"],
    // RFC 8879 §4
    [HandshakeType.compressed_certificate, "bad_certificate"],
  ] as const;
  for (const [type, alert] of certificates) {
    const joiner = new HandshakeJoiner(100);
    joiner.push(header(type, 101));
    assertRefused(() => joiner.next(), "handshakeMessageTooLong", alert);
  }
  const joiner = new HandshakeJoiner(100);
  joiner.push(header(HandshakeType.client_hello, 69_631));
  assertEquals(joiner.next(), undefined);
  const other = new HandshakeJoiner(100);
  other.push(header(HandshakeType.client_hello, 69_632));
  assertRefused(() => other.next(), "handshakeMessageTooLong");
});

Deno.test("HandshakeJoiner.keep() copies what waits out of the record", () => {
  const joiner = new HandshakeJoiner(100);
  const record = fromHex("14 000002 61");
  joiner.push(record);
  joiner.next();
  joiner.keep();
  record.fill(0);
  joiner.push(fromHex("62"));
  const message = joiner.next();
  assertNotEquals(message, undefined);
  assertEquals(message!.body, fromHex("6162"));
});
