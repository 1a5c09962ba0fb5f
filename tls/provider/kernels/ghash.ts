// @ts-nocheck: AssemblyScript
/**
 * GHASH (NIST SP 800-38D §6.4) without a look-up in memory that depends on what is hashed. The first
 * coefficient of a block is the highest bit of its first byte, and so it stays here.
 *
 * A block is 32 nibbles; a nibble times a power of H is one of 16 elements. Row r of the power's
 * table holds byte r of each of the 16, so that one swizzle looks up byte r for all nibbles of a
 * block: those looked up belong r bytes further on. Eight blocks times eight powers are summed up
 * row by row before anything moves, and reduced once.
 *
 * @module
 */
import {
  GHASH_AT,
  GHASH_BUFFER_AT,
  GHASH_PRODUCT_AT,
  GHASH_TABLES_AT,
  H_POWERS_OFFSET,
  KEY_AT,
} from "./aead_memory.ts";
import { copy } from "./bytes.ts";

const GROUP: u32 = 8;
const TABLE_BYTES: usize = 256;
const LAST_TABLE: usize = GHASH_TABLES_AT + TABLE_BYTES * (GROUP - 1);

/** Blocks that wait in the buffer. */
let waiting: u32 = 0;

/** From H, at its place in the key's state, makes H² to H⁸ behind it. */
export function raiseH(): void {
  const first: usize = KEY_AT + H_POWERS_OFFSET;
  writeTable(LAST_TABLE, first);
  for (let power: usize = 1; power < GROUP; power++) {
    v128.store(GHASH_AT, i64x2.splat(0));
    multiplyBlocks(first + 16 * (power - 1), 1);
    v128.store(first + 16 * power, v128.load(GHASH_AT));
  }
}

/** Writes the tables of the powers in the key's state. */
export function loadH(): void {
  for (let power: usize = 0; power < GROUP; power++) {
    writeTable(LAST_TABLE - TABLE_BYTES * power, KEY_AT + H_POWERS_OFFSET + 16 * power);
  }
}

/** Starts a message. */
export function ghashStart(): void {
  v128.store(GHASH_AT, i64x2.splat(0));
  waiting = 0;
}

/** Takes `length` bytes and zeros up to a whole block. */
export function ghashPadded(at: usize, length: u32): void {
  while (length > 0) {
    const next = GHASH_BUFFER_AT + 16 * waiting;
    const taken = min<u32>(length, 16);
    v128.store(next, i64x2.splat(0));
    copy(next, at, taken);
    at += taken;
    length -= taken;
    waiting++;
    if (waiting === GROUP) ghashFlush();
  }
}

/** Takes eight blocks at once; none may wait. */
export function ghashGroup(at: usize): void {
  multiplyBlocks(at, GROUP);
}

/** Takes the blocks that wait. */
export function ghashFlush(): void {
  if (waiting === 0) return;
  multiplyBlocks(GHASH_BUFFER_AT, waiting);
  waiting = 0;
}

/** Takes the lengths (in bits) of associated data and ciphertext, and gives the hash. */
export function ghashFinish(aadLength: u32, length: u32): v128 {
  const lengths = i64x2.replace_lane(i64x2.splat((<u64> length) << 3), 1, (<u64> aadLength) << 3);
  v128.store(LENGTHS, reversed(lengths));
  ghashPadded(LENGTHS, 16);
  ghashFlush();
  return v128.load(GHASH_AT);
}

/**
 * The running value plus the first block times Hⁿ, plus the second times Hⁿ⁻¹, down to H, where n is
 * `count`, at most 8. Works on four blocks at a time: what lies behind the last one meets a table
 * of zeros.
 */
function multiplyBlocks(at: usize, count: u32): void {
  let table = LAST_TABLE - TABLE_BYTES * (count - 1);
  let running = v128.load(GHASH_AT);
  let high0 = i64x2.splat(0), high1 = high0, low0 = high0, low1 = high0;
  for (let done: u32 = 0; done < count; done += 4) {
    const a = v128.xor(v128.load(at), running);
    const b = v128.load(at, 16), c = v128.load(at, 32), d = v128.load(at, 48);
    const aHigh = i8x16.shr_u(a, 4), bHigh = i8x16.shr_u(b, 4);
    const cHigh = i8x16.shr_u(c, 4), dHigh = i8x16.shr_u(d, 4);
    const aLow = nibble(a), bLow = nibble(b), cLow = nibble(c), dLow = nibble(d);
    let sumHigh0 = i64x2.splat(0), sumHigh1 = sumHigh0, sumLow0 = sumHigh0, sumLow1 = sumHigh0;
    for (let row = table + TABLE_BYTES - 16; row >= table; row -= 16) {
      sumHigh1 = oneFurther(sumHigh0, sumHigh1);
      sumLow1 = oneFurther(sumLow0, sumLow1);
      // Apart from the sums, which wait for those of the row before.
      const ofA = v128.load(row), ofB = v128.load(row, TABLE_BYTES);
      const ofC = v128.load(row, 2 * TABLE_BYTES), ofD = v128.load(row, 3 * TABLE_BYTES);
      let ofHigh = i8x16.relaxed_swizzle(ofA, aHigh);
      ofHigh = v128.xor(ofHigh, i8x16.relaxed_swizzle(ofB, bHigh));
      ofHigh = v128.xor(ofHigh, i8x16.relaxed_swizzle(ofC, cHigh));
      ofHigh = v128.xor(ofHigh, i8x16.relaxed_swizzle(ofD, dHigh));
      sumHigh0 = v128.xor(oneFurther(i64x2.splat(0), sumHigh0), ofHigh);
      let ofLow = i8x16.relaxed_swizzle(ofA, aLow);
      ofLow = v128.xor(ofLow, i8x16.relaxed_swizzle(ofB, bLow));
      ofLow = v128.xor(ofLow, i8x16.relaxed_swizzle(ofC, cLow));
      ofLow = v128.xor(ofLow, i8x16.relaxed_swizzle(ofD, dLow));
      sumLow0 = v128.xor(oneFurther(i64x2.splat(0), sumLow0), ofLow);
    }
    high0 = v128.xor(high0, sumHigh0);
    high1 = v128.xor(high1, sumHigh1);
    low0 = v128.xor(low0, sumLow0);
    low1 = v128.xor(low1, sumLow1);
    running = i64x2.splat(0);
    at += 64;
    table += 4 * TABLE_BYTES;
  }
  v128.store(GHASH_AT, reduced(reversed(high0), reversed(high1), reversed(low0), reversed(low1)));
}

