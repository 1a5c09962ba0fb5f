// @ts-nocheck: AssemblyScript
/**
 * XXH3-64, seed 0, as `protocol/xxhash.ts` explains it; here for speed. From 17 bytes on the 128-bit
 * products are made two at a time; over 240 bytes the eight lanes lie in four vectors.
 *
 * @module
 */

/** The hash of `length` bytes at `at`. */
export function xxh3(at: u32, length: u32): u64 {
  if (length > 240) return hashLong(at, length);
  if (length > 128) return hash129To240(at, length);
  if (length > 16) return hash17To128(at, length);
  if (length > 8) return hash9To16(at, length);
  if (length > 3) return hash4To8(at, length);
  if (length > 0) return hash1To3(at, length);
  return avalanche64(load<u64>(SECRET, 56) ^ load<u64>(SECRET, 64));
}

function hash1To3(at: u32, length: u32): u64 {
  const first = <u32> load<u8>(at);
  const middle = <u32> load<u8>(at + (length >> 1));
  const last = <u32> load<u8>(at + length - 1);
  const combined = (first << 16) | (middle << 24) | last | (length << 8);
  return avalanche64(<u64> (load<u32>(SECRET) ^ load<u32>(SECRET, 4)) ^ <u64> combined);
}

function hash4To8(at: u32, length: u32): u64 {
  const combined = <u64> load<u32>(at + length - 4) + (<u64> load<u32>(at) << 32);
  let hash = combined ^ load<u64>(SECRET, 8) ^ load<u64>(SECRET, 16);
  hash ^= rotl(hash, 49) ^ rotl(hash, 24);
  hash *= PRIME_MX2;
  hash ^= (hash >> 35) + length;
  hash *= PRIME_MX2;
  return hash ^ (hash >> 28);
}

function hash9To16(at: u32, length: u32): u64 {
  const low = load<u64>(at) ^ load<u64>(SECRET, 24) ^ load<u64>(SECRET, 32);
  const high = load<u64>(at + length - 8) ^ load<u64>(SECRET, 40) ^ load<u64>(SECRET, 48);
  return avalanche(length + bswap(low) + high + foldedProduct(low, high));
}

function hash17To128(at: u32, length: u32): u64 {
  const end = at + length;
  let sums = mix(at, SECRET, end - 16, SECRET + 16);
  if (length > 32) sums = i64x2.add(sums, mix(at + 16, SECRET + 32, end - 32, SECRET + 48));
  if (length > 64) sums = i64x2.add(sums, mix(at + 32, SECRET + 64, end - 48, SECRET + 80));
  if (length > 96) sums = i64x2.add(sums, mix(at + 48, SECRET + 96, end - 64, SECRET + 112));
  return avalanche(<u64> length * PRIME64_1 + sumOf(sums));
}

function hash129To240(at: u32, length: u32): u64 {
  let sums = mix(at, SECRET, at + 16, SECRET + 16);
  sums = i64x2.add(sums, mix(at + 32, SECRET + 32, at + 48, SECRET + 48));
  sums = i64x2.add(sums, mix(at + 64, SECRET + 64, at + 80, SECRET + 80));
  sums = i64x2.add(sums, mix(at + 96, SECRET + 96, at + 112, SECRET + 112));
  const first = avalanche(<u64> length * PRIME64_1 + sumOf(sums));
  const last = at + length - 16;
  sums = i64x2.splat(0);
  let rest = at + 128;
  let secret = SECRET + 3;
  for (; rest + 32 <= at + length; rest += 32, secret += 32) {
    sums = i64x2.add(sums, mix(rest, secret, rest + 16, secret + 16));
  }
  const isOdd = rest + 16 <= at + length;
  const tail = isOdd
    ? sumOf(i64x2.add(sums, mix(rest, secret, last, SECRET + 136 - 17)))
    : sumOf(sums) + mix16(last, SECRET + 136 - 17);
  return avalanche(first + tail);
}

/**
 * Each stripe adds two things to a lane: the product of the halves of the lane's own keyed value, in
 * `products`, and the plain value of the neighbour. The plain values are summed where they come from
 * and change places once a block, in `joined`, instead of once a stripe.
 */
