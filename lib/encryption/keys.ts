/**
 * The keys of encryption at rest: how they are written, and by which number batches name them.
 *
 * @module
 */
import { expand, extract } from "../../tls/hkdf.ts";
import { provider } from "../certificates/provider.ts";

/** A key and what follows from it. */
export interface SealingKey {
  /** Eight bytes in hexadecimal that name it in batches and messages, and tell nothing of it. */
  readonly id: string;
  /** 16 bytes in hexadecimal by which a data directory knows the key again. */
  readonly check: string;
  /** 32 bytes. */
  readonly secret: Uint8Array;
}

/** A key that cannot be read, or is not there. It never holds anything of a key. */
export class EncryptionError extends Error {
  override readonly name = "EncryptionError";
}

/** The key that `text` is the base64 form of; `where` is for the error. */
export function readKey(text: string, where: string): SealingKey {
  const secret = fromBase64(text.trim());
  if (secret?.length !== KEY_BYTES) {
    throw new EncryptionError(
      `${where} is not a key: put 32 random bytes in base64 there, as "head -c32 /dev/urandom | base64" ` +
        "gives them",
    );
  }
  return keyOf(secret);
}

/** The keys of a key file: one a line, the current one first, between comments and empty lines. */
export function readKeyFile(text: string, path: string): SealingKey[] {
  const keys: SealingKey[] = [];
  for (const [at, line] of text.split("\n").entries()) {
    if (line.trim() === "" || line.trimStart().startsWith("#")) continue;
    keys.push(readKey(line, `Line ${at + 1} of the key file ${path}`));
  }
  if (keys.length > 0) return keys;
  throw new EncryptionError(`Key file ${path} holds no key: put one a line, the current one first`);
}

/** The key of 32 bytes. */
export function keyOf(secret: Uint8Array): SealingKey {
  const pseudorandom = extract(sha256, new Uint8Array(0), secret);
  const derived = (label: string, bytes: number) =>
    toHex(expand(sha256, pseudorandom, new TextEncoder().encode(label), bytes));
  return {
    id: derived("whippet key id", KEY_ID_BYTES),
    check: derived("whippet check", 16),
    secret,
  };
}

/** Bytes as lower-case hexadecimal. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** Bytes of a key's name. */
export const KEY_ID_BYTES = 8;

const KEY_BYTES = 32;
const sha256 = provider.hashes.sha256;
