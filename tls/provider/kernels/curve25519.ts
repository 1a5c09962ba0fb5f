// @ts-nocheck: AssemblyScript
/**
 * The Curve25519 kernel: X25519 (RFC 7748) and Ed25519 (RFC 8032). This is the entry point that `scripts/kernels.ts`
 * compiles to `curve25519.wasm`; `tls/provider/curve25519_kernel.ts` fills the memory and calls.
 *
 * @module
 */
import { ed25519Commit, ed25519PublicKey, ed25519Respond, ed25519Verify } from "./ed25519.ts";
import { x25519, x25519Base } from "./x25519.ts";

// The compiler does not follow `export … from` to a file with its extension.
export { ed25519Commit, ed25519PublicKey, ed25519Respond, ed25519Verify };
export { x25519, x25519Base };
