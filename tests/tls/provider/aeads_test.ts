import { assert, assertEquals, assertThrows } from "@std/assert";
import { createCipheriv } from "node:crypto";
import {
  aes128Gcm,
  aes256Gcm,
  chacha20Poly1305,
  plainBuffers,
} from "../../../tls/provider/aeads.ts";
import { fromHex, systemRandom, toHex, utf8 } from "../../support/bytes.ts";

const AEADS = [
  ["chacha20-poly1305", chacha20Poly1305],
  ["aes-128-gcm", aes128Gcm],
  ["aes-256-gcm", aes256Gcm],
] as const;

Deno.test("chacha20Poly1305 gives the ciphertext of RFC 8439 §2.8.2", () => {
  const key = Uint8Array.from({ length: 32 }, (_, i) => 0x80 + i);
  const plaintext = utf8(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  );
  const bytes = new Uint8Array([...plaintext, ...new Uint8Array(16)]);
  chacha20Poly1305.load(key)
    .seal(fromHex("070000004041424344454647"), fromHex("50515253c0c1c2c3c4c5c6c7"), bytes);
  assertEquals(toHex(bytes.subarray(0, 16)), "d31a8d34648e60db7b86afbc53ef7ec2");
  assertEquals(toHex(bytes.subarray(-16)), "1ae10b594f09e26a7e902ecbd0600691");
});

for (const [name, aead] of AEADS) {
  const key = new Uint8Array(aead.keyBytes);
  const nonce = new Uint8Array(12);
  const aad = new Uint8Array(5);
  for (const each of [key, nonce, aad]) systemRandom(each);

  Deno.test(`${name} seals what node:crypto seals, and opens it`, () => {
    const loaded = aead.load(key);
    for (const length of [0, 1, 15, 16, 17, 63, 64, 65, 1000]) {
      const plaintext = new Uint8Array(length);
      systemRandom(plaintext);
      const bytes = new Uint8Array(length + 16);
      bytes.set(plaintext);
      loaded.seal(nonce, aad, bytes);
      const cipher = createCipheriv(name as "aes-128-gcm", key, nonce, { authTagLength: 16 });
      cipher.setAAD(aad, { plaintextLength: length });
      const expected = [...cipher.update(plaintext), ...cipher.final(), ...cipher.getAuthTag()];
      assertEquals([...bytes], expected);
      assert(loaded.open(nonce, aad, bytes));
      assertEquals(bytes.subarray(0, length), plaintext);
    }
  });

  Deno.test(`${name} opens nothing that was changed, or is too short for a tag`, () => {
    const loaded = aead.load(key);
    const sealed = new Uint8Array(40);
    loaded.seal(nonce, aad, sealed);
    for (let at = 0; at < sealed.length; at++) {
      const changed = sealed.slice();
      changed[at] ^= 0x10;
      assert(!loaded.open(nonce, aad, changed));
    }
    assert(!loaded.open(nonce, aad.subarray(1), sealed.slice()));
    for (let length = 0; length < 16; length++) {
      assert(!loaded.open(nonce, aad, sealed.slice(0, length)));
    }
  });

  Deno.test(`${name} refuses keys and nonces of a wrong length`, () => {
    assertThrows(() => aead.load(key.subarray(1)), RangeError, `not ${aead.keyBytes}`);
    const loaded = aead.load(key);
    assertThrows(() => loaded.seal(nonce.subarray(1), aad, new Uint8Array(16)), RangeError);
    assertThrows(() => loaded.open(nonce.subarray(1), aad, new Uint8Array(16)), RangeError);
    assertThrows(() => loaded.seal(nonce, aad, new Uint8Array(15)), RangeError, "15 bytes");
  });

  Deno.test(`${name} keeps its own copy of the key until it is destroyed`, () => {
    const given = key.slice();
    const loaded = aead.load(given);
    given.fill(0);
    const sealed = new Uint8Array(20);
    loaded.seal(nonce, aad, sealed);
    assert(aead.load(key).open(nonce, aad, sealed.slice()));
    loaded.destroy();
    assert(!loaded.open(nonce, aad, sealed));
  });
}

Deno.test("plainBuffers.take() gives memory of the size asked for", () => {
  const buffer = plainBuffers.take(100);
  assertEquals(buffer.length, 100);
  plainBuffers.give(buffer);
});
