/**
 * Tells from a connection's first bytes what it speaks (VSR.md section 2).
 *
 * @module
 */

export type Detected = "tls" | "http" | "classic" | "vsr" | "invalid";

/** Bytes after which {@link detect} always answers. */
export const DETECT_BYTES_MAX = 62;

/** What `bytes`, all received so far, are the start of; `undefined` when that takes more of them. */
export function detect(_bytes: Uint8Array): Detected | undefined {
  throw new Error("not yet");
}
