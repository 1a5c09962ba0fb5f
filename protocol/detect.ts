/**
 * Tells from a connection's first bytes what it speaks (VSR.md section 2).
 *
 * @module
 */
import { commandByCode } from "./commands.ts";
import { looksLikeRequest, RECOGNISABLE_BYTES } from "./vsr.ts";
import { u32At } from "./wire.ts";

/** What a connection speaks; `classic` also when nothing fits, for it has an answer to that. */
export type Detected = "tls" | "http" | "classic" | "vsr" | "invalid";

/** Bytes after which {@link detect} always answers. */
export const DETECT_BYTES_MAX = RECOGNISABLE_BYTES;

/**
 * What `bytes`, all received so far, are the start of; `undefined` when that takes more of them.
 * Nobody waits for an answer meanwhile: a VSR client sends 256 bytes before it expects one, and a
 * classic client a whole frame.
 *
 * `invalid`: zeros as in a VSR header that then is none; to be closed.
 */
export function detect(bytes: Uint8Array): Detected | undefined {
  if (bytes.length < 4) return undefined;
  if (isTls(bytes)) return "tls";
  if (isHttp(bytes)) return "http";
  if (u32At(bytes, 0) === 0) return detectZeros(bytes);
  if (bytes.length < 8) return undefined;
  if (isClassic(bytes)) return "classic";
  if (bytes.length < DETECT_BYTES_MAX) return undefined;
  // A header whose checksum somebody filled in (VSR.md section 2).
  return looksLikeRequest(bytes) ? "vsr" : "classic";
}

/** A ClientHello in a record of TLS 1.0 to 1.3. A classic frame that starts so has 66 kB: never a first one. */
function isTls(bytes: Uint8Array): boolean {
  return bytes[0] === 0x16 && bytes[1] === 3 && bytes[2] >= 1 && bytes[2] <= 4;
}

/** Four bytes of a method, which as a classic length would be 540 MB and more. */
function isHttp(bytes: Uint8Array): boolean {
  return HTTP_METHODS.has(String.fromCharCode(bytes[0], bytes[1], bytes[2], bytes[3]));
}

/** No classic frame starts with zeros. All known VSR headers do. */
function detectZeros(bytes: Uint8Array): Detected | undefined {
  if (bytes.length < RECOGNISABLE_BYTES) return undefined;
  return looksLikeRequest(bytes) ? "vsr" : "invalid";
}

/** A sane length, and a code that exists or a frame that is all there: its sender waits for an answer. */
function isClassic(bytes: Uint8Array): boolean {
  const length = u32At(bytes, 0);
  if (length < 4 || length > FIRST_CLASSIC_LENGTH_MAX) return false;
  return commandByCode(u32At(bytes, 4)) !== undefined || bytes.length >= 4 + length;
}

const FIRST_CLASSIC_LENGTH_MAX = 10 * 1024 * 1024 + 4;

/** The first four bytes of the methods of RFC 9110 section 9.3 and PATCH, and of HTTP/2's preface. */
const HTTP_METHODS: ReadonlySet<string> = new Set([
  "GET ",
  "HEAD",
  "POST",
  "PUT ",
  "DELE",
  "CONN",
  "OPTI",
  "TRAC",
  "PATC",
  "PRI ",
]);
