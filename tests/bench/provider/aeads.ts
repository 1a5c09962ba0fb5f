/**
 * Sealing and opening a record in the kernel's memory, beside noble and node:crypto. Opening in place
 * needs its ciphertext again each time: the kernel's figures have that copy in them.
 *
 * @module
 */
import { type CipherGCMTypes, createCipheriv, createDecipheriv } from "node:crypto";
import { gcm } from "@noble/ciphers/aes.js";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import {
  aes128Gcm,
  aes256Gcm,
  chacha20Poly1305,
  kernelBuffers,
} from "../../../tls/provider/aead_kernel.ts";
import type { Race } from "../interleave.ts";

const AEADS = {
  "chacha20-poly1305": { aead: chacha20Poly1305, noble: chacha20poly1305 },
  "aes-128-gcm": { aead: aes128Gcm, noble: gcm },
  "aes-256-gcm": { aead: aes256Gcm, noble: gcm },
} as const;

type AeadName = keyof typeof AEADS;

const LENGTHS = { "16 KiB": 16_384, "1 KiB": 1024, "64 B": 64 };
const TAG_BYTES = 16;
const NONCE = new Uint8Array(12).fill(3);
/** A record's header. */
const AAD = new Uint8Array(5).fill(5);

export function aeadRaces(): Race[] {
  const names = Object.keys(AEADS) as AeadName[];
  return names.flatMap((name) =>
    Object.entries(LENGTHS).flatMap(([length, bytes]) => [
      { name: `${name} seal, ${length}`, bytes, rivals: sealing(name, bytes) },
      { name: `${name} open, ${length}`, bytes, rivals: opening(name, bytes) },
    ])
  );
}

function sealing(name: AeadName, bytes: number): Race["rivals"] {
  const { aead, noble } = AEADS[name];
  const material = new Uint8Array(aead.keyBytes).fill(7);
  const key = aead.load(material);
  const turns = [aead.load(material), aead.load(material)];
  const place = kernelBuffers.take(bytes + TAG_BYTES).subarray(0, bytes + TAG_BYTES);
  const elsewhere = new Uint8Array(bytes + TAG_BYTES);
  const plaintext = new Uint8Array(bytes);
  return {
    "kernel": () => key.seal(NONCE, AAD, place),
    "kernel, other memory": () => key.seal(NONCE, AAD, elsewhere),
    "kernel, another key each time": () => {
      turns.reverse();
      turns[0].seal(NONCE, AAD, place);
    },
    "noble": () => noble(material, NONCE, AAD).encrypt(plaintext),
    "node:crypto": () => nodeSeal(name, material, plaintext),
  };
}

function opening(name: AeadName, bytes: number): Race["rivals"] {
  const { aead, noble } = AEADS[name];
  const material = new Uint8Array(aead.keyBytes).fill(7);
  const key = aead.load(material);
  const place = kernelBuffers.take(bytes + TAG_BYTES).subarray(0, bytes + TAG_BYTES);
  const sealed = noble(material, NONCE, AAD).encrypt(new Uint8Array(bytes));
  return {
    "kernel": () => {
      place.set(sealed);
      if (!key.open(NONCE, AAD, place)) throw new Error("The kernel refused what is sound");
    },
    "noble": () => noble(material, NONCE, AAD).decrypt(sealed),
    "node:crypto": () => nodeOpen(name, material, sealed),
  };
}

function nodeSeal(name: AeadName, key: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const cipher = createCipheriv(name as CipherGCMTypes, key, NONCE, { authTagLength: TAG_BYTES });
  cipher.setAAD(AAD, { plaintextLength: plaintext.length });
  cipher.update(plaintext);
  cipher.final();
  return cipher.getAuthTag();
}

function nodeOpen(name: AeadName, key: Uint8Array, sealed: Uint8Array): Uint8Array {
  const cipher = createDecipheriv(name as CipherGCMTypes, key, NONCE, { authTagLength: TAG_BYTES });
  cipher.setAAD(AAD, { plaintextLength: sealed.length - TAG_BYTES });
  cipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  const plaintext = cipher.update(sealed.subarray(0, -TAG_BYTES));
  cipher.final();
  return plaintext;
}
