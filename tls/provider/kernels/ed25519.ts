// @ts-nocheck: AssemblyScript
/**
 * Ed25519 (RFC 8032 §5.1) but for its SHA-512, which the caller computes. Signing takes the same time
 * for all keys and nonces; verifying does not, as nothing in it is secret.
 *
 * @module
 */
import {
  CHALLENGE_AT,
  NONCE_AT,
  POINT_AT,
  RESPONSE_AT,
  RESULT_AT,
  SECRET_AT,
  WORK_AT,
  WORK_BYTES,
} from "./curve25519_memory.ts";
import {
  addWithZ,
  BASE_RESULT,
  DIGITS,
  doublePoint,
  ENTRY_BYTES,
  multiplyBase,
  negateEntry,
  POINT_BYTES,
  recode,
  SELECTED,
  setIdentity,
  storeEntry,
  T,
  Y,
  Z,
} from "./edwards25519.ts";
import {
  add,
  FIELD_BYTES,
  fromBytes,
  invert,
  multiply,
  powerUpTo250,
  setSmall,
  square,
  squareTimes,
  subtract,
  toBytes,
} from "./field25519.ts";
import { isReduced, multiplyAdd, reduceWide, SCALAR_WORK_END } from "./scalar25519.ts";

/** The public key (§5.1.5) of the secret scalar, which is clamped already. */
export function ed25519PublicKey(): void {
  multiplyBase(SECRET_AT);
  encodePoint(RESULT_AT, BASE_RESULT);
  memory.fill(SECRET_AT, 0, 32);
  forget();
}

/** The first half of a signature: R, of the nonce's hash (§5.1.6, steps 2 and 3). */
export function ed25519Commit(): void {
  reduceWide(SCALAR, NONCE_AT);
  multiplyBase(SCALAR);
  encodePoint(RESULT_AT, BASE_RESULT);
  forget();
}

/** The second half: S, of the nonce, the challenge and the secret scalar (steps 4 and 5). Forgets all three. */
export function ed25519Respond(): void {
  reduceWide(SCALAR, NONCE_AT);
  reduceWide(CHALLENGE, CHALLENGE_AT);
  multiplyAdd(RESPONSE_AT, SCALAR, SECRET_AT, CHALLENGE);
  memory.fill(SECRET_AT, 0, 32);
  memory.fill(NONCE_AT, 0, 128);
  forget();
}

/**
 * Whether R, at the result's place, and S are the point's signature for the challenge: R is the
 * encoding of S B - k A (§5.1.7, without the cofactor).
 */
export function ed25519Verify(): bool {
  if (!isReduced(RESPONSE_AT) || !decodePoint(KEY, POINT_AT)) return false;
  if (isOfSmallOrder(KEY)) return false;
  negate(KEY);
  reduceWide(CHALLENGE, CHALLENGE_AT);
  multiplyPublic(PRODUCT, CHALLENGE, KEY);
  multiplyBase(RESPONSE_AT);
  storeEntry(SELECTED, BASE_RESULT);
  addWithZ(PRODUCT, PRODUCT, SELECTED, BASE_RESULT + Z);
  encodePoint(BYTES, PRODUCT);
  return isEqual(BYTES, RESULT_AT);
}

/** Leaves `scalar` times `point`. Not for secrets. */
function multiplyPublic(to: usize, scalar: usize, point: usize): void {
  memory.copy(MULTIPLES, point, POINT_BYTES);
  for (let multiple: usize = 0; multiple < 8; multiple++) {
    const at = MULTIPLES + multiple * POINT_BYTES;
    storeEntry(ENTRIES + multiple * ENTRY_BYTES, at);
    if (multiple < 7) addWithZ(at + POINT_BYTES, at, ENTRIES, point + Z);
  }
  recode(scalar);
  setIdentity(to);
  for (let at: i32 = 63; at >= 0; at--) {
    for (let times = 0; times < 4; times++) doublePoint(to, to);
    const digit = <i32> load<i8>(DIGITS + at);
    if (digit === 0) continue;
    const multiple = <usize> (abs(digit) - 1);
    memory.copy(SELECTED, ENTRIES + multiple * ENTRY_BYTES, ENTRY_BYTES);
    negateEntry(i32x4.splat(digit >> 31));
    addWithZ(to, to, SELECTED, MULTIPLES + multiple * POINT_BYTES + Z);
  }
}

