import { assertEquals, assertThrows } from "@std/assert";
import { expand, expandLabel, extract } from "../../tls/hkdf.ts";
import { reference } from "../../tls/provider/reference.ts";
import { fromHex, toHex } from "../support/bytes.ts";

const { sha256 } = reference.hashes;

/** RFC 5869 §A.1. */
const BASIC = {
  keyMaterial: fromHex("0b".repeat(22)),
  salt: fromHex("000102030405060708090a0b0c"),
  info: fromHex("f0f1f2f3f4f5f6f7f8f9"),
  key: "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
  output: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
};

/** What the runtime makes of it. */
async function webCryptoHkdf(
  hash: string,
  salt: Uint8Array,
  material: Uint8Array,
  info: Uint8Array,
  bytes: number,
) {
  const key = await crypto.subtle.importKey("raw", material.slice(), "HKDF", false, ["deriveBits"]);
  const params = { name: "HKDF", hash, salt: salt.slice(), info: info.slice() };
  return new Uint8Array(await crypto.subtle.deriveBits(params, key, 8 * bytes));
}

Deno.test("extract() and expand() give what RFC 5869 §A.1 prints", () => {
  const key = extract(sha256, BASIC.salt, BASIC.keyMaterial);
  assertEquals(toHex(key), BASIC.key);
  assertEquals(toHex(expand(sha256, key, BASIC.info, 42)), BASIC.output);
});

for (const bytes of [1, 31, 32, 33, 64, 65, 255 * 32]) {
  Deno.test(`expand() gives ${bytes} bytes as WebCrypto does`, async () => {
    const key = extract(sha256, BASIC.salt, BASIC.keyMaterial);
    assertEquals(
      expand(sha256, key, BASIC.info, bytes),
      await webCryptoHkdf("SHA-256", BASIC.salt, BASIC.keyMaterial, BASIC.info, bytes),
    );
  });
}

Deno.test("expand() refuses more than 255 times the hash's length", () => {
  assertThrows(
    () => expand(sha256, new Uint8Array(32), new Uint8Array(), 255 * 32 + 1),
    RangeError,
  );
});

Deno.test('expandLabel() puts length, "tls13 " with the label, and context into the info (RFC 8446 §7.1)', () => {
  const secret = new Uint8Array(32).fill(7);
  const context = Uint8Array.of(0xaa, 0xbb);
  const info = fromHex(`002a 0c ${toHex(new TextEncoder().encode("tls13 tester"))} 02 aabb`);
  assertEquals(
    expandLabel(sha256, secret, "tester", context, 42),
    expand(sha256, secret, info, 42),
  );
});
