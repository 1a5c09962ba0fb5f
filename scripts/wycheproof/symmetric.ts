/**
 * Families of symmetric cryptography: AEADs, HMAC, HKDF.
 *
 * @module
 */
import { expand, extract } from "../../tls/hkdf.ts";
import type { Aead, Hash } from "../../tls/provider/provider.ts";
import {
  accepted,
  type Answer,
  broken,
  bytesOf,
  compared,
  type Family,
  refused,
  sameBytes,
  skipped,
  type Subject,
  type Test,
} from "./vectors.ts";

/** AeadTest: seals and opens what is valid, opens what is not. */
export function aeadFamily(algorithm: string): Family {
  return (subject, group, test) => {
    const { chacha20Poly1305, aes128Gcm, aes256Gcm } = subject.parts;
    const keyBits = Number(group.keySize);
    const aead = algorithm === "CHACHA20-POLY1305"
      ? chacha20Poly1305
      : algorithm !== "AES-GCM"
      ? undefined
      : keyBits === 128
      ? aes128Gcm
      : keyBits === 256
      ? aes256Gcm
      : undefined;
    if (aead === undefined) return skipped(`${algorithm} with keys of ${keyBits} bits`);
    if (group.tagSize !== 128) return skipped(`${algorithm} with tags of ${group.tagSize} bits`);
    if (group.ivSize !== 96 && test.result === "valid") {
      return skipped(`${algorithm} with nonces other than 96 bits`);
    }
    try {
      return sealedAndOpened(subject, aead, test);
    } catch (error) {
      if (error instanceof RangeError) return refused;
      throw error;
    }
  };
}

function sealedAndOpened({ provider }: Subject, aead: Aead, test: Test): Answer {
  const [nonce, aad, message] = ["iv", "aad", "msg"].map((field) => bytesOf(test, field));
  const sealed = Uint8Array.of(...bytesOf(test, "ct"), ...bytesOf(test, "tag"));
  const key = aead.load(bytesOf(test, "key"));
  const buffer = provider.buffers.take(sealed.length);
  try {
    const bytes = buffer.subarray(0, sealed.length);
    bytes.set(sealed);
    if (!key.open(nonce, aad, bytes)) return refused;
    if (!sameBytes(bytes.subarray(0, message.length), message)) return broken("opened wrongly");
    bytes.fill(0xaa);
    bytes.set(message);
    key.seal(nonce, aad, bytes);
    return compared(bytes, sealed);
  } finally {
    provider.buffers.give(buffer);
    key.destroy();
  }
}

/** MacTest: the leading bits of HMAC. */
export function hmacFamily(algorithm: string): Family {
  return ({ provider }, group, test) => {
    const hash = hashOf(provider.hashes, algorithm.replace(/^HMAC/, ""));
    if (hash === undefined) return skipped(algorithm);
    const mac = hash.hmac(bytesOf(test, "key"), bytesOf(test, "msg"));
    const tag = bytesOf(test, "tag");
    const length = Number(group.tagSize) / 8;
    return sameBytes(mac.subarray(0, length), tag) ? accepted : refused;
  };
}

/** HkdfTest. */
export function hkdfFamily(algorithm: string): Family {
  return ({ provider }, _group, test) => {
    const hash = hashOf(provider.hashes, algorithm.replace(/^HKDF-/, ""));
    if (hash === undefined) return skipped(algorithm);
    const key = extract(hash, bytesOf(test, "salt"), bytesOf(test, "ikm"));
    try {
      const output = expand(hash, key, bytesOf(test, "info"), Number(test.size));
      return compared(output, bytesOf(test, "okm"));
    } catch (error) {
      if (error instanceof RangeError) return refused;
      throw error;
    }
  };
}

/** `SHA-256` and `SHA256` name the same. */
function hashOf(hashes: Readonly<Record<string, Hash>>, name: string): Hash | undefined {
  const plain = name.replace("-", "").toLowerCase();
  return Object.values(hashes).find((hash) => hash.name === plain);
}
