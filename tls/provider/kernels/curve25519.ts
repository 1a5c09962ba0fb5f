// @ts-nocheck: AssemblyScript
/**
 * The Curve25519 kernel: X25519 (RFC 7748). This is the entry point that `scripts/kernels.ts`
 * compiles to `curve25519.wasm`; `tls/provider/curve25519_kernel.ts` fills the memory and calls.
 *
 * @module
 */
import { x25519, x25519Base } from "./x25519.ts";

// The compiler does not follow `export … from` to a file with its extension.
export { x25519, x25519Base };
