import { assert, assertEquals } from "@std/assert";
import { createECDH, createHash } from "node:crypto";
import { ed25519, secp256r1, secp384r1, secp521r1, x25519 } from "../../../tls/provider/curves.ts";
import { drawnScalar } from "../../../tls/provider/groups.ts";
import { fromHex, systemRandom, toHex, utf8 } from "../../support/bytes.ts";

Deno.test("x25519.shared() gives what RFC 7748 §5.2 has after 1 and 1000 iterations", () => {
  let [k, u] = [new Uint8Array(32), new Uint8Array(32)];
  k[0] = u[0] = 9;
  for (let i = 1; i <= 1000; i++) {
    [k, u] = [new Uint8Array(x25519.shared(k, u)), k];
    if (i === 1) {
      assertEquals(toHex(k), "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
    }
  }
  assertEquals(toHex(k), "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51");
});

Deno.test("x25519.shared() is zero for a point of low order", () => {
  const secret = new Uint8Array(32).fill(5);
  assertEquals(x25519.shared(secret, new Uint8Array(32)), new Uint8Array(32));
  assertEquals(x25519.shared(secret, fromHex("01".padEnd(64, "0"))), new Uint8Array(32));
});

Deno.test("ed25519 signs as test 1 of RFC 8032 §7.1 and verifies it", () => {
  const secret = fromHex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  const publicKey = ed25519.publicKey(secret);
  assertEquals(
    toHex(publicKey),
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
  );
  const signature = ed25519.sign(secret, new Uint8Array(0));
  assertEquals(
    toHex(signature),
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155" +
      "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  );
  assert(ed25519.verify(publicKey, new Uint8Array(0), signature));
});

Deno.test("ed25519.verify() is false for a wrong length and for a key of small order", () => {
  const signature = new Uint8Array(64);
  // R and A are the neutral element and S is zero: the equation holds, for every message.
  signature[0] = 1;
  assert(!ed25519.verify(signature.subarray(0, 32), utf8("any"), signature));
  assert(!ed25519.verify(new Uint8Array(31), utf8("any"), signature));
  assert(!ed25519.verify(new Uint8Array(32), utf8("any"), signature.subarray(1)));
});

Deno.test("secp256r1.sign() is deterministic as in RFC 6979 §A.2.5", () => {
  const secret = fromHex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721");
  const digest = createHash("sha256").update("sample").digest();
  assertEquals(
    toHex(secp256r1.sign(secret, digest)),
    "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716" +
      "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
  );
});

// Deno's node:crypto has no P-521; its secrets are checked by Wycheproof's vectors.
for (const curve of [secp256r1, secp384r1]) {
  Deno.test(`${curve.type} agrees on secrets with node:crypto`, () => {
    const peer = createECDH(curve === secp256r1 ? "prime256v1" : "secp384r1");
    peer.generateKeys();
    const secret = drawnScalar(curve, systemRandom);
    const expected = peer.computeSecret(curve.publicKey(secret));
    const shared = curve.shared(secret, new Uint8Array(peer.getPublicKey()));
    assertEquals(toHex(shared!), expected.toString("hex"));
  });
}

for (const curve of [secp256r1, secp384r1, secp521r1]) {
  const { type, scalarBytes } = curve;

  Deno.test(`${type}.shared() gives nothing for what is not an uncompressed point`, () => {
    const secret = drawnScalar(curve, systemRandom);
    const point = curve.publicKey(secret);
    const off = point.slice();
    off[off.length - 1] ^= 1;
    const compressed = Uint8Array.of(2 | point[point.length - 1] & 1, ...point.subarray(1, 33));
    const hybrid = point.slice();
    hybrid[0] = 6 | point[point.length - 1] & 1;
    const zero = new Uint8Array(point.length);
    zero[0] = 4;
    for (const bad of [off, compressed, hybrid, zero, Uint8Array.of(0), point.subarray(1)]) {
      assertEquals(curve.shared(secret, bad), undefined);
      assert(!curve.verify(bad, new Uint8Array(32), new Uint8Array(2 * scalarBytes).fill(1)));
    }
  });

  Deno.test(`${type}.isScalar() takes 1 to the order less 1, in full length`, () => {
    const one = new Uint8Array(scalarBytes);
    assert(!curve.isScalar(one));
    one[scalarBytes - 1] = 1;
    assert(curve.isScalar(one));
    assert(!curve.isScalar(one.subarray(1)));
    assert(!curve.isScalar(new Uint8Array(scalarBytes).fill(0xff)));
  });

  Deno.test(`${type} verifies its own signatures over digests of any length, hedged or not`, () => {
    const secret = drawnScalar(curve, systemRandom);
    const point = curve.publicKey(secret);
    const extra = new Uint8Array(32).fill(9);
    for (const length of [32, 48, 64]) {
      const digest = new Uint8Array(length).fill(0xa5);
      const signature = curve.sign(secret, digest);
      const hedged = curve.sign(secret, digest, extra);
      assertEquals(signature, curve.sign(secret, digest));
      assert(toHex(hedged) !== toHex(signature));
      for (const each of [signature, hedged]) {
        assertEquals(each.length, 2 * scalarBytes);
        assert(curve.verify(point, digest, each));
        each[each.length - 1] ^= 1;
        assert(!curve.verify(point, digest, each));
      }
      assert(!curve.verify(point, digest, new Uint8Array(2 * scalarBytes)));
      assert(!curve.verify(point, digest, signature.subarray(1)));
    }
  });
}
