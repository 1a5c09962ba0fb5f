import { assert, assertEquals, assertInstanceOf, assertNotEquals, assertThrows } from "@std/assert";
import { TlsError } from "../../../tls/alert.ts";
import { KeyError, type KeyType, type Provider } from "../../../tls/provider/provider.ts";
import { reference } from "../../../tls/provider/reference.ts";
import { simd } from "../../../tls/provider/simd.ts";
import { CipherSuiteId, nameOf } from "../../../tls/registry.ts";
import { systemRandom, utf8 } from "../../support/bytes.ts";
import { Random } from "../../support/random.ts";

const MESSAGE = utf8("message");
const PROVIDERS = [reference, simd];

/** Each provider with each as its peer. */
const PAIRS = PROVIDERS.flatMap((one) =>
  PROVIDERS.map((other): [Provider, Provider] => [one, other])
);

Deno.test("KeyError is what loadKey() throws, with its cause where there is one", () => {
  for (const provider of PROVIDERS) {
    const error = assertThrows(() => provider.loadKey(new Uint8Array(1)), KeyError);
    assertEquals(error.name, "KeyError");
    assertInstanceOf(error.cause, Error);
  }
});

for (const [one, other] of PAIRS) {
  Deno.test(`${one.name} and ${other.name} agree on a secret in every group`, () => {
    for (const [at, group] of one.groups.entries()) {
      const client = group.start(systemRandom);
      const server = other.groups[at].respond(client.share, systemRandom);
      assertEquals([...client.complete(server.share)], [...server.secret]);
    }
  });

  Deno.test(`${one.name} opens what ${other.name} seals, in its buffers and in plain memory`, () => {
    for (const [at, { id, aead }] of one.cipherSuites.entries()) {
      const [key, nonce, aad] = [aead.keyBytes, 12, 5].map((bytes) =>
        new Uint8Array(bytes).fill(7)
      );
      const [sealing, opening] = [other.cipherSuites[at].aead.load(key), aead.load(key)];
      for (const length of [0, 1, 17, 1000, 16385]) {
        const [from, into] = [other.buffers.take(length + 16), one.buffers.take(length + 16)];
        const plaintext = new Uint8Array(length);
        systemRandom(plaintext);
        const sealed = from.subarray(0, length + 16);
        sealed.set(plaintext);
        sealing.seal(nonce, aad, sealed);
        const opened = into.subarray(0, length + 16);
        opened.set(sealed);
        const plain = Uint8Array.from(sealed);
        for (const bytes of [opened, plain]) {
          assert(opening.open(nonce, aad, bytes), nameOf(CipherSuiteId, id));
          assertEquals([...bytes.subarray(0, length)], [...plaintext]);
        }
        sealed[length] ^= 1;
        assert(!opening.open(nonce, aad, Uint8Array.from(sealed)));
        other.buffers.give(from);
        one.buffers.give(into);
      }
      sealing.destroy();
      opening.destroy();
    }
  });

  Deno.test(`${one.name} verifies what a key signs that ${other.name} has made and read again`, async () => {
    const types: KeyType[] = ["secp256r1", "secp384r1", "secp521r1", "ed25519", "rsa", "mldsa44"];
    for (const type of types) {
      const made = other.generateKey(type, systemRandom);
      const key = one.loadKey(made.toPkcs8!(), systemRandom);
      assertEquals(key.publicKey, made.publicKey);
      for (const [signer, verifying] of [[made, one], [key, other]] as const) {
        const signature = await signer.sign(signer.schemes[0], MESSAGE);
        const right = verifying.signatureAlgorithms
          .filter((each) => verifying.verify(each, key.publicKey, MESSAGE, signature));
        assertEquals(right.length, 1, type);
        signature[signature.length - 1] ^= 1;
        assert(!verifying.verify(right[0], key.publicKey, MESSAGE, signature));
      }
    }
  });
}

