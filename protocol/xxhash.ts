/**
 * The two hashes of the protocol, written to be read: XXH32 chooses partitions and numbers consumers
 * (CLASSIC.md sections 3.2, 3.5), XXH3-64 is every checksum. Both after the xxHash specification
 * (github.com/Cyan4973/xxHash, doc/xxhash_spec.md), whose names they keep; seed 0 for XXH3. The fast
 * twin of XXH3-64 is `lib/log/checksum.ts`.
 *
 * @module
 */

/** XXH32 of `bytes`: a u32. */
export function xxh32(bytes: Uint8Array, seed = 0): number {
  const input = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let hash = seed + PRIME32_5;
  if (bytes.length >= 16) {
    const lanes = [seed + PRIME32_1 + PRIME32_2, seed + PRIME32_2, seed, seed - PRIME32_1];
    for (; at + 16 <= bytes.length; at += 16) {
      for (let lane = 0; lane < 4; lane++) {
        const mixed = lanes[lane] + Math.imul(input.getUint32(at + 4 * lane, true), PRIME32_2);
        lanes[lane] = Math.imul(rotate32(mixed, 13), PRIME32_1);
      }
    }
    hash = rotate32(lanes[0], 1) + rotate32(lanes[1], 7) + rotate32(lanes[2], 12) +
      rotate32(lanes[3], 18);
  }
  hash = (hash + bytes.length) | 0;
  for (; at + 4 <= bytes.length; at += 4) {
    const mixed = hash + Math.imul(input.getUint32(at, true), PRIME32_3);
    hash = Math.imul(rotate32(mixed, 17), PRIME32_4);
  }
  for (; at < bytes.length; at++) {
    hash = Math.imul(rotate32(hash + Math.imul(bytes[at], PRIME32_5), 11), PRIME32_1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), PRIME32_2);
  hash = Math.imul(hash ^ (hash >>> 13), PRIME32_3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** XXH3-64 with seed 0 of `bytes[start, end)`: a u64. */
export function xxh3_64(bytes: Uint8Array, start = 0, end: number = bytes.length): bigint {
  const input = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
  const length = input.byteLength;
  if (length === 0) return avalanche64(u64(SECRET, 56) ^ u64(SECRET, 64));
  if (length <= 3) return hash1To3(input);
  if (length <= 8) return hash4To8(input);
  if (length <= 16) return hash9To16(input);
  if (length <= 128) return hash17To128(input);
  if (length <= 240) return hash129To240(input);
  return hashLong(input);
}

function hash1To3(input: DataView): bigint {
  const length = input.byteLength;
  const first = input.getUint8(0);
  const middle = input.getUint8(length >> 1);
  const last = input.getUint8(length - 1);
  const combined = (first << 16) | (middle << 24) | last | (length << 8);
  return avalanche64((u32(SECRET, 0) ^ u32(SECRET, 4)) ^ BigInt(combined >>> 0));
}

function hash4To8(input: DataView): bigint {
  const length = input.byteLength;
  const combined = u32(input, length - 4) + (u32(input, 0) << 32n);
  let hash = combined ^ u64(SECRET, 8) ^ u64(SECRET, 16);
  hash ^= rotate64(hash, 49n) ^ rotate64(hash, 24n);
  hash = wrap(hash * PRIME_MX2);
  hash ^= (hash >> 35n) + BigInt(length);
  hash = wrap(hash * PRIME_MX2);
  return hash ^ (hash >> 28n);
}

function hash9To16(input: DataView): bigint {
  const length = input.byteLength;
  const low = u64(input, 0) ^ u64(SECRET, 24) ^ u64(SECRET, 32);
  const high = u64(input, length - 8) ^ u64(SECRET, 40) ^ u64(SECRET, 48);
  return avalanche(BigInt(length) + swapBytes(low) + high + foldedProduct(low, high));
}

function hash17To128(input: DataView): bigint {
  const length = input.byteLength;
  let sum = BigInt(length) * PRIME64_1;
  // 16 bytes from either end, then the next 16 inwards, as far as they are needed to cover it all.
  for (let pair = (length - 1) >> 5; pair >= 0; pair--) {
    sum += mix16(input, 16 * pair, 32 * pair);
    sum += mix16(input, length - 16 * (pair + 1), 32 * pair + 16);
  }
  return avalanche(sum);
}

function hash129To240(input: DataView): bigint {
  const length = input.byteLength;
  let sum = BigInt(length) * PRIME64_1;
  for (let at = 0; at < 128; at += 16) sum += mix16(input, at, at);
  sum = avalanche(sum);
  for (let at = 128; at + 16 <= length; at += 16) sum += mix16(input, at, at - 128 + 3);
  return avalanche(sum + mix16(input, length - 16, 136 - 17));
}

/** Stripes of 64 bytes into eight lanes, which are scrambled after each block of 16 stripes. */
function hashLong(input: DataView): bigint {
  const length = input.byteLength;
  const lanes = [...INITIAL_LANES];
  const lastStripe = length - STRIPE_BYTES;
  let stripe = 0;
  for (let at = 0; at + STRIPE_BYTES < length; at += STRIPE_BYTES) {
    accumulate(lanes, input, at, 8 * stripe);
    stripe = (stripe + 1) % STRIPES_PER_BLOCK;
    if (stripe === 0) scramble(lanes);
  }
  // The last 64 bytes are a stripe of their own, part of which was hashed before.
  accumulate(lanes, input, lastStripe, SECRET_BYTES - STRIPE_BYTES - 7);
  let sum = BigInt(length) * PRIME64_1;
  for (let lane = 0; lane < 8; lane += 2) {
    const low = lanes[lane] ^ u64(SECRET, 11 + 8 * lane);
    const high = lanes[lane + 1] ^ u64(SECRET, 11 + 8 * (lane + 1));
    sum += foldedProduct(low, high);
  }
  return avalanche(sum);
}

function accumulate(lanes: bigint[], input: DataView, at: number, secretAt: number): void {
  for (let lane = 0; lane < 8; lane++) {
    const value = u64(input, at + 8 * lane);
    const keyed = value ^ u64(SECRET, secretAt + 8 * lane);
    lanes[lane ^ 1] = wrap(lanes[lane ^ 1] + value);
    lanes[lane] = wrap(lanes[lane] + (keyed & LOW_32) * (keyed >> 32n));
  }
}

function scramble(lanes: bigint[]): void {
  for (let lane = 0; lane < 8; lane++) {
    const key = u64(SECRET, SECRET_BYTES - STRIPE_BYTES + 8 * lane);
    lanes[lane] = wrap((lanes[lane] ^ (lanes[lane] >> 47n) ^ key) * PRIME32_1_U64);
  }
}

function mix16(input: DataView, at: number, secretAt: number): bigint {
  return foldedProduct(
    u64(input, at) ^ u64(SECRET, secretAt),
    u64(input, at + 8) ^ u64(SECRET, secretAt + 8),
  );
}

/** The 128-bit product of two u64, its halves XORed. */
function foldedProduct(a: bigint, b: bigint): bigint {
  const product = a * b;
  return wrap(product) ^ (product >> 64n);
}

function avalanche(value: bigint): bigint {
  let hash = wrap(value);
  hash = wrap((hash ^ (hash >> 37n)) * PRIME_MX1);
  return hash ^ (hash >> 32n);
}

/** The closing steps of XXH64, which XXH3 uses for the shortest inputs. */
function avalanche64(value: bigint): bigint {
  let hash = wrap((value ^ (value >> 33n)) * PRIME64_2);
  hash = wrap((hash ^ (hash >> 29n)) * PRIME64_3);
  return hash ^ (hash >> 32n);
}

function rotate32(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

function rotate64(value: bigint, by: bigint): bigint {
  return wrap(value << by) | (value >> (64n - by));
}

function swapBytes(value: bigint): bigint {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setBigUint64(0, value, true);
  return bytes.getBigUint64(0, false);
}

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

function u32(view: DataView, at: number): bigint {
  return BigInt(view.getUint32(at, true));
}

function u64(view: DataView, at: number): bigint {
  return view.getBigUint64(at, true);
}

const PRIME32_1 = 0x9e3779b1;
const PRIME32_2 = 0x85ebca77;
const PRIME32_3 = 0xc2b2ae3d;
const PRIME32_4 = 0x27d4eb2f;
const PRIME32_5 = 0x165667b1;
const PRIME64_1 = 0x9e3779b185ebca87n;
const PRIME64_2 = 0xc2b2ae3d27d4eb4fn;
const PRIME64_3 = 0x165667b19e3779f9n;
const PRIME64_4 = 0x85ebca77c2b2ae63n;
const PRIME64_5 = 0x27d4eb2f165667c5n;
const PRIME_MX1 = 0x165667919e3779f9n;
const PRIME_MX2 = 0x9fb21c651e98df25n;
const PRIME32_1_U64 = BigInt(PRIME32_1);
const LOW_32 = 0xffffffffn;

const INITIAL_LANES = [
  BigInt(PRIME32_3),
  PRIME64_1,
  PRIME64_2,
  PRIME64_3,
  PRIME64_4,
  BigInt(PRIME32_2),
  PRIME64_5,
  PRIME32_1_U64,
] as const;

const STRIPE_BYTES = 64;
const STRIPES_PER_BLOCK = 16;
const SECRET_BYTES = 192;
const SECRET = new DataView(
  Uint8Array.fromHex(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671f" +
      "cb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c" +
      "3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8" +
      "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364" +
      "eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e" +
      "2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e",
  ).buffer,
);
