// @ts-nocheck: AssemblyScript
/**
 * The ML-KEM-768 kernel (FIPS 203 §7, k = 3, eta = 2, du = 10, dv = 4). This is the entry point that
 * `scripts/kernels.ts` compiles to `mlkem768.wasm`; `tls/provider/mlkem768_kernel.ts` fills the memory
 * and calls.
 *
 * @module
 */
import { KECCAK_WORK_END, sha3_256, sha3_512, shake256 } from "./keccak.ts";
import {
  CIPHERTEXT_AT,
  CIPHERTEXT_BYTES,
  DECAPSULATION_KEY_AT,
  ENCAPSULATION_KEY_AT,
  ENCAPSULATION_KEY_BYTES,
  SECRET_AT,
  SEED_AT,
  WORK_AT,
  WORK_BYTES,
} from "./mlkem768_memory.ts";
import {
  decode1,
  decode10,
  decode12,
  decode4,
  encode1,
  encode10,
  encode12,
  encode4,
} from "./mlkem_encoding.ts";
import { sampleNoise, sampleUniform } from "./mlkem_sampling.ts";
import {
  addPolynomial,
  canonical,
  makeTables,
  POLYNOMIAL_BYTES,
  product,
  reduce,
  scale,
  subtractPolynomial,
  transform,
  transformBack,
} from "./ring3329.ts";

/** Algorithms 16 and 13: both keys from the seed d and z. */
export function keygen(): void {
  makeTables();
  memory.copy(HASHED, SEED_AT, 32);
  store<u8>(HASHED, K, 32);
  sha3_512(RHO, HASHED, 33);
  for (let row: usize = 0; row < K; row++) {
    noise(VECTOR + row * POLYNOMIAL_BYTES, SIGMA, <u8> row);
    toTransform(VECTOR + row * POLYNOMIAL_BYTES);
  }
  for (let row: usize = 0; row < K; row++) {
    sampleRow(RHO, row, false);
    product(SUM, ROW, VECTOR);
    scale(SUM);
    noise(NOISE, SIGMA, <u8> (K + row));
    toTransform(NOISE);
    addPolynomial(SUM, NOISE);
    canonical(SUM);
    encode12(ENCAPSULATION_KEY + row * 384, SUM);
  }
  memory.copy(ENCAPSULATION_KEY + K * 384, RHO, 32);
  for (let row: usize = 0; row < K; row++) {
    canonical(VECTOR + row * POLYNOMIAL_BYTES);
    encode12(DECAPSULATION_KEY + row * 384, VECTOR + row * POLYNOMIAL_BYTES);
  }
  sha3_256(KEY_HASH, ENCAPSULATION_KEY, ENCAPSULATION_KEY_BYTES);
  memory.copy(REJECTION, SEED_AT + 32, 32);
  memory.fill(SEED_AT, 0, 64);
  forget();
}

/** Algorithm 17: secret and ciphertext from the key and the 32 bytes m. Whether the key passed its check. */
export function encapsulate(): bool {
  makeTables();
  memory.copy(MESSAGE, SEED_AT, 32);
  sha3_256(MESSAGE + 32, ENCAPSULATION_KEY, ENCAPSULATION_KEY_BYTES);
  sha3_512(SHARED, MESSAGE, 64);
  const isSound = encrypt(CIPHERTEXT_AT);
  memory.copy(SECRET_AT, SHARED, 32);
  memory.fill(SEED_AT, 0, 32);
  forget();
  return isSound;
}

/** Algorithm 18: the secret, or one of the rejection's. Whether the key passed its check. */
export function decapsulate(): bool {
  makeTables();
  sha3_256(HASHED, ENCAPSULATION_KEY, ENCAPSULATION_KEY_BYTES);
  const isSound = difference(HASHED, KEY_HASH, 32) === 0;
  decrypt();
  memory.copy(MESSAGE + 32, KEY_HASH, 32);
  sha3_512(SHARED, MESSAGE, 64);
  memory.copy(HASHED, REJECTION, 32);
  memory.copy(HASHED + 32, CIPHERTEXT_AT, CIPHERTEXT_BYTES);
  shake256(SECRET_AT, 32, HASHED, 32 + CIPHERTEXT_BYTES);
  encrypt(CIPHERTEXT_AGAIN);
  // The rejection's secret gives way, in every bit, where the ciphertexts are equal.
  const unequal = difference(CIPHERTEXT_AGAIN, CIPHERTEXT_AT, CIPHERTEXT_BYTES);
  const mask: u64 = ((unequal | (0 - unequal)) >> 63) - 1;
  for (let at: usize = 0; at < 32; at += 8) {
    const rejection = load<u64>(<usize> SECRET_AT + at);
    const changed = (rejection ^ load<u64>(SHARED + at)) & mask;
    store<u64>(<usize> SECRET_AT + at, rejection ^ changed);
  }
  memory.fill(DECAPSULATION_KEY, 0, 1152);
  memory.fill(REJECTION, 0, 32);
  forget();
  return isSound;
}

