// @ts-nocheck: AssemblyScript
/**
 * Polynomials as bytes, whole and compressed (FIPS 203 §4.2.1). What is encoded is canonical; what is
 * decoded is within 0 and q but for {@link decode12}.
 *
 * @module
 */
import { Q } from "./ring3329.ts";

/** ByteEncode of 12 bits: 384 bytes. */
export function encode12(to: usize, polynomial: usize): void {
  for (let at: usize = 0; at < 128; at++) {
    const pair = load<u32>(polynomial + 4 * at);
    const bits = (pair & 0xfff) | ((pair >> 4) & 0xfff000);
    store<u16>(to + 3 * at, <u16> bits);
    store<u8>(to + 3 * at, <u8> (bits >> 16), 2);
  }
}

/** ByteDecode of 12 bits; whether all coefficients are below q (the modulus check of §7.2). */
export function decode12(polynomial: usize, bytes: usize): bool {
  let excess: i32 = 0;
  for (let at: usize = 0; at < 128; at++) {
    const bits = load<u32>(bytes + 3 * at);
    const first = <i32> (bits & 0xfff);
    const second = <i32> ((bits >> 12) & 0xfff);
    excess |= (Q - 1 - first) | (Q - 1 - second);
    store<u32>(polynomial + 4 * at, first | (second << 16));
  }
  return excess >= 0;
}

/** Compress and ByteEncode of 10 bits: 320 bytes. */
export function encode10(to: usize, polynomial: usize): void {
  for (let at: usize = 0; at < 64; at++) {
    const first = compressed(polynomial + 8 * at, 10) |
      (compressed(polynomial + 8 * at + 2, 10) << 10);
    const last = compressed(polynomial + 8 * at + 4, 10) |
      (compressed(polynomial + 8 * at + 6, 10) << 10);
    store<u32>(to + 5 * at, <u32> (first | (last << 20)));
    store<u8>(to + 5 * at, <u8> (last >> 12), 4);
  }
}

export function decode10(polynomial: usize, bytes: usize): void {
  for (let at: usize = 0; at < 64; at++) {
    const bits = <u64> load<u32>(bytes + 5 * at) | (<u64> load<u8>(bytes + 5 * at, 4) << 32);
    for (let each: usize = 0; each < 4; each++) {
      const part = <u32> (bits >> (10 * each)) & 0x3ff;
      store<i16>(polynomial + 8 * at + 2 * each, <i16> ((part * Q + 512) >> 10));
    }
  }
}

/** Compress and ByteEncode of 4 bits: 128 bytes. */
export function encode4(to: usize, polynomial: usize): void {
  for (let at: usize = 0; at < 128; at++) {
    const pair = polynomial + 4 * at;
    store<u8>(to + at, <u8> (compressed(pair, 4) | (compressed(pair + 2, 4) << 4)));
  }
}

export function decode4(polynomial: usize, bytes: usize): void {
  for (let at: usize = 0; at < 128; at++) {
    const byte = <u32> load<u8>(bytes + at);
    store<i16>(polynomial + 4 * at, <i16> (((byte & 15) * Q + 8) >> 4));
    store<i16>(polynomial + 4 * at, <i16> (((byte >> 4) * Q + 8) >> 4), 2);
  }
}

/** Compress and ByteEncode of 1 bit: 32 bytes. */
export function encode1(to: usize, polynomial: usize): void {
  for (let at: usize = 0; at < 32; at++) {
    let byte: u64 = 0;
    for (let bit: usize = 0; bit < 8; bit++) {
      byte |= compressed(polynomial + 16 * at + 2 * bit, 1) << bit;
    }
    store<u8>(to + at, <u8> byte);
  }
}

export function decode1(polynomial: usize, bytes: usize): void {
  for (let at: usize = 0; at < 256; at++) {
    const bit = (<i32> load<u8>(bytes + (at >> 3)) >> <i32> (at & 7)) & 1;
    store<i16>(polynomial + 2 * at, <i16> (-bit & 1665));
  }
}

/**
 * Compress_d: x * 2^d / q, rounded, modulo 2^d. The multiplication by 2^29 / q gives the same for
 * every x and no division's time tells of it.
 */
function compressed(coefficient: usize, d: u64): u64 {
  const numerator = (<u64> load<u16>(coefficient) << d) + 1664;
  return ((numerator * 161271) >> 29) & ((1 << d) - 1);
}
