// @ts-nocheck: AssemblyScript
/**
 * The kernel of P-384: the entry point that `scripts/kernels.ts` compiles to `p384.wasm`.
 *
 * @module
 */
import {
  agree,
  derive,
  isScalar,
  prepare,
  reduceDigest,
  sign,
  verify,
  wipe,
} from "./nist_curve.ts";

export { agree, derive, isScalar, prepare, reduceDigest, sign, verify, wipe };
