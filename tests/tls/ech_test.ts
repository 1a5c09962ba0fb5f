import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { TlsError } from "../../tls/alert.ts";
import { encodeClientHello } from "../../tls/client_hello.ts";
import {
  acceptConfirmation,
  confirmationInServerHello,
  echInfo,
  encodeOuterEch,
  INNER_ECH,
  joinHello,
  outerAad,
  payloadIn,
  readEch,
  splitHello,
} from "../../tls/ech.ts";
import { expandLabel, extract } from "../../tls/hkdf.ts";
import { reference } from "../../tls/provider/reference.ts";
import { Transcript } from "../../tls/transcript.ts";
import { assertSurvivesDamage } from "../support/byte_laws.ts";
import { fromHex, toHex, utf8 } from "../support/bytes.ts";
import { assertRefused } from "../support/refusals.ts";
import { fullHello, plainHello } from "../support/tls_samples.ts";

const OUTER = {
  suite: { kdfId: 1, aeadId: 3 },
  configId: 9,
  enc: Uint8Array.of(1, 2),
  payload: Uint8Array.of(3, 4, 5),
};

function helloWith(encryptedClientHello: Uint8Array): Uint8Array {
  return encodeClientHello(plainHello({ encryptedClientHello, serverName: "public.example" }));
}

Deno.test('readEch() reads what encodeOuterEch() writes, and "inner" (RFC 9849 §5)', () => {
  assertEquals(readEch(encodeOuterEch(OUTER)), OUTER);
  assertEquals(readEch(INNER_ECH), "inner");
});

Deno.test("readEch() refuses another type, an empty payload, and bytes too many", () => {
  for (
    const content of [
      "",
      "02",
      "0100",
      "00 0001 0003 09 0000 0000",
      `${toHex(encodeOuterEch(OUTER))}00`,
    ]
  ) {
    assertRefused(() => readEch(fromHex(content)), "badExtension", "decode_error");
  }
  assertSurvivesDamage(encodeOuterEch(OUTER), readEch, TlsError);
});

Deno.test("outerAad() is the outer hello without its header, its payload zeros (RFC 9849 §5.2)", () => {
  const hello = helloWith(encodeOuterEch(OUTER));
  const zeros = helloWith(encodeOuterEch({ ...OUTER, payload: new Uint8Array(3) }));
  assertEquals(outerAad(hello), zeros.slice(4));
  assertEquals(payloadIn(hello.subarray(4)), OUTER.payload);
  assertThrows(() => payloadIn(helloWith(INNER_ECH).subarray(4)), Error, "no payload");
});

Deno.test("joinHello() puts together what splitHello() took apart", () => {
  const body = encodeClientHello(fullHello()).subarray(4);
  const { rest, ...parts } = splitHello(body);
  assertEquals(joinHello(parts), body);
  assertEquals(rest.length, 0);
  assertEquals(splitHello(new Uint8Array([...body, 0, 0])).rest, Uint8Array.of(0, 0));
  assertSurvivesDamage(body.slice(0, 200), splitHello, TlsError);
});

Deno.test("echInfo() is the label and the configuration (RFC 9849 §6.1)", () => {
  assertEquals(echInfo(Uint8Array.of(0xaa)), new Uint8Array([...utf8("tls ech\0"), 0xaa]));
});

Deno.test("acceptConfirmation() follows from inner random and transcript (RFC 9849 §7.2)", () => {
  const { sha256 } = reference.hashes;
  const random = new Uint8Array(32).fill(1);
  const transcript = new Transcript();
  transcript.start(sha256);
  transcript.add(utf8("hello"));
  const secret = extract(sha256, new Uint8Array(32), random);
  const digest = sha256.digest(utf8("helloserver"));
  const made = acceptConfirmation(sha256, random, transcript, utf8("server"), false);
  assertEquals(made, expandLabel(sha256, secret, "ech accept confirmation", digest, 8));
  assertNotEquals(acceptConfirmation(sha256, random, transcript, utf8("server"), true), made);
  assertEquals(transcript.digest(), sha256.digest(utf8("hello")));
});

Deno.test("confirmationInServerHello() is the end of the random (RFC 9849 §7.2)", () => {
  const message = new Uint8Array(60);
  confirmationInServerHello(message).fill(1);
  assertEquals(message.indexOf(1), 4 + 2 + 24);
  assertEquals(message.lastIndexOf(1), 4 + 2 + 31);
});
