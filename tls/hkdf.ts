/**
 * HKDF (RFC 5869) and the labelled form of TLS 1.3 (RFC 8446 §7.1).
 *
 * @module
 */
import type { Hash } from "./provider/provider.ts";

/** A pseudorandom key of `hash.outputBytes` bytes. */
export function extract(hash: Hash, salt: Uint8Array, keyMaterial: Uint8Array): Uint8Array {
  return hash.hmac(salt, keyMaterial);
}

/** `bytes` of output key material, at most 255 times the hash's length. */
export function expand(hash: Hash, key: Uint8Array, info: Uint8Array, bytes: number): Uint8Array {
  if (bytes > 255 * hash.outputBytes) throw new RangeError(`HKDF cannot give ${bytes} bytes`);
  if (bytes <= hash.outputBytes) {
    const block = hash.hmac(key, info, FIRST);
    return bytes === block.length ? block : block.subarray(0, bytes);
  }
  const output = new Uint8Array(Math.ceil(bytes / hash.outputBytes) * hash.outputBytes);
  let previous = new Uint8Array(0);
  for (let at = 0, count = 1; at < bytes; at += hash.outputBytes, count++) {
    previous = new Uint8Array(hash.hmac(key, previous, info, Uint8Array.of(count)));
    output.set(previous, at);
  }
  return output.subarray(0, bytes);
}

/** `HKDF-Expand-Label`; the label without its "tls13 ". */
export function expandLabel(
  hash: Hash,
  secret: Uint8Array,
  label: string,
  context: Uint8Array,
  bytes: number,
): Uint8Array {
  const info = new Uint8Array(2 + 1 + PREFIX.length + label.length + 1 + context.length);
  info[0] = bytes >> 8;
  info[1] = bytes;
  info[2] = PREFIX.length + label.length;
  writeAscii(info, 3, PREFIX);
  writeAscii(info, 3 + PREFIX.length, label);
  const at = 3 + info[2];
  info[at] = context.length;
  info.set(context, at + 1);
  return expand(hash, secret, info, bytes);
}

function writeAscii(into: Uint8Array, at: number, text: string): void {
  for (let index = 0; index < text.length; index++) into[at + index] = text.charCodeAt(index);
}

const PREFIX = "tls13 ";
const FIRST = Uint8Array.of(1);
