// @ts-nocheck: AssemblyScript
/**
 * The numbers of a curve. The compiler sees the text that scripts/kernels/nist_constants.ts writes in
 * place of this file, another one for each curve.
 *
 * @module
 */

export declare const LIMBS: i32;
export declare const LIMB_BITS: i32;
/** Bytes of a coordinate or a scalar outside. */
export declare const VALUE_BYTES: i32;
/** Bits of the order. */
export declare const SCALAR_BITS: i32;
/** Bits of a scalar that a row of the generator's table is for. */
export declare const BASE_WINDOW: i32;
/** Bytes of an affine point with 32 bits a limb, rounded up to vector registers. */
export declare const ENTRY_BYTES: i32;

/** Where the curve's b, its generator, and 1 are, in Montgomery form. */
export declare const CURVE_B: usize;
export declare const GENERATOR_X: usize;
export declare const GENERATOR_Y: usize;
export declare const ONE: usize;
/** R^2 and R^3 modulo the prime. */
export declare const R_SQUARED: usize;
export declare const R_CUBED: usize;

export declare const PRIME: usize;
export declare const ORDER: usize;
/** R^2 modulo the order. */
export declare const ORDER_R_SQUARED: usize;
/** -1 / order modulo 2^LIMB_BITS. */
export declare const ORDER_FACTOR: i64;

/** The moduli in limbs of 30 bits, and 1 / modulus modulo 2^30. */
export declare const WIDE_LIMBS: i32;
export declare const WIDE_PRIME: usize;
export declare const WIDE_PRIME_INVERSE: i32;
export declare const WIDE_ORDER: usize;
export declare const WIDE_ORDER_INVERSE: i32;