/** Algorithm 14: of `MESSAGE` with `COINS`. Whether the key's coefficients are below q. */
function encrypt(to: usize): bool {
  let isSound = true;
  for (let row: usize = 0; row < K; row++) {
    noise(VECTOR + row * POLYNOMIAL_BYTES, COINS, <u8> row);
    toTransform(VECTOR + row * POLYNOMIAL_BYTES);
  }
  for (let row: usize = 0; row < K; row++) {
    sampleRow(ENCAPSULATION_KEY + K * 384, row, true);
    product(SUM, ROW, VECTOR);
    transformBack(SUM);
    noise(NOISE, COINS, <u8> (K + row));
    addPolynomial(SUM, NOISE);
    canonical(SUM);
    encode10(to + row * 320, SUM);
  }
  for (let row: usize = 0; row < K; row++) {
    const isRowSound = decode12(ROW + row * POLYNOMIAL_BYTES, ENCAPSULATION_KEY + row * 384);
    isSound = isSound && isRowSound;
  }
  product(SUM, ROW, VECTOR);
  transformBack(SUM);
  noise(NOISE, COINS, <u8> (2 * K));
  addPolynomial(SUM, NOISE);
  decode1(NOISE, MESSAGE);
  addPolynomial(SUM, NOISE);
  canonical(SUM);
  encode4(to + K * 320, SUM);
  return isSound;
}

/** Algorithm 15: leaves `MESSAGE`. */
function decrypt(): void {
  for (let row: usize = 0; row < K; row++) {
    decode10(VECTOR + row * POLYNOMIAL_BYTES, <usize> CIPHERTEXT_AT + row * 320);
    toTransform(VECTOR + row * POLYNOMIAL_BYTES);
    decode12(ROW + row * POLYNOMIAL_BYTES, DECAPSULATION_KEY + row * 384);
  }
  product(SUM, ROW, VECTOR);
  transformBack(SUM);
  decode4(NOISE, <usize> CIPHERTEXT_AT + K * 320);
  subtractPolynomial(NOISE, SUM);
  canonical(NOISE);
  encode1(MESSAGE, NOISE);
}

/** Row `row` of the matrix of a seed of 32 bytes, or of its transpose. */
function sampleRow(seed: usize, row: usize, isTransposed: bool): void {
  memory.copy(HASHED, seed, 32);
  for (let column: usize = 0; column < K; column++) {
    store<u8>(HASHED, <u8> (isTransposed ? row : column), 32);
    store<u8>(HASHED, <u8> (isTransposed ? column : row), 33);
    sampleUniform(ROW + column * POLYNOMIAL_BYTES, HASHED, BUFFER);
  }
}

function noise(to: usize, seed: usize, index: u8): void {
  memory.copy(HASHED, seed, 32);
  store<u8>(HASHED, index, 32);
  sampleNoise(to, HASHED, BUFFER);
}

function toTransform(polynomial: usize): void {
  transform(polynomial);
  reduce(polynomial);
}

/** 0 when all bytes are equal. */
function difference(a: usize, b: usize, bytes: usize): u64 {
  let unequal: u64 = 0;
  for (let at: usize = 0; at < bytes; at += 8) unequal |= load<u64>(a + at) ^ load<u64>(b + at);
  return unequal;
}

/** Overwrites what was made of secrets. */
function forget(): void {
  memory.fill(WORK_AT, 0, WORK_BYTES);
}

const K: usize = 3;
const DECAPSULATION_KEY: usize = DECAPSULATION_KEY_AT;
const ENCAPSULATION_KEY: usize = ENCAPSULATION_KEY_AT;
/** Behind the encapsulation key: its hash, and z. */
const KEY_HASH: usize = ENCAPSULATION_KEY + ENCAPSULATION_KEY_BYTES;
const REJECTION: usize = KEY_HASH + 32;

/** rho and sigma of key generation; the secret and the coins of encryption. */
const RHO: usize = KECCAK_WORK_END;
const SIGMA: usize = RHO + 32;
const SHARED: usize = RHO;
const COINS: usize = SIGMA;
/** m and the hash of the key, one after the other. */
const MESSAGE: usize = RHO + 64;
/** What is hashed, at most z and a ciphertext; what is squeezed, at most a block. */
const HASHED: usize = MESSAGE + 64;
const BUFFER: usize = HASHED + 1152;
const CIPHERTEXT_AGAIN: usize = BUFFER + 256;
const ROW: usize = CIPHERTEXT_AGAIN + 1152;
const VECTOR: usize = ROW + 3 * POLYNOMIAL_BYTES;
const SUM: usize = VECTOR + 3 * POLYNOMIAL_BYTES;
const NOISE: usize = SUM + POLYNOMIAL_BYTES;
