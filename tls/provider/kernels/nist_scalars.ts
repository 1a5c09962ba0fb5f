// @ts-nocheck: AssemblyScript
/**
 * Numbers modulo the order of the curve. There are few of them in a signature, so that loops do.
 *
 * @module
 */
import { SLOTS_AT } from "./nist_memory.ts";
import {
  LIMB_BITS,
  LIMBS,
  ORDER,
  ORDER_FACTOR,
  ORDER_R_SQUARED,
  WIDE_ORDER,
  WIDE_ORDER_INVERSE,
} from "./nist_constants.ts";
import { invert } from "./nist_inverse.ts";
import { reduceOnce, SLOT } from "./nist_values.ts";

/** Two slots, since the sum has a limb more than the numbers. */
const SUM: usize = SLOTS_AT + 6 * SLOT;
const SHIFTED: usize = SLOTS_AT + 8 * SLOT;

const MASK: i64 = ((<i64> 1) << LIMB_BITS) - 1;

/** out = a * b modulo the order; canonical numbers. */
export function multiplyScalars(out: usize, a: usize, b: usize): void {
  multiplyReduced(SHIFTED, a, ORDER_R_SQUARED);
  multiplyReduced(out, SHIFTED, b);
}

/** out = a + b modulo the order; canonical numbers. */
export function addScalars(out: usize, a: usize, b: usize): void {
  let t: i64 = 0;
  for (let at = 0; at < 8 * LIMBS; at += 8) {
    t += load<i64>(a + at) + load<i64>(b + at);
    store<i64>(out + at, t & MASK);
    t >>= LIMB_BITS;
  }
  reduceOnce(out, ORDER);
}

/** out = 1 / a modulo the order, 0 for 0; canonical numbers. */
export function invertScalar(out: usize, a: usize): void {
  invert(out, a, WIDE_ORDER, WIDE_ORDER_INVERSE);
}

/** out = a * b / R modulo the order: limb by limb of `a`, each followed by one of the reduction. */
function multiplyReduced(out: usize, a: usize, b: usize): void {
  memory.fill(SUM, 0, 8 * LIMBS + 8);
  for (let i = 0; i < 8 * LIMBS; i += 8) {
    const factor = load<i64>(a + i);
    const multiple = ((load<i64>(SUM) + factor * load<i64>(b)) * ORDER_FACTOR) & MASK;
    let carry = (load<i64>(SUM) + factor * load<i64>(b) + multiple * load<i64>(ORDER)) >> LIMB_BITS;
    for (let at = 8; at < 8 * LIMBS; at += 8) {
      const t = load<i64>(SUM + at) + factor * load<i64>(b + at) +
        multiple * load<i64>(ORDER + at);
      store<i64>(SUM + at - 8, t + carry);
      carry = 0;
    }
    store<i64>(SUM, 0, 8 * (LIMBS - 1));
  }
  let t: i64 = 0;
  for (let at = 0; at < 8 * LIMBS; at += 8) {
    t += load<i64>(SUM + at);
    store<i64>(out + at, t & MASK);
    t >>= LIMB_BITS;
  }
  reduceOnce(out, ORDER);
}