for (const provider of PROVIDERS) {
  const { name } = provider;

  Deno.test(`${name} refuses every share that is cut, lengthened or all zero with badKeyShare`, () => {
    for (const group of provider.groups) {
      const { share } = group.start(systemRandom);
      const response = group.respond(share, systemRandom).share;
      const bad = (good: Uint8Array) => [
        good.subarray(1),
        Uint8Array.of(...good, 0),
        new Uint8Array(0),
        new Uint8Array(good.length),
      ];
      const refuse = (work: () => unknown) => {
        const error = assertThrows(work, TlsError, "Key share for");
        assertEquals([error.reason, error.alert], ["badKeyShare", "illegal_parameter"]);
      };
      for (const each of bad(share)) refuse(() => group.respond(each, systemRandom));
      for (const each of bad(response)) {
        refuse(() => group.start(systemRandom).complete(each));
      }
    }
  });

  Deno.test(`${name}'s AEADs refuse keys and nonces of a wrong length`, () => {
    for (const { aead } of provider.cipherSuites) {
      const key = new Uint8Array(aead.keyBytes);
      assertThrows(() => aead.load(key.subarray(1)), RangeError);
      const loaded = aead.load(key);
      for (const bytes of [0, 8, 11, 13, 16]) {
        const nonce = new Uint8Array(bytes);
        assertThrows(() => loaded.seal(nonce, MESSAGE, new Uint8Array(20)), RangeError);
        assertThrows(() => loaded.open(nonce, MESSAGE, new Uint8Array(20)), RangeError);
      }
      assert(!loaded.open(new Uint8Array(12), MESSAGE, new Uint8Array(15)));
    }
  });

  Deno.test(`${name}'s hedged signatures differ, and are all good`, async () => {
    for (const type of ["secp256r1", "secp384r1", "rsa"] as const) {
      const key = provider.generateKey(type, systemRandom);
      const [first, second] = [
        await key.sign(key.schemes[0], MESSAGE),
        await key.sign(key.schemes[0], MESSAGE),
      ];
      assertNotEquals(first, second);
    }
  });
}

/** Bytes of some length, mostly near `usual`; half of them begin as keys and signatures do. */
function oddBytes(random: Random, usual: number): Uint8Array {
  const length = random.pick([0, 1, usual - 1, usual, usual, usual, usual + 1, 2 * usual]);
  const bytes = new Uint8Array(length);
  random.fill(bytes);
  const first = random.pick([undefined, undefined, 0x00, 0x02, 0x04, 0x30]);
  if (first !== undefined && length > 0) bytes[0] = first;
  return bytes;
}

for (const provider of PROVIDERS) {
  Deno.test(`${provider.name}.verify() is false for whatever bytes are a key and a signature`, () => {
    const random = new Random(1);
    const keys: [KeyType, key: number, signature: number][] = [
      ["secp256r1", 65, 71],
      ["secp384r1", 97, 103],
      ["secp521r1", 133, 138],
      ["ed25519", 32, 64],
      ["rsa", 270, 256],
      ["rsa-pss", 270, 256],
      ["mldsa44", 1312, 2420],
      ["mldsa65", 1952, 3309],
      ["mldsa87", 2592, 4627],
    ];
    for (const [type, keyBytes, signatureBytes] of keys) {
      const good = provider.generateKey(type, systemRandom).publicKey;
      for (let i = 0; i < 20; i++) {
        const signature = oddBytes(random, signatureBytes);
        const bytes = random.pick([good.bytes, oddBytes(random, keyBytes)]);
        for (const algorithm of provider.signatureAlgorithms) {
          assert(!provider.verify(algorithm, { type, bytes }, MESSAGE, signature));
        }
      }
    }
  });

  Deno.test(`${provider.name}'s groups throw nothing but badKeyShare, whatever the share`, () => {
    const random = new Random(2);
    for (const group of provider.groups) {
      const client = group.start(systemRandom);
      const server = group.respond(client.share, systemRandom);
      for (let i = 0; i < 20; i++) {
        const work = random.pick([
          () => group.respond(oddBytes(random, client.share.length), systemRandom),
          () => group.start(systemRandom).complete(oddBytes(random, server.share.length)),
        ]);
        try {
          work();
        } catch (error) {
          assertInstanceOf(error, TlsError);
          assertEquals(error.reason, "badKeyShare");
        }
      }
    }
  });

  Deno.test(`${provider.name}.loadKey() throws nothing but KeyErrors, whatever the bytes`, () => {
    const random = new Random(3);
    for (let i = 0; i < 300; i++) {
      const bytes = oddBytes(random, random.below(200) + 1);
      assertThrows(() => provider.loadKey(bytes), KeyError);
    }
  });
}