function nibble(bytes: v128): v128 {
  return v128.and(bytes, i8x16.splat(15));
}

/** The bytes of `after` one place further, behind the last byte of `before`. */

function oneFurther(before: v128, after: v128): v128 {
  // deno-fmt-ignore
  return i8x16.shuffle(
    before, after, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
  );
}

/** Bytes in opposite order: afterwards the first coefficient is the highest bit of lane 1. */

function reversed(bytes: v128): v128 {
  return i8x16.relaxed_swizzle(bytes, v128.load(REVERSE));
}

/**
 * The sum of both products, those of the low nibbles four places further, modulo
 * x¹²⁸ + x⁷ + x² + x + 1. Further on is to the right.
 */

function reduced(high0: v128, high1: v128, low0: v128, low1: v128): v128 {
  const l0: u64 = i64x2.extract_lane(low0, 1), l1: u64 = i64x2.extract_lane(low0, 0);
  const l2: u64 = i64x2.extract_lane(low1, 1), l3: u64 = i64x2.extract_lane(low1, 0);
  const p0: u64 = i64x2.extract_lane(high0, 1) ^ (l0 >> 4);
  const p1: u64 = i64x2.extract_lane(high0, 0) ^ (l0 << 60) ^ (l1 >> 4);
  const p3: u64 = i64x2.extract_lane(high1, 0) ^ (l2 << 60) ^ (l3 >> 4);
  // What the reduction itself moves beyond x¹²⁷ starts at x¹²⁸ again.
  const p2: u64 = i64x2.extract_lane(high1, 1) ^ (l1 << 60) ^ (l2 >> 4) ^
    (p3 << 63) ^ (p3 << 62) ^ (p3 << 57);
  const r0: u64 = p0 ^ p2 ^ (p2 >> 1) ^ (p2 >> 2) ^ (p2 >> 7);
  const r1: u64 = p1 ^ p3 ^ ((p3 >> 1) | (p2 << 63)) ^ ((p3 >> 2) | (p2 << 62)) ^
    ((p3 >> 7) | (p2 << 57));
  return reversed(i64x2.replace_lane(i64x2.splat(r1), 1, r0));
}

/** The table of one power: row r, entry n is byte r of n times the power; 8 is the nibble's x⁰. */
function writeTable(table: usize, power: usize): void {
  const bytes = reversed(v128.load(power));
  let first: u64 = i64x2.extract_lane(bytes, 1), second: u64 = i64x2.extract_lane(bytes, 0);
  for (let x: usize = 0; x < 64; x += 16) {
    const product = i64x2.replace_lane(i64x2.splat(second), 1, first);
    v128.store(GHASH_PRODUCT_AT + x, reversed(product));
    // Times x.
    const carry: u64 = 0 - (second & 1);
    second = (second >> 1) | (first << 63);
    first = (first >> 1) ^ (carry & 0xe100000000000000);
  }
  const having0 = v128.load(ENTRIES), having1 = v128.load(ENTRIES, 16);
  const having2 = v128.load(ENTRIES, 32), having3 = v128.load(ENTRIES, 48);
  for (let row: usize = 0; row < 16; row++) {
    const at = GHASH_PRODUCT_AT + row;
    const high = v128.xor(
      v128.and(v128.load8_splat(at), having0),
      v128.and(v128.load8_splat(at, 16), having1),
    );
    const low = v128.xor(
      v128.and(v128.load8_splat(at, 32), having2),
      v128.and(v128.load8_splat(at, 48), having3),
    );
    v128.store(table + 16 * row, v128.xor(high, low));
  }
}

// deno-fmt-ignore
const REVERSE = memory.data<u8>([15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);

/** Which nibbles have x⁰, x¹, x², x³. */
// deno-fmt-ignore
const ENTRIES = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0, 255, 255, 255, 255,
  0, 0, 255, 255, 0, 0, 255, 255, 0, 0, 255, 255, 0, 0, 255, 255,
  0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255,
]);
const LENGTHS: usize = memory.data(16, 16);
