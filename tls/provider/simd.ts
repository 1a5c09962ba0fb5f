/**
 * The fast provider: WebAssembly where it pays, the reference's parts everywhere else.
 *
 * @module
 */
import { assemble } from "./assemble.ts";
import { x25519 } from "./curve25519_kernel.ts";
import { kernelHashes } from "./hash_kernel.ts";
import type { Parts } from "./parts.ts";
import type { Provider } from "./provider.ts";
import { referenceParts } from "./reference.ts";

const simdParts: Parts = Object.freeze({
  ...referenceParts,
  hashes: kernelHashes,
  x25519,
});

export const simd: Provider = assemble("simd", simdParts);
