import { gcm } from "@noble/ciphers/aes.js";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  aes128Gcm,
  aes256Gcm,
  chacha20Poly1305,
  type KernelAead,
  kernelBuffers,
} from "../../../tls/provider/aead_kernel.ts";
import { STATE_AT, STATE_BYTES } from "../../../tls/provider/kernels/aead_memory.ts";
import { Random } from "../../support/random.ts";

const TAG_BYTES = 16;

const AEADS = {
  "ChaCha20-Poly1305": { aead: chacha20Poly1305, slow: chacha20poly1305 },
  "AES-128-GCM": { aead: aes128Gcm, slow: gcm },
  "AES-256-GCM": { aead: aes256Gcm, slow: gcm },
} as const;

/** Every length that a pass, a group of blocks or a record can end at. */
const LENGTHS = [
  ...Array.from({ length: 601 }, (_, length) => length),
  ...[1024, 4096, 16_384].flatMap((middle) =>
    Array.from({ length: 35 }, (_, at) => middle - 17 + at)
  ),
];

const random = new Random(20);

function some(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  random.fill(bytes);
  return bytes;
}

function hex(text: string): Uint8Array {
  return Uint8Array.fromHex(text.replaceAll(" ", ""));
}

/** `plaintext` and room for its tag, in the kernel's memory. */
function inPool(plaintext: Uint8Array): { buffer: Uint8Array; bytes: Uint8Array } {
  const buffer = kernelBuffers.take(plaintext.length + TAG_BYTES + 3);
  // Not aligned, as a record behind its header.
  const bytes = buffer.subarray(3, 3 + plaintext.length + TAG_BYTES);
  bytes.set(plaintext);
  return { buffer, bytes };
}

function inPlain(plaintext: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(plaintext.length + TAG_BYTES);
  bytes.set(plaintext);
  return bytes;
}

