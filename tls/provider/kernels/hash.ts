// @ts-nocheck: AssemblyScript
/**
 * The hash kernel: SHA-256, SHA-384 and SHA-512 (FIPS 180-4) and HMAC over them (RFC 2104), one call
 * a message. This is the entry point that `scripts/kernels.ts` compiles to `hash.wasm`;
 * `tls/provider/hash_kernel.ts` fills the memory and calls.
 *
 * @module
 */
import { hmacSha256, sha256, sha256Blocks, sha256Finish, sha256Start } from "./sha256.ts";
import {
  hmacSha384,
  hmacSha512,
  sha384,
  sha384Start,
  sha512,
  sha512Blocks,
  sha512Finish,
  sha512Start,
} from "./sha512.ts";

// The compiler does not follow `export … from` to a file with its extension.
export { hmacSha256, sha256, sha256Blocks, sha256Finish, sha256Start };
export { hmacSha384, sha384, sha384Start };
export { hmacSha512, sha512, sha512Blocks, sha512Finish, sha512Start };
