/**
 * Writes the body of `tls/provider/kernels/nist_constants.ts`: a curve's numbers as limbs.
 *
 * @module
 */
import { type NistCurve, pow2, primeOf } from "./nist_curves.ts";

/** The AssemblyScript source. */
export function nistConstants(curve: NistCurve): string {
  const { limbs, limbBits, order } = curve;
  const prime = primeOf(curve);
  const bits = prime.toString(2).length;
  const bytes = Math.ceil(bits / 8);
  const r = pow2(limbs * limbBits);
  const field = (value: bigint) => data(split(value * r % prime, limbBits, limbs));
  const wide = Math.ceil((bits + 4) / 30);
  return `export const LIMBS: i32 = ${limbs};
export const LIMB_BITS: i32 = ${limbBits};
export const VALUE_BYTES: i32 = ${bytes};
export const SCALAR_BITS: i32 = ${bits};
export const BASE_WINDOW: i32 = ${curve.baseWindow};
export const ENTRY_BYTES: i32 = ${Math.ceil(limbs * 8 / 16) * 16};

export const CURVE_B: usize = ${field(curve.b)};
export const GENERATOR_X: usize = ${field(curve.generator[0])};
export const GENERATOR_Y: usize = ${field(curve.generator[1])};
export const ONE: usize = ${field(1n)};
export const R_SQUARED: usize = ${field(r)};
export const R_CUBED: usize = ${field(r * r)};

export const PRIME: usize = ${data(split(prime, limbBits, limbs))};
export const ORDER: usize = ${data(split(order, limbBits, limbs))};
export const ORDER_R_SQUARED: usize = ${data(split(r * r % order, limbBits, limbs))};
export const ORDER_FACTOR: i64 = ${invert(-order, pow2(limbBits))};

export const WIDE_LIMBS: i32 = ${wide};
export const WIDE_PRIME: usize = ${data(split(prime, 30, wide))};
export const WIDE_PRIME_INVERSE: i32 = ${invert(prime, pow2(30))};
export const WIDE_ORDER: usize = ${data(split(order, 30, wide))};
export const WIDE_ORDER_INVERSE: i32 = ${invert(order, pow2(30))};
`;
}

function data(values: readonly bigint[]): string {
  return `memory.data<i64>([${values.join(", ")}])`;
}

function split(value: bigint, bits: number, count: number): bigint[] {
  return Array.from({ length: count }, (_, i) => (value >> BigInt(bits * i)) & (pow2(bits) - 1n));
}

/** 1 / value modulo a power of two, by Newton's iteration: each step doubles the bits that are right. */
function invert(value: bigint, modulus: bigint): bigint {
  let inverse = 1n;
  for (let bits = 1n; bits < 64n; bits *= 2n) inverse = inverse * (2n - value * inverse) % modulus;
  return ((inverse % modulus) + modulus) % modulus;
}
