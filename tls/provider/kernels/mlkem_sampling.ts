// @ts-nocheck: AssemblyScript
/**
 * Polynomials from bytes that look random (FIPS 203 §4.2.2).
 *
 * @module
 */
import { absorbShake128, SHAKE128_RATE, shake256, squeeze } from "./keccak.ts";
import { POLYNOMIAL_BYTES, Q } from "./ring3329.ts";

/** SampleNTT (algorithm 7) of the 34 bytes at `seed`; `buffer` takes a block. Its work tells of public bytes only. */
export function sampleUniform(to: usize, seed: usize, buffer: usize): void {
  absorbShake128(seed, 34);
  let count: u32 = 0;
  while (count < 256) {
    squeeze(buffer, SHAKE128_RATE);
    for (let at = buffer; at < buffer + <usize> SHAKE128_RATE && count < 256; at += 3) {
      const bits = load<u32>(at);
      const first = bits & 0xfff;
      const second = (bits >> 12) & 0xfff;
      // Stored in any case, and kept when the place moves on.
      store<i16>(to + 2 * count, <i16> first);
      count += u32(first < <u32> Q);
      if (count === 256) break;
      store<i16>(to + 2 * count, <i16> second);
      count += u32(second < <u32> Q);
    }
  }
}

/** SamplePolyCBD of eta = 2 (algorithm 8), of SHAKE256 of the 33 bytes at `seed`; `buffer` takes 128 bytes. */
export function sampleNoise(to: usize, seed: usize, buffer: usize): void {
  shake256(buffer, 128, seed, 33);
  const pairs = i8x16.splat(0x55);
  const twoBits = i8x16.splat(3);
  for (let done: usize = 0; done < POLYNOMIAL_BYTES; done += 64) {
    const bits = v128.load(buffer + (done >> 2));
    const sums = i8x16.add(v128.and(bits, pairs), v128.and(i16x8.shr_u(bits, 1), pairs));
    const even = i8x16.sub(v128.and(sums, twoBits), v128.and(i16x8.shr_u(sums, 2), twoBits));
    const odd = i8x16.sub(
      v128.and(i16x8.shr_u(sums, 4), twoBits),
      v128.and(i16x8.shr_u(sums, 6), twoBits),
    );
    // deno-fmt-ignore
    const low = i8x16.shuffle(even, odd, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    // deno-fmt-ignore
    const high = i8x16.shuffle(even, odd, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    v128.store(to + done, i16x8.extend_low_i8x16_s(low));
    v128.store(to + done, i16x8.extend_high_i8x16_s(low), 16);
    v128.store(to + done, i16x8.extend_low_i8x16_s(high), 32);
    v128.store(to + done, i16x8.extend_high_i8x16_s(high), 48);
  }
}
