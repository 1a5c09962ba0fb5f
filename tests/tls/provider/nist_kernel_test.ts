import { assert, assertEquals, assertThrows } from "@std/assert";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import { kernelHashes } from "../../../tls/provider/hash_kernel.ts";
import { POINT_AT, SECRETS_AT, SECRETS_BYTES } from "../../../tls/provider/kernels/nist_memory.ts";
import * as p256Kernel from "../../../tls/provider/kernels/p256.wasm";
import { nistCurve } from "../../../tls/provider/nist_kernel.ts";
import { fromHex, toHex, utf8 } from "../../support/bytes.ts";

const { sha256, sha384, sha512 } = kernelHashes;
const SUBJECTS = [
  { curve: nistCurve("secp256r1", sha256), noble: p256 },
  { curve: nistCurve("secp384r1", sha384), noble: p384 },
  { curve: nistCurve("secp521r1", sha512), noble: p521 },
];

for (const { curve, noble } of SUBJECTS) {
  const { type, scalarBytes } = curve;
  const order = noble.Point.Fn.ORDER;
  const prime = noble.Point.Fp.ORDER;
  const generator = noble.Point.BASE;
  const raw = { prehash: false, lowS: false, format: "compact" } as const;

  const bytesOf = (value: bigint) => fromHex(value.toString(16).padStart(2 * scalarBytes, "0"));
  const numberOf = (bytes: Uint8Array) => BigInt(`0x0${toHex(bytes)}`);
  /** What ECDSA takes for this number: the order's bits are the leftmost ones of a digest. */
  const digestOf = (value: bigint) =>
    bytesOf(value << BigInt(8 * scalarBytes - order.toString(2).length));
  /** noble wants a digest no shorter than the order. */
  const longEnough = (digest: Uint8Array) =>
    digest.length < scalarBytes ? digestOf(numberOf(digest)) : digest;
  const noise = (length: number) => crypto.getRandomValues(new Uint8Array(length));
  const randomScalar = () => numberOf(noise(scalarBytes + 8)) % (order - 1n) + 1n;
  const pointBytes = (point: typeof generator) => point.toBytes(false);
  const signatureOf = (r: bigint, s: bigint) => new Uint8Array([...bytesOf(r), ...bytesOf(s)]);
  const inverse = (value: bigint) => noble.Point.Fn.inv(value);
  const modulo = (value: bigint) => ((value % order) + order) % order;

  // First, so that the table of the generator is not there yet.
  Deno.test(`${type}.verify() takes noble's signature before there was any other call`, () => {
    const { secretKey, publicKey } = noble.keygen();
    const point = noble.Point.fromBytes(publicKey).toBytes(false);
    const digest = noise(32);
    const signature = noble.sign(longEnough(digest), secretKey, raw);
    assert(curve.verify(point, digest, signature));
    assertEquals(curve.publicKey(secretKey), point);
    assert(curve.verify(point, digest, signature));
  });

  Deno.test(`${type}.publicKey() equals noble's, at the edges and in between`, () => {
    for (const [scalar, point] of multiplesOf(noble, generator)) {
      assertEquals(curve.publicKey(bytesOf(scalar)), pointBytes(point), `${scalar}`);
    }
  });

  Deno.test(`${type}.shared() equals noble's, at the edges and in between`, () => {
    const peer = generator.multiply(randomScalar());
    for (const [scalar, point] of multiplesOf(noble, peer)) {
      const { x } = point.toAffine();
      assertEquals(curve.shared(bytesOf(scalar), pointBytes(peer)), bytesOf(x), `${scalar}`);
    }
  });

  Deno.test(`${type}.shared() with the generator is the public key's x`, () => {
    for (const scalar of [1n, 2n, 3n, order - 1n, order - 2n, randomScalar()]) {
      const secret = bytesOf(scalar);
      const x = curve.publicKey(secret).slice(1, 1 + scalarBytes);
      assertEquals(curve.shared(secret, pointBytes(generator)), x);
    }
  });

  Deno.test(`${type}.shared() gives nothing for what is not an uncompressed point`, () => {
    const secret = bytesOf(randomScalar());
    const point = pointBytes(generator.multiply(randomScalar()));
    const changed = (at: number, to: number) => point.with(at, to);
    const refused = [
      new Uint8Array(0),
      Uint8Array.of(0),
      point.subarray(1),
      new Uint8Array([...point, 0]),
      noble.getPublicKey(secret, true),
      changed(0, 6),
      changed(0, 7),
      changed(scalarBytes, point[scalarBytes] ^ 1),
      changed(2 * scalarBytes, point[2 * scalarBytes] ^ 1),
      Uint8Array.of(4, ...new Uint8Array(2 * scalarBytes)),
      Uint8Array.of(4, ...bytesOf(prime), ...point.subarray(1 + scalarBytes)),
      new Uint8Array(1 + 2 * scalarBytes).fill(255).with(0, 4),
    ];
    for (const bad of refused) assertEquals(curve.shared(secret, bad), undefined, toHex(bad));
  });

  Deno.test(`${type}.shared() and verify() refuse a coordinate that is not below the prime`, () => {
    const { x, y } = pointWithXFrom(noble, 1n);
    const point = Uint8Array.of(4, ...bytesOf(x), ...bytesOf(y));
    const twin = Uint8Array.of(4, ...bytesOf(x + prime), ...bytesOf(y));
    assert(curve.shared(bytesOf(5n), point) !== undefined);
    assertEquals(curve.shared(bytesOf(5n), twin), undefined);
    assert(!curve.verify(twin, noise(32), signatureOf(1n, 1n)));
  });

  Deno.test(`${type}.isScalar() takes 1 to the order less 1, in full length`, () => {
    for (const good of [1n, 2n, order - 1n]) assert(curve.isScalar(bytesOf(good)));
    for (const bad of [0n, order, order + 1n, (1n << BigInt(8 * scalarBytes)) - 1n]) {
      assert(!curve.isScalar(bytesOf(bad)));
    }
    assert(!curve.isScalar(bytesOf(1n).subarray(1)));
    assert(!curve.isScalar(new Uint8Array([0, ...bytesOf(1n)])));
  });

  Deno.test(`${type} throws for a private key out of range`, () => {
    const point = pointBytes(generator);
    for (const bad of [bytesOf(0n), bytesOf(order), bytesOf(1n).subarray(1)]) {
      assertThrows(() => curve.publicKey(bad), RangeError, `not a scalar of ${type}`);
      assertThrows(() => curve.shared(bad, point), RangeError, `not a scalar of ${type}`);
      assertThrows(() => curve.sign(bad, noise(32)), RangeError, `not a scalar of ${type}`);
    }
  });

  Deno.test(`${type}.sign() equals noble's, hedged or not, for digests of all lengths`, () => {
    for (const length of [0, 1, 20, 32, 48, 64]) {
      for (const scalar of [1n, order - 1n, randomScalar(), randomScalar()]) {
        const [secret, digest, extraEntropy] = [bytesOf(scalar), noise(length), noise(32)];
        const padded = longEnough(digest);
        assertEquals(curve.sign(secret, digest), noble.sign(padded, secret, raw));
        assertEquals(
          curve.sign(secret, digest, extraEntropy),
          noble.sign(padded, secret, { ...raw, extraEntropy }),
        );
      }
    }
  });

  Deno.test(`${type}.sign() reduces a digest that is not below the order`, () => {
    const secret = bytesOf(randomScalar());
    for (const digest of [digestOf(order), digestOf(order + 1n), bytesOf(0n).fill(255)]) {
      assertEquals(curve.sign(secret, digest), noble.sign(digest, secret, raw));
    }
  });

  Deno.test(`${type}.verify() takes a signature for its key and digest only`, () => {
    for (let round = 0; round < 20; round++) {
      const scalar = randomScalar();
      const [secret, point] = [bytesOf(scalar), pointBytes(generator.multiply(scalar))];
      const digest = noise([20, 32, 48, 64][round % 4]);
      const signature = curve.sign(secret, digest);
      const other = pointBytes(generator.multiply(randomScalar()));
      assert(curve.verify(point, digest, signature));
      assert(!curve.verify(other, digest, signature));
      assert(!curve.verify(point, digest.with(3, digest[3] ^ 1), signature));
      const at = numberOf(noise(1)) % BigInt(signature.length);
      assert(!curve.verify(point, digest, signature.with(Number(at), signature[Number(at)] ^ 4)));
    }
  });

  Deno.test(`${type}.verify() takes s and the order less s, as ECDSA has it`, () => {
    const secret = bytesOf(randomScalar());
    const digest = noise(32);
    const signature = curve.sign(secret, digest);
    const [r, s] = [0, scalarBytes].map((at) => numberOf(signature.slice(at, at + scalarBytes)));
    assert(curve.verify(curve.publicKey(secret), digest, signatureOf(r, order - s)));
  });

  Deno.test(`${type}.verify() refuses r and s out of range and of another length`, () => {
    const secret = bytesOf(randomScalar());
    const [point, digest] = [curve.publicKey(secret), noise(32)];
    const signature = curve.sign(secret, digest);
    const [r, s] = [0, scalarBytes].map((at) => numberOf(signature.slice(at, at + scalarBytes)));
    const all = (1n << BigInt(8 * scalarBytes)) - 1n;
    for (const bad of [0n, order, order + 1n, all]) {
      assert(!curve.verify(point, digest, signatureOf(bad, s)));
      assert(!curve.verify(point, digest, signatureOf(r, bad)));
    }
    assert(!curve.verify(point, digest, signature.subarray(1)));
    assert(!curve.verify(point, digest, new Uint8Array([...signature, 0])));
  });

  Deno.test(`${type}.verify() doubles, cancels and meets infinity on the way`, () => {
    // u1 * G + u2 * Q with Q a small multiple of G, so that sums meet their own summands.
    for (const key of [1n, 2n, 3n, order - 1n, order - 2n, (order + 1n) / 2n]) {
      const point = pointBytes(generator.multiply(key));
      for (
        const [u1, u2] of [[1n, 1n], [2n, 1n], [4n, 3n], [0n, 1n], [0n, 7n], [15n, order - 1n]]
      ) {
        const sum = modulo(u1 + u2 * key);
        if (sum === 0n) continue;
        const r = modulo(generator.multiply(sum).toAffine().x);
        const s = modulo(r * inverse(u2));
        const digest = digestOf(modulo(u1 * s));
        assert(curve.verify(point, digest, signatureOf(r, s)), `${key}: ${u1}, ${u2}`);
        assert(!curve.verify(point, digest, signatureOf(modulo(r + 1n), s)));
      }
    }
  });

  Deno.test(`${type}.verify() refuses a sum at infinity`, () => {
    const key = randomScalar();
    const [r, s] = [randomScalar(), randomScalar()];
    const digest = digestOf(modulo(-r * key));
    assert(!curve.verify(pointBytes(generator.multiply(key)), digest, signatureOf(r, s)));
  });

  Deno.test(`${type}.verify() takes an x that is not below the order`, () => {
    const { x, y } = pointWithXFrom(noble, order + 1n);
    const r = modulo(x);
    const [s, e] = [randomScalar(), randomScalar()];
    // R = (e * G + r * Q) / s, solved for Q.
    const sum = noble.Point.fromAffine({ x, y }).multiply(s).subtract(generator.multiply(e));
    const key = sum.multiply(inverse(r));
    assert(curve.verify(pointBytes(key), digestOf(e), signatureOf(r, s)));
    assert(!curve.verify(pointBytes(key), digestOf(e), signatureOf(r + 1n, s)));
  });

  Deno.test(`${type} works on what was at the same place before`, () => {
    const secret = bytesOf(randomScalar());
    const [point, digest] = [curve.publicKey(secret), noise(32)];
    const signature = curve.sign(secret, digest);
    assertEquals(curve.shared(bytesOf(order), Uint8Array.of(4)), undefined);
    assert(curve.verify(point, digest, signature));
    assertEquals(curve.publicKey(secret), point);
    assertEquals(curve.sign(secret, digest), signature);
  });
}