/** §5.1.2. */
function encodePoint(bytes: usize, point: usize): void {
  invert(U, point + Z);
  multiply(V, point, U);
  multiply(U, point + Y, U);
  toBytes(BYTES, V);
  const sign = load<u8>(BYTES) << 7;
  toBytes(bytes, U);
  store<u8>(bytes, load<u8>(bytes, 31) | sign, 31);
}

/** §5.1.3; whether the bytes are the one encoding of a point. */
function decodePoint(to: usize, bytes: usize): bool {
  const sign = load<u8>(bytes, 31) >> 7;
  fromBytes(to + Y, bytes);
  toBytes(BYTES, to + Y);
  store<u8>(BYTES, load<u8>(BYTES, 31) | (sign << 7), 31);
  if (!isEqual(BYTES, bytes)) return false;
  setSmall(to + Z, 1);
  square(U, to + Y);
  multiply(V, U, D);
  subtract(U, U, to + Z);
  add(V, V, to + Z);
  if (!root(to, U, V)) return false;
  toBytes(BYTES, to);
  if ((load<u8>(BYTES) & 1) !== sign) {
    if (isZero(to)) return false;
    setSmall(V, 0);
    subtract(to, V, to);
  }
  multiply(to + T, to, to + Y);
  return true;
}

/** A root of u / v: u v^3 (u v^7)^((p - 5) / 8), or that times a root of -1. Whether there is one. */
function root(to: usize, u: usize, v: usize): bool {
  square(POWER, v);
  multiply(POWER, POWER, v);
  multiply(CHECK, POWER, u);
  square(POWER, POWER);
  multiply(POWER, POWER, v);
  multiply(POWER, POWER, u);
  powerUpTo250(to, POWER);
  // (p - 5) / 8 = 2^252 - 3.
  squareTimes(to, to, 2);
  multiply(to, to, POWER);
  multiply(to, to, CHECK);
  square(CHECK, to);
  multiply(CHECK, CHECK, v);
  subtract(POWER, CHECK, u);
  if (isZero(POWER)) return true;
  add(POWER, CHECK, u);
  multiply(to, to, ROOT_OF_MINUS_1);
  return isZero(POWER);
}

/** Whether eight times the point is neutral. */
function isOfSmallOrder(point: usize): bool {
  doublePoint(PRODUCT, point);
  doublePoint(PRODUCT, PRODUCT);
  doublePoint(PRODUCT, PRODUCT);
  return isZero(PRODUCT);
}

function negate(point: usize): void {
  setSmall(U, 0);
  subtract(point, U, point);
  subtract(point + T, U, point + T);
}

function isZero(element: usize): bool {
  toBytes(BYTES, element);
  return (load<u64>(BYTES) | load<u64>(BYTES, 8) | load<u64>(BYTES, 16) | load<u64>(BYTES, 24)) ===
    0;
}

function isEqual(a: usize, b: usize): bool {
  return load<u64>(a) === load<u64>(b) && load<u64>(a, 8) === load<u64>(b, 8) &&
    load<u64>(a, 16) === load<u64>(b, 16) && load<u64>(a, 24) === load<u64>(b, 24);
}

function forget(): void {
  memory.fill(WORK_AT, 0, WORK_BYTES);
}

const SCALAR: usize = SCALAR_WORK_END;
const CHALLENGE: usize = SCALAR + 32;
const BYTES: usize = CHALLENGE + 32;
const U: usize = BYTES + 32;
const V: usize = U + FIELD_BYTES;
const POWER: usize = V + FIELD_BYTES;
const CHECK: usize = POWER + FIELD_BYTES;
const KEY: usize = CHECK + FIELD_BYTES;
const PRODUCT: usize = KEY + POINT_BYTES;
const MULTIPLES: usize = PRODUCT + POINT_BYTES;
const ENTRIES: usize = MULTIPLES + 8 * POINT_BYTES;

/** -121665 / 121666, and 2^((p - 1) / 4). */
// deno-fmt-ignore
const D: usize = memory.data<i32>([
  -212240221, 257584721, -260691235, 1350275, -24543225, 3980221, -103927011, -37392896, 5374829,
  0, 0, 0,
]);
// deno-fmt-ignore
const ROOT_OF_MINUS_1: usize = memory.data<i32>([
  168730800, 124836154, 200875569, 103812442, -42306828, 5021438, -64180940, -267782084, 2851621,
  0, 0, 0,
]);
