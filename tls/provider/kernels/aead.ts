// @ts-nocheck: AssemblyScript
/**
 * The AEAD kernel: the entry point that `scripts/kernels.ts` compiles to `aead.wasm`. Only
 * ../aead_kernel.ts loads it, and checks every range before it calls.
 *
 * @module
 */
import { expandAesGcm, loadAesGcm, openAesGcm, sealAesGcm } from "./aes_gcm.ts";
import { openChacha20, sealChacha20 } from "./chacha20_poly1305.ts";

// The compiler does not follow `export … from` to a file with its extension.
export { expandAesGcm, loadAesGcm, openAesGcm, openChacha20, sealAesGcm, sealChacha20 };