function hashLong(at: u32, length: u32): u64 {
  let products0 = i64x2(PRIME32_3, PRIME64_1);
  let products1 = i64x2(PRIME64_2, PRIME64_3);
  let products2 = i64x2(PRIME64_4, PRIME32_2);
  let products3 = i64x2(PRIME64_5, PRIME32_1);
  let values0 = i64x2.splat(0);
  let values1 = i64x2.splat(0);
  let values2 = i64x2.splat(0);
  let values3 = i64x2.splat(0);
  // All stripes that end before the last byte; the last 64 bytes are one more, below.
  let stripes = (length - 1) / STRIPE_BYTES;
  let stripe = at;
  while (stripes > 0) {
    const blockStripes = min<u32>(stripes, STRIPES_PER_BLOCK);
    const secretEnd = SECRET + 8 * blockStripes;
    // Unrolled by two it is slower: there are no more registers.
    for (let secret = SECRET; secret < secretEnd; secret += 8) {
      const keyed0 = v128.xor(v128.load(stripe), v128.load(secret));
      const keyed1 = v128.xor(v128.load(stripe, 16), v128.load(secret, 16));
      values0 = i64x2.add(values0, v128.load(stripe));
      values1 = i64x2.add(values1, v128.load(stripe, 16));
      products0 = i64x2.add(products0, lowProducts(keyed0, keyed1));
      products1 = i64x2.add(products1, highProducts(keyed0, keyed1));
      const keyed2 = v128.xor(v128.load(stripe, 32), v128.load(secret, 32));
      const keyed3 = v128.xor(v128.load(stripe, 48), v128.load(secret, 48));
      values2 = i64x2.add(values2, v128.load(stripe, 32));
      values3 = i64x2.add(values3, v128.load(stripe, 48));
      products2 = i64x2.add(products2, lowProducts(keyed2, keyed3));
      products3 = i64x2.add(products3, highProducts(keyed2, keyed3));
      stripe += STRIPE_BYTES;
    }
    if (blockStripes === STRIPES_PER_BLOCK) {
      products0 = scramble(joined(products0, values0), v128.load(SECRET, 128));
      products1 = scramble(joined(products1, values1), v128.load(SECRET, 144));
      products2 = scramble(joined(products2, values2), v128.load(SECRET, 160));
      products3 = scramble(joined(products3, values3), v128.load(SECRET, 176));
      values0 =
        values1 =
        values2 =
        values3 =
          i64x2.splat(0);
    }
    stripes -= blockStripes;
  }
  stripe = at + length - STRIPE_BYTES;
  const keyed0 = v128.xor(v128.load(stripe), v128.load(SECRET, 121));
  const keyed1 = v128.xor(v128.load(stripe, 16), v128.load(SECRET, 137));
  const keyed2 = v128.xor(v128.load(stripe, 32), v128.load(SECRET, 153));
  const keyed3 = v128.xor(v128.load(stripe, 48), v128.load(SECRET, 169));
  products0 = i64x2.add(products0, lowProducts(keyed0, keyed1));
  products1 = i64x2.add(products1, highProducts(keyed0, keyed1));
  products2 = i64x2.add(products2, lowProducts(keyed2, keyed3));
  products3 = i64x2.add(products3, highProducts(keyed2, keyed3));
  values0 = i64x2.add(values0, v128.load(stripe));
  values1 = i64x2.add(values1, v128.load(stripe, 16));
  values2 = i64x2.add(values2, v128.load(stripe, 32));
  values3 = i64x2.add(values3, v128.load(stripe, 48));
  const sums = i64x2.add(
    foldedProducts(
      v128.xor(joined(products0, values0), v128.load(SECRET, 11)),
      v128.xor(joined(products1, values1), v128.load(SECRET, 27)),
    ),
    foldedProducts(
      v128.xor(joined(products2, values2), v128.load(SECRET, 43)),
      v128.xor(joined(products3, values3), v128.load(SECRET, 59)),
    ),
  );
  return avalanche(<u64> length * PRIME64_1 + sumOf(sums));
}

/** Of two keyed values, four lanes: the products of the halves of the first two lanes. */
function lowProducts(keyed0: v128, keyed1: v128): v128 {
  return i64x2.extmul_low_i32x4_u(lowHalves(keyed0, keyed1), highHalves(keyed0, keyed1));
}

/** The products of the other two. */
function highProducts(keyed0: v128, keyed1: v128): v128 {
  return i64x2.extmul_high_i32x4_u(lowHalves(keyed0, keyed1), highHalves(keyed0, keyed1));
}

function lowHalves(keyed0: v128, keyed1: v128): v128 {
  return i32x4.shuffle(keyed0, keyed1, 0, 2, 4, 6);
}

function highHalves(keyed0: v128, keyed1: v128): v128 {
  return i32x4.shuffle(keyed0, keyed1, 1, 3, 5, 7);
}