for (const [name, { aead, slow }] of Object.entries(AEADS)) {
  Deno.test(`${name} seals and opens as noble does at every length, wherever the bytes are`, () => {
    for (const [at, length] of LENGTHS.entries()) {
      const [key, nonce, aad, plaintext] = [aead.keyBytes, 12, at % 41, length].map(some);
      const sealed = slow(key, nonce, aad).encrypt(plaintext);
      const ours = aead.load(key);

      const plain = inPlain(plaintext);
      ours.seal(nonce, aad, plain);
      assertEquals(plain, sealed, `${length} bytes`);
      assert(ours.open(nonce, aad, plain), `${length} bytes`);
      assertEquals(plain.subarray(0, length), plaintext);

      const { buffer, bytes } = inPool(plaintext);
      ours.seal(nonce, aad, bytes);
      assertEquals(bytes, sealed, `${length} bytes of the pool`);
      assert(ours.open(nonce, aad, bytes), `${length} bytes of the pool`);
      assertEquals(bytes.subarray(0, length), plaintext);
      kernelBuffers.give(buffer);
    }
  });

  Deno.test(`${name} takes associated data of any length`, () => {
    for (const length of [...Array(300).keys(), 4096, 131_072]) {
      const [key, nonce, aad, plaintext] = [aead.keyBytes, 12, length, 33].map(some);
      const bytes = inPlain(plaintext);
      aead.load(key).seal(nonce, aad, bytes);
      assertEquals(bytes, slow(key, nonce, aad).encrypt(plaintext), `${length} bytes`);
    }
  });

  Deno.test(`${name}.open() refuses a flip of any bit, and leaves nothing to read`, () => {
    const key = aead.load(some(aead.keyBytes));
    for (const length of [0, 1, 100, 192, 500, 16_384]) {
      const [nonce, aad, plaintext] = [12, 5, length].map(some);
      const sealed = inPlain(plaintext);
      key.seal(nonce, aad, sealed);
      const places = [0, length >> 1, ...Array.from({ length: 17 }, (_, at) => length - 1 + at)];
      for (const place of places.filter((each) => each >= 0)) {
        const { buffer, bytes } = inPool(sealed);
        const pooled = bytes.subarray(0, sealed.length);
        const plain = sealed.slice();
        for (const damaged of [pooled, plain]) {
          damaged[place] ^= 1 << random.below(8);
          assert(!key.open(nonce, aad, damaged), `byte ${place} of ${length}`);
          assertEquals(damaged.subarray(0, length), new Uint8Array(length));
        }
        kernelBuffers.give(buffer);
      }
      assert(key.open(nonce, aad, sealed));
    }
  });

  Deno.test(`${name}.open() refuses other associated data, another nonce, another key`, () => {
    const [material, nonce, aad, plaintext] = [aead.keyBytes, 12, 5, 64].map(some);
    const key = aead.load(material);
    const sealed = inPlain(plaintext);
    key.seal(nonce, aad, sealed);
    assert(!key.open(nonce, some(5), sealed.slice()));
    assert(!key.open(nonce, aad.subarray(0, 4), sealed.slice()));
    assert(!key.open(some(12), aad, sealed.slice()));
    assert(!aead.load(some(aead.keyBytes)).open(nonce, aad, sealed.slice()));
    assert(key.open(nonce, aad, sealed));
  });

  Deno.test(`${name} keeps keys apart when they take turns`, () => {
    const [nonce, aad] = [12, 5].map(some);
    const materials = Array.from({ length: 5 }, () => some(aead.keyBytes));
    const keys = materials.map((each) => aead.load(each));
    for (let turn = 0; turn < 50; turn++) {
      const which = random.below(keys.length);
      const plaintext = some(random.below(300));
      const bytes = inPlain(plaintext);
      keys[which].seal(nonce, aad, bytes);
      assertEquals(bytes, slow(materials[which], nonce, aad).encrypt(plaintext));
    }
  });

  Deno.test(`${name}.sealFrom() encrypts from one place to another`, () => {
    for (const length of [0, 1, 192, 500, 16_384]) {
      const [material, nonce, aad, plaintext] = [aead.keyBytes, 12, 5, length].map(some);
      const sealed = slow(material, nonce, aad).encrypt(plaintext);
      const key = aead.load(material);
      const { buffer: source, bytes: from } = inPool(plaintext);
      const { buffer: target, bytes: to } = inPool(new Uint8Array(length));
      key.sealFrom(nonce, aad, from.subarray(0, length), to);
      assertEquals(to, sealed);
      assertEquals(from.subarray(0, length), plaintext);

      const plain = new Uint8Array(length + TAG_BYTES);
      key.sealFrom(nonce, aad, plaintext, plain);
      assertEquals(plain, sealed);

      const shifted = target.subarray(0, length + TAG_BYTES);
      to.set(plaintext);
      key.sealFrom(nonce, aad, to.subarray(0, length), shifted);
      assertEquals(shifted, sealed);
      kernelBuffers.give(source);
      kernelBuffers.give(target);
    }
  });

  Deno.test(`${name} throws for what has a wrong length`, () => {
    const key = aead.load(some(aead.keyBytes));
    const [nonce, aad] = [12, 5].map(some);
    assertThrows(() => aead.load(some(24)), RangeError, "Key has 24 bytes");
    assertThrows(() => key.seal(some(8), aad, some(64)), RangeError, "Nonce has 8 bytes");
    assertThrows(() => key.seal(nonce, aad, some(15)), RangeError, "Message of 15 bytes");
    assertThrows(() => key.sealFrom(nonce, aad, some(15), some(16)), RangeError, "Plaintext");
    assertThrows(() => key.seal(nonce, new Uint8Array(131_073), some(64)), RangeError, "131073");
    assertThrows(() => key.seal(nonce, aad, new Uint8Array(2 ** 27)), RangeError, "134217728");
    assert(!key.open(nonce, aad, some(15)));
  });

  Deno.test(`${name} throws for memory of the module that is not the pool's`, () => {
    const key = aead.load(some(aead.keyBytes));
    const buffer = kernelBuffers.take(16);
    const beside = new Uint8Array(buffer.buffer, 0x10000, 64);
    assertThrows(() => key.seal(some(12), some(5), beside), RangeError, "outside the pool");
    kernelBuffers.give(buffer);
  });

  Deno.test(`${name} leaves nothing of a key that was destroyed`, () => {
    const key = aead.load(some(aead.keyBytes));
    const other = chacha20Poly1305.load(some(32));
    const buffer = kernelBuffers.take(16);
    const state = new Uint8Array(buffer.buffer, STATE_AT, STATE_BYTES);
    key.seal(some(12), some(5), inPlain(some(50)));
    other.seal(some(12), some(5), inPlain(some(50)));
    key.destroy();
    assertEquals(state, new Uint8Array(STATE_BYTES));
    assertThrows(() => key.seal(some(12), some(5), some(64)), Error, "Key was destroyed");

    const [nonce, aad, bytes] = [some(12), some(5), inPlain(some(50))];
    other.seal(nonce, aad, bytes);
    assert(other.open(nonce, aad, bytes));
    kernelBuffers.give(buffer);
  });
}

