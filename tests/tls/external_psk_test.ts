import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import type { ExternalPsk } from "../../tls/config.ts";
import { importedIdentity, importPsk, servesHash } from "../../tls/external_psk.ts";
import { expandLabel, extract } from "../../tls/hkdf.ts";
import { reference } from "../../tls/provider/reference.ts";
import { toHex } from "../support/bytes.ts";

const { sha256, sha384, sha512 } = reference.hashes;
const PSK: ExternalPsk = {
  externalIdentity: Uint8Array.of(0xaa, 0xbb),
  key: new Uint8Array(32).fill(7),
  hash: "sha256",
};

Deno.test("importedIdentity() is external identity, context, TLS 1.3 and the KDF (RFC 9258 §5.1)", () => {
  assertEquals(toHex(importedIdentity(PSK, sha256)), "0002aabb" + "0000" + "0304" + "0001");
  const inContext = { ...PSK, context: Uint8Array.of(0xcc) };
  assertEquals(toHex(importedIdentity(inContext, sha384)), "0002aabb" + "0001cc" + "0304" + "0002");
});

Deno.test("importPsk() derives a key of the target's length from the identity (RFC 9258 §5.1)", () => {
  const { psk, identity, hash } = importPsk(reference, PSK, sha384);
  const secret = extract(sha256, new Uint8Array(32), PSK.key);
  assertEquals(psk, expandLabel(sha256, secret, "derived psk", sha256.digest(identity), 48));
  assertEquals(hash, sha384);
});

Deno.test("importPsk() leaves a plain PSK as it is, for suites of its own hash alone (RFC 8446 §4.2.11)", () => {
  const plain = { ...PSK, isPlain: true };
  const { kind, identity, psk } = importPsk(reference, plain, sha256);
  assertEquals([kind, identity, psk], ["external", PSK.externalIdentity, PSK.key]);
  assertEquals([sha256, sha384].map((hash) => servesHash(plain, hash)), [true, false]);
  assertEquals([sha256, sha384].map((hash) => servesHash(PSK, hash)), [true, true]);
});

Deno.test("importPsk() gives another key for each hash and context", () => {
  const plain = importPsk(reference, PSK, sha256).psk;
  assertNotEquals(importPsk(reference, PSK, sha384).psk.slice(0, 32), plain);
  assertNotEquals(importPsk(reference, { ...PSK, context: Uint8Array.of(1) }, sha256).psk, plain);
});

Deno.test("importedIdentity() knows the hashes that suites have, no other (RFC 9258 §9)", () => {
  assertThrows(() => importedIdentity(PSK, sha512), RangeError);
});