/** Each lane gets the sum of its neighbour's plain values. */
function joined(products: v128, values: v128): v128 {
  return i64x2.add(products, i64x2.shuffle(values, values, 1, 0));
}

function scramble(lanes: v128, key: v128): v128 {
  const mixed = v128.xor(v128.xor(lanes, i64x2.shr_u(lanes, 47)), key);
  return i64x2.mul(mixed, i64x2.splat(PRIME32_1));
}

/** Two keyed mixes of 16 bytes each. */
function mix(at0: u32, secret0: usize, at1: u32, secret1: usize): v128 {
  return foldedProducts(
    v128.xor(v128.load(at0), v128.load(secret0)),
    v128.xor(v128.load(at1), v128.load(secret1)),
  );
}

/** As {@link foldedProduct}, of the lanes of each of two vectors. */
function foldedProducts(pair0: v128, pair1: v128): v128 {
  // a: low halves of the first lanes, then their high halves; b: those of the second lanes.
  const a = i32x4.shuffle(pair0, pair1, 0, 4, 1, 5);
  const b = i32x4.shuffle(pair0, pair1, 2, 6, 3, 7);
  const swapped = i64x2.shuffle(b, b, 1, 0);
  const lowLow = i64x2.extmul_low_i32x4_u(a, b);
  const highLow = i64x2.extmul_high_i32x4_u(a, swapped);
  const lowHigh = i64x2.extmul_low_i32x4_u(a, swapped);
  const highHigh = i64x2.extmul_high_i32x4_u(a, b);
  const low = i64x2.splat(0xffffffff);
  const middle = i64x2.add(
    i64x2.add(i64x2.shr_u(lowLow, 32), v128.and(highLow, low)),
    lowHigh,
  );
  const upper = i64x2.add(
    i64x2.add(i64x2.shr_u(highLow, 32), i64x2.shr_u(middle, 32)),
    highHigh,
  );
  return v128.xor(upper, v128.or(i64x2.shl(middle, 32), v128.and(lowLow, low)));
}

function sumOf(lanes: v128): u64 {
  return i64x2.extract_lane(lanes, 0) + i64x2.extract_lane(lanes, 1);
}

function mix16(at: u32, secret: usize): u64 {
  return foldedProduct(load<u64>(at) ^ load<u64>(secret), load<u64>(at, 8) ^ load<u64>(secret, 8));
}

/** The halves of the 128-bit product, XORed; put together from four products of 32-bit halves. */
function foldedProduct(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff;
  const aHigh = a >> 32;
  const bLow = b & 0xffffffff;
  const bHigh = b >> 32;
  const lowLow = aLow * bLow;
  const highLow = aHigh * bLow;
  const middle = (lowLow >> 32) + (highLow & 0xffffffff) + aLow * bHigh;
  const upper = (highLow >> 32) + (middle >> 32) + aHigh * bHigh;
  return upper ^ ((middle << 32) | (lowLow & 0xffffffff));
}

function avalanche(value: u64): u64 {
  const hash = (value ^ (value >> 37)) * PRIME_MX1;
  return hash ^ (hash >> 32);
}

/** The closing steps of XXH64. */
function avalanche64(value: u64): u64 {
  let hash = (value ^ (value >> 33)) * PRIME64_2;
  hash = (hash ^ (hash >> 29)) * PRIME64_3;
  return hash ^ (hash >> 32);
}

const PRIME32_1: u64 = 0x9e3779b1;
const PRIME32_2: u64 = 0x85ebca77;
const PRIME32_3: u64 = 0xc2b2ae3d;
const PRIME64_1: u64 = 0x9e3779b185ebca87;
const PRIME64_2: u64 = 0xc2b2ae3d27d4eb4f;
const PRIME64_3: u64 = 0x165667b19e3779f9;
const PRIME64_4: u64 = 0x85ebca77c2b2ae63;
const PRIME64_5: u64 = 0x27d4eb2f165667c5;
const PRIME_MX1: u64 = 0x165667919e3779f9;
const PRIME_MX2: u64 = 0x9fb21c651e98df25;

const STRIPE_BYTES: u32 = 64;
const STRIPES_PER_BLOCK: u32 = 16;

/** The 192 bytes every XXH3 starts from. */
// deno-fmt-ignore
const SECRET: usize = memory.data<u8>([
  0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c,
  0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f,
  0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21,
  0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c,
  0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb, 0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3,
  0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8,
  0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d,
  0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31, 0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64,
  0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
  0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e,
  0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc, 0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce,
  0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e,
]);