/** One published example. */
interface Example {
  readonly source: string;
  readonly aead: KernelAead;
  readonly key: string;
  readonly nonce: string;
  readonly aad: string;
  readonly plaintext: Uint8Array;
  readonly sealed: string;
}

const GCM_PLAINTEXT = hex(
  "d9313225f88406e5a55909c5aff5269a 86a7a9531534f7da2e4c303d8a318a72" +
    "1c3c0c95956809532fcf0e2449a6b525 b16aedf5aa0de657ba637b39",
);
const GCM_INPUTS = {
  nonce: "cafebabefacedbaddecaf888",
  aad: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
  plaintext: GCM_PLAINTEXT,
};
const ZERO_INPUTS = { nonce: "00".repeat(12), aad: "" };

const EXAMPLES: readonly Example[] = [
  {
    source: "RFC 8439 §2.8.2",
    aead: chacha20Poly1305,
    key: "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f",
    nonce: "070000004041424344454647",
    aad: "50515253c0c1c2c3c4c5c6c7",
    plaintext: new TextEncoder().encode(
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the " +
        "future, sunscreen would be it.",
    ),
    sealed: "d31a8d34648e60db7b86afbc53ef7ec2 a4aded51296e08fea9e2b5a736ee62d6" +
      "3dbea45e8ca9671282fafb69da92728b 1a71de0a9e060b2905d6a5b67ecd3b36" +
      "92ddbd7f2d778b8c9803aee328091b58 fab324e4fad675945585808b4831d7bc" +
      "3ff4def08e4b7a9de576d26586cec64b 6116 1ae10b594f09e26a7e902ecbd0600691",
  },
  {
    source: "McGrew and Viega's GCM test case 1",
    ...{ aead: aes128Gcm, key: "00".repeat(16), ...ZERO_INPUTS, plaintext: new Uint8Array(0) },
    sealed: "58e2fccefa7e3061367f1d57a4e7455a",
  },
  {
    source: "McGrew and Viega's GCM test case 2",
    ...{ aead: aes128Gcm, key: "00".repeat(16), ...ZERO_INPUTS, plaintext: new Uint8Array(16) },
    sealed: "0388dace60b6a392f328c2b971b2fe78 ab6e47d42cec13bdf53a67b21257bddf",
  },
  {
    source: "McGrew and Viega's GCM test case 4",
    ...{ aead: aes128Gcm, key: "feffe9928665731c6d6a8f9467308308", ...GCM_INPUTS },
    sealed: "42831ec2217774244b7221b784d0d49c e3aa212f2c02a4e035c17e2329aca12e" +
      "21d514b25466931c7d8f6a5aac84aa05 1ba30b396a0aac973d58e091" +
      "5bc94fbc3221a5db94fae95ae7121a47",
  },
  {
    source: "McGrew and Viega's GCM test case 13",
    ...{ aead: aes256Gcm, key: "00".repeat(32), ...ZERO_INPUTS, plaintext: new Uint8Array(0) },
    sealed: "530f8afbc74536b9a963b4f1c4cb738b",
  },
  {
    source: "McGrew and Viega's GCM test case 14",
    ...{ aead: aes256Gcm, key: "00".repeat(32), ...ZERO_INPUTS, plaintext: new Uint8Array(16) },
    sealed: "cea7403d4d606b6e074ec5d3baf39d18 d0d1c8a799996bf0265b98b5d48ab919",
  },
  {
    source: "McGrew and Viega's GCM test case 16",
    ...{ aead: aes256Gcm, key: "feffe9928665731c6d6a8f9467308308".repeat(2), ...GCM_INPUTS },
    sealed: "522dc1f099567d07f47f37a32a84427d 643a8cdcbfe5c0c97598a2bd2555d1aa" +
      "8cb08e48590dbb3da7b08b1056828838 c5f61e6393ba7a0abcc9f662" +
      "76fc6ece0f4e1768cddf8853bb2d551b",
  },
];

for (const { source, aead, key, nonce, aad, plaintext, sealed } of EXAMPLES) {
  Deno.test(`seal() and open() agree with ${source}`, () => {
    const ours = aead.load(hex(key));
    const bytes = inPlain(plaintext);
    ours.seal(hex(nonce), hex(aad), bytes);
    assertEquals(bytes.toHex(), sealed.replaceAll(" ", ""));
    assert(ours.open(hex(nonce), hex(aad), bytes));
    assertEquals(bytes.subarray(0, -TAG_BYTES), plaintext);
  });
}
