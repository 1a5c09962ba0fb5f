// @ts-nocheck: AssemblyScript
/**
 * The kernel of P-521: the entry point that `scripts/kernels.ts` compiles to `p521.wasm`.
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
