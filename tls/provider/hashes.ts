/**
 * SHA-256, SHA-384 and SHA-512 of FIPS 180-4 and HMAC over them, from noble.
 *
 * @module
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import type { Hash, HashName, RunningHash } from "./provider.ts";

/** The hashes of TLS 1.3 and X.509. */
export const hashes: Readonly<Record<HashName, Hash>> = {
  sha256: hash("sha256", sha256),
  sha384: hash("sha384", sha384),
  sha512: hash("sha512", sha512),
};

type NobleHash = typeof sha256 | typeof sha384 | typeof sha512;

function hash(name: HashName, noble: NobleHash): Hash {
  return {
    name,
    outputBytes: noble.outputLen,
    blockBytes: noble.blockLen,
    digest(...parts) {
      const state = noble.create();
      for (const part of parts) state.update(part);
      return state.digest();
    },
    hmac(key, ...parts) {
      const state = hmac.create(noble, key);
      for (const part of parts) state.update(part);
      return state.digest();
    },
    start: () => running(noble.create()),
  };
}

function running(state: ReturnType<NobleHash["create"]>): RunningHash {
  return {
    update(bytes) {
      state.update(bytes);
    },
    // noble's digest() ends a state, so a copy is ended.
    digest: () => state.clone().digest(),
    clone: () => running(state.clone()),
  };
}
