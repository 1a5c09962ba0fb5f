import { assert, assertEquals } from "@std/assert";
import { hmac as slowHmac } from "@noble/hashes/hmac.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { kernelHashes } from "../../../tls/provider/hash_kernel.ts";
import * as kernel from "../../../tls/provider/kernels/hash.wasm";
import type { HashName } from "../../../tls/provider/provider.ts";
import { assertForgotten } from "../../support/kernel_memory.ts";

const SLOW = { sha256, sha384, sha512 };
const NAMES = ["sha256", "sha384", "sha512"] as const satisfies readonly HashName[];

/** Bytes without a pattern that a fault could hide in. */
function bytes(length: number, seed = 1): Uint8Array {
  const filled = new Uint8Array(length);
  let word = seed * 2654435761 >>> 0 || 1;
  for (let at = 0; at < length; at++) {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
    filled[at] = word;
  }
  return filled;
}

const ascii = (text: string) => new TextEncoder().encode(text);

Deno.test("digest() gives the digests that FIPS 180-4's examples name", () => {
  const twoBlocks = ascii(
    "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
  );
  const examples: [HashName, Uint8Array, string][] = [
    ["sha256", ascii("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "sha256",
      ascii("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
    [
      "sha384",
      ascii("abc"),
      "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed" +
      "8086072ba1e7cc2358baeca134c825a7",
    ],
    [
      "sha384",
      twoBlocks,
      "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712" +
      "fcc7c71a557e2db966c3e9fa91746039",
    ],
    [
      "sha512",
      ascii("abc"),
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
      "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    ],
    [
      "sha512",
      twoBlocks,
      "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018" +
      "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909",
    ],
  ];
  for (const [name, message, expected] of examples) {
    assertEquals(kernelHashes[name].digest(message).toHex(), expected, name);
  }
});

Deno.test("hmac() gives the codes of RFC 4231", () => {
  const cases: [key: Uint8Array, message: Uint8Array, sha256: string, sha512: string][] = [
    [
      ascii("Jefe"),
      ascii("what do ya want for nothing?"),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554" +
      "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
    ],
    [
      new Uint8Array(131).fill(0xaa),
      ascii("Test Using Larger Than Block-Size Key - Hash Key First"),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
      "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352" +
      "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
    ],
  ];
  for (const [key, message, of256, of512] of cases) {
    assertEquals(kernelHashes.sha256.hmac(key, message).toHex(), of256);
    assertEquals(kernelHashes.sha512.hmac(key, message).toHex(), of512);
  }
});

for (const name of NAMES) {
  const hash = kernelHashes[name];
  const slow = SLOW[name];

  Deno.test(`${name} says what it is`, () => {
    assertEquals(
      [hash.name, hash.outputBytes, hash.blockBytes],
      [name, slow.outputLen, slow.blockLen],
    );
  });

  Deno.test(`${name}.digest() is the slow twin's for every length up to 300`, () => {
    for (let length = 0; length <= 300; length++) {
      assertEquals(hash.digest(bytes(length)), slow(bytes(length)), `${length} bytes`);
    }
  });

  Deno.test(`${name}.hmac() is the slow twin's for every length of message and key up to 300`, () => {
    for (let length = 0; length <= 300; length++) {
      const [long, short] = [bytes(length), bytes(300 - length, 2)];
      assertEquals(hash.hmac(short, long), slowHmac(slow, short, long), `${length} bytes`);
    }
  });

  Deno.test(`${name}.digest() joins parts wherever they are split`, () => {
    const message = bytes(260);
    const whole = slow(message);
    for (let at = 0; at <= 260; at++) {
      const parts = [message.subarray(0, at), message.subarray(at)];
      assertEquals(hash.digest(...parts), whole, `split at ${at}`);
    }
    assertEquals(hash.digest(), slow(bytes(0)));
    assertEquals(hash.hmac(bytes(7)), slowHmac(slow, bytes(7), bytes(0)));
  });

  Deno.test(`${name} takes messages beyond the kernel's memory`, () => {
    for (const length of [65535, 65536, 65537, 200_000]) {
      const message = bytes(length);
      const parts = [message.subarray(0, 1000), message.subarray(1000)];
      assertEquals(hash.digest(message), slow(message), `${length} bytes`);
      assertEquals(hash.digest(...parts), slow(message), `${length} bytes in two parts`);
      const running = hash.start();
      for (const part of parts) running.update(part);
      assertEquals(running.digest(), slow(message), `${length} bytes, running`);
      for (const keyLength of [32, 200]) {
        const key = bytes(keyLength, 3);
        assertEquals(hash.hmac(key, ...parts), slowHmac(slow, key, message), `${length} bytes`);
      }
    }
  });

  Deno.test(`${name}.start() hashes what is fed wherever it is split`, () => {
    const message = bytes(260);
    const whole = slow(message);
    for (let at = 0; at <= 260; at++) {
      const running = hash.start();
      running.update(message.subarray(0, at));
      running.update(message.subarray(at));
      assertEquals(running.digest(), whole, `split at ${at}`);
    }
  });

  Deno.test(`${name}.start() gives digests on the way`, () => {
    const message = bytes(400);
    const running = hash.start();
    for (let at = 0; at < message.length; at++) {
      assertEquals(running.digest(), slow(message.subarray(0, at)), `after ${at} bytes`);
      running.update(message.subarray(at, at + 1));
    }
  });

  Deno.test(`RunningHash.clone() of ${name} goes its own way`, () => {
    const message = bytes(300);
    for (let at = 0; at <= 300; at += 25) {
      const running = hash.start();
      running.update(message.subarray(0, at));
      const clone = running.clone();
      clone.update(bytes(77, 5));
      running.update(message.subarray(at));
      const cloned = new Uint8Array([...message.subarray(0, at), ...bytes(77, 5)]);
      assertEquals(clone.digest(), slow(cloned));
      assertEquals(running.digest(), slow(message));
    }
  });

  Deno.test(`running hashes of ${name} do not meet in the kernel's memory`, () => {
    const [one, other] = [hash.start(), hash.start()];
    for (let at = 0; at < 200; at += 10) {
      one.update(bytes(10, at + 1));
      other.update(bytes(10, at + 2));
      hash.hmac(bytes(9), bytes(150));
    }
    const fed = (from: number) =>
      Uint8Array.from(
        Array.from({ length: 20 }, (_, at) => [...bytes(10, at * 10 + from)]).flat(),
      );
    assertEquals(one.digest(), slow(fed(1)));
    assertEquals(other.digest(), slow(fed(2)));
  });

  Deno.test(`${name} leaves its caller's bytes alone and gives digests of their own memory`, () => {
    const [key, message] = [bytes(40), bytes(100)];
    const digest = hash.digest(message);
    const kept = digest.slice();
    hash.hmac(key, message);
    assertEquals([key, message, digest], [bytes(40), bytes(100), kept]);
    assert(digest.buffer.byteLength <= 64);
  });

  Deno.test(`${name} leaves neither messages nor keys nor codes in the kernel's memory`, () => {
    for (const length of [32, 100, 300, 5000]) {
      const [key, message] = [bytes(length, 7), bytes(length, 8)];
      const code = hash.hmac(key, message);
      assertForgotten(kernel.memory, { key, message, code });
      const digest = hash.digest(message);
      assertForgotten(kernel.memory, { message, digest });
    }
  });
}