Deno.test("secp256r1 leaves no secret behind in the kernel's memory", () => {
  const [{ curve }] = SUBJECTS;
  const secret = fromHex("c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
  const memory = new Uint8Array(p256Kernel.memory.buffer as ArrayBuffer);
  const point = curve.publicKey(secret);
  const isClean = () =>
    memory.subarray(SECRETS_AT, SECRETS_AT + SECRETS_BYTES).every((byte) => byte === 0);
  assert(isClean());
  curve.sign(secret, new Uint8Array(32).fill(1));
  assert(isClean());
  curve.shared(secret, point);
  assert(isClean());
  curve.isScalar(secret);
  assert(isClean());
  assertThrows(() => curve.publicKey(new Uint8Array(32).fill(255)));
  assert(isClean());
  assert(POINT_AT >= SECRETS_AT && POINT_AT < SECRETS_AT + SECRETS_BYTES);
});

for (
  const { type, hash, secret, message, signature } of [
    {
      type: "secp256r1",
      hash: sha256,
      secret: "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
      message: "sample",
      signature: "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716" +
        "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
    },
    {
      type: "secp256r1",
      hash: sha384,
      secret: "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
      message: "sample",
      signature: "0EAFEA039B20E9B42309FB1D89E213057CBF973DC0CFC8F129EDDDC800EF7719" +
        "4861F0491E6998B9455193E34E7B0D284DDD7149A74B95B9261F13ABDE940954",
    },
    {
      type: "secp256r1",
      hash: sha512,
      secret: "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
      message: "sample",
      signature: "8496A60B5E9B47C825488827E0495B0E3FA109EC4568FD3F8D1097678EB97F00" +
        "2362AB1ADBE2B8ADF9CB9EDAB740EA6049C028114F2460F96554F61FAE3302FE",
    },
    {
      type: "secp256r1",
      hash: sha256,
      secret: "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
      message: "test",
      signature: "F1ABB023518351CD71D881567B1EA663ED3EFCF6C5132B354F28D3B0B7D38367" +
        "019F4113742A2B14BD25926B49C649155F267E60D3814B4C0CC84250E46F0083",
    },
    {
      type: "secp521r1",
      hash: sha512,
      secret:
        "00FAD06DAA62BA3B25D2FB40133DA757205DE67F5BB0018FEE8C86E1B68C7E75CAA896EB32F1F47C70855836A6D1" +
        "6FCC1466F6D8FBEC67DB89EC0C08B0E996B83538",
      message: "sample",
      signature:
        "00C328FAFCBD79DD77850370C46325D987CB525569FB63C5D3BC53950E6D4C5F174E25A1EE9017B5D450606ADD152B534931D7D4E8455CC91F9B15BF05EC36E377FA" +
        "00617CCE7CF5064806C467F678D3B4080D6F1CC50AF26CA209417308281B68AF282623EAA63E5B5C0723D8B8C37FF0777B1A20F8CCB1DCCC43997F1EE0E44DA4A67A",
    },
    {
      type: "secp384r1",
      hash: sha384,
      secret: "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D8" +
        "96D5724E4C70A825F872C9EA60D2EDF5",
      message: "sample",
      signature: "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C" +
        "81A648152E44ACF96E36DD1E80FABE46" +
        "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94F" +
        "A329C145786E679E7B82C71A38628AC8",
    },
  ] as const
) {
  Deno.test(`${type}.sign() with ${hash.name} signs "${message}" as RFC 6979 §A.2 has it`, () => {
    const signed = nistCurve(type, hash).sign(fromHex(secret), hash.digest(utf8(message)));
    assertEquals(toHex(signed), signature.toLowerCase());
  });
}

/** The first point of the curve with an x of `first` or above. */
function pointWithXFrom({ Point }: typeof p256, first: bigint): { x: bigint; y: bigint } {
  const { Fp } = Point;
  const { a, b } = Point.CURVE();
  for (let x = first;; x++) {
    try {
      return { x, y: Fp.sqrt(Fp.create(x * x * x + a * x + b)) };
    } catch {
      // Half of all x have no y.
    }
  }
}

/** Multiples where windows begin and end, where carries run long, at the ends of the range. */
function* multiplesOf(
  { Point, utils }: typeof p256,
  point: typeof p256.Point.BASE,
): Generator<[scalar: bigint, multiple: typeof p256.Point.BASE]> {
  const order = Point.Fn.ORDER;
  let multiple = point;
  for (let scalar = 1n; scalar <= 40n; scalar++) {
    yield [scalar, multiple];
    yield [order - scalar, multiple.negate()];
    multiple = multiple.add(point);
  }
  multiple = point;
  for (let scalar = 1n; scalar < order; scalar *= 2n) {
    yield [scalar, multiple];
    multiple = multiple.double();
  }
  const scalars = [
    ...[7n, 14n, 28n, 29n, 30n, 58n, 128n, 250n].map((bits) => (1n << bits) - 1n),
    ...[127n, 254n, 255n, 256n].map((less) => order - less),
    ...[(order - 1n) / 2n, (order + 1n) / 2n],
    ...Array.from({ length: 20 }, () => BigInt(`0x${toHex(utils.randomSecretKey())}`)),
  ];
  for (const scalar of scalars) yield [scalar, point.multiply(scalar)];
}
