// @ts-nocheck: AssemblyScript
/**
 * Arithmetic modulo a curve's prime, on limbs of 64 bits. The compiler sees the text that
 * scripts/kernels/nist_field.ts writes in place of this file, another one for each curve.
 *
 * Bounds: "settled" numbers have limbs within [0, 2^LIMB_BITS], but for the top one, and lie between
 * -1 and 2 times the prime. A factor may be twice a settled number or the difference of two, if the
 * other factor is a settled one or a difference. Any argument may be `out` as well.
 *
 * @module
 */

/** out = a * b / R, settled. */
export declare function multiply(out: usize, a: usize, b: usize): void;
/** out = a * a / R, settled. */
export declare function square(out: usize, a: usize): void;
/** out = a + b, not settled. */
export declare function add(out: usize, a: usize, b: usize): void;
/** out = a - b, not settled. */
export declare function subtract(out: usize, a: usize, b: usize): void;
/** out = a - b, settled. */
export declare function difference(out: usize, a: usize, b: usize): void;
/** out = a - b - 2 * c, settled. */
export declare function lessTwice(out: usize, a: usize, b: usize, c: usize): void;
/** out = a - 8 * b, settled. */
export declare function lessEightfold(out: usize, a: usize, b: usize): void;
/** out = 4 * a - b, settled. */
export declare function fourfoldLess(out: usize, a: usize, b: usize): void;
/** out = 3 * a, settled. */
export declare function triple(out: usize, a: usize): void;
/** out = mask ? a : out, where `mask` is 0 or -1, in the same time. */
export declare function choose(out: usize, a: usize, mask: i64): void;
