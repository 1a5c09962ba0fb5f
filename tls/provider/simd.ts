/**
 * The fast provider: WebAssembly where it pays, the reference's parts everywhere else.
 *
 * @module
 */
import { aes128Gcm, aes256Gcm, chacha20Poly1305, kernelBuffers } from "./aead_kernel.ts";
import { assemble } from "./assemble.ts";
import { ed25519, x25519 } from "./curve25519_kernel.ts";
import { kernelHashes } from "./hash_kernel.ts";
import { mlKem768 } from "./mlkem768_kernel.ts";
import { nistCurve } from "./nist_kernel.ts";
import type { Parts } from "./parts.ts";
import type { Provider } from "./provider.ts";
import { referenceParts } from "./reference.ts";
import { kernelPower } from "./rsa_kernel.ts";

/** For tests and vectors, which ask the parts too. */
export const simdParts: Parts = Object.freeze({
  ...referenceParts,
  hashes: kernelHashes,
  chacha20Poly1305,
  aes128Gcm,
  aes256Gcm,
  buffers: kernelBuffers,
  x25519,
  ed25519,
  mlKem768,
  secp256r1: nistCurve("secp256r1", kernelHashes.sha256),
  secp384r1: nistCurve("secp384r1", kernelHashes.sha384),
  secp521r1: nistCurve("secp521r1", kernelHashes.sha512),
  secretPower: kernelPower,
});

export const simd: Provider = assemble("simd", simdParts);
