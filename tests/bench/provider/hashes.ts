/**
 * SHA-2 at the lengths that TLS hashes, beside noble and node:crypto.
 *
 * @module
 */
import { createHash, createHmac } from "node:crypto";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";
import { kernelHashes } from "../../../tls/provider/hash_kernel.ts";
import type { HashName } from "../../../tls/provider/provider.ts";
import type { Race } from "../interleave.ts";

const NOBLE = { sha256, sha384, sha512 };

/** HMACs of a server's full handshake: the key schedule of RFC 8446 §7.1, Finished, a ticket. */
const KEY_SCHEDULE_HMACS = 23;

export function hashRaces(): Race[] {
  const lengths: Record<string, number> = {
    "64 B": 64,
    "200 B": 200,
    "2 KiB": 2048,
    "16 KiB": 16_384,
  };
  return (["sha256", "sha384"] as const).flatMap((name) => [
    ...Object.entries(lengths).map(([length, bytes]) => digestRace(name, length, bytes)),
    hmacRace(name, "a short HMAC", 1),
    hmacRace(name, `a key schedule, ${KEY_SCHEDULE_HMACS} HMACs`, KEY_SCHEDULE_HMACS),
    transcriptRace(name),
  ]);
}

function digestRace(name: HashName, length: string, bytes: number): Race {
  const message = new Uint8Array(bytes).fill(7);
  return {
    name: `${name}, ${length}`,
    rivals: {
      "kernel": () => kernelHashes[name].digest(message),
      "noble": () => NOBLE[name](message),
      "node:crypto": () => createHash(name).update(message).digest(),
    },
  };
}

function hmacRace(name: HashName, what: string, count: number): Race {
  const key = new Uint8Array(kernelHashes[name].outputBytes).fill(3);
  // HKDF-Expand-Label's length, "tls13 c hs traffic", a transcript hash, and HKDF's counter.
  const message = new Uint8Array(22 + key.length + 1).fill(5);
  const times = (run: () => unknown) => () => {
    for (let at = 0; at < count; at++) run();
  };
  return {
    name: `${name}, ${what}`,
    rivals: {
      "kernel": times(() => kernelHashes[name].hmac(key, message)),
      "noble": times(() => hmac(NOBLE[name], key, message)),
      "node:crypto": times(() => createHmac(name, key).update(message).digest()),
    },
  };
}

/** The messages of a server's full handshake, with a hash wanted after five of them. */
function transcriptRace(name: HashName): Race {
  const messages = [517, 122, 10, 800, 100, 52, 52].map((bytes) => new Uint8Array(bytes));
  const feed = <Running extends { update(bytes: Uint8Array): unknown }>(
    running: Running,
    digest: (running: Running) => unknown,
  ) => {
    for (const [at, message] of messages.entries()) {
      running.update(message);
      if (at > 0 && at !== 2) digest(running);
    }
  };
  return {
    name: `${name}, a transcript`,
    rivals: {
      "kernel": () => feed(kernelHashes[name].start(), (running) => running.digest()),
      "noble": () => feed(NOBLE[name].create(), (running) => running.clone().digest()),
      "node:crypto": () => feed(createHash(name), (running) => running.copy().digest()),
    },
  };
}
