/**
 * The first user of a new data directory.
 *
 * @module
 */
import { ALL_GLOBAL_PERMISSIONS } from "../../protocol/permissions.ts";
import type { RootCredentials } from "../config.ts";
import type { NodePorts } from "../ports.ts";
import type { Parts } from "./parts.ts";

/**
 * Makes root when there is nobody yet; gives its password if it had to be made up. `meanwhile` is what
 * has to succeed before that, done while a worker hashes the password.
 */
export async function ensureRoot(
  { username, password }: RootCredentials,
  { catalog, passwords }: Parts,
  { clock, entropy }: NodePorts,
  meanwhile: () => Promise<void> = async () => {},
): Promise<string | undefined> {
  if (catalog.users.size > 0) {
    await meanwhile();
    return undefined;
  }
  const made = password === undefined ? randomPassword(entropy) : undefined;
  const hashing = passwords.hash(password ?? made!);
  const [passwordHash] = await Promise.all([hashing, meanwhile()]);
  catalog.users.create({
    name: username,
    passwordHash,
    status: "active",
    permissions: { global: ALL_GLOBAL_PERMISSIONS, streams: new Map() },
    at: clock.nowMicros(),
  });
  await catalog.durable();
  return made;
}

/** 32 characters, 190 bits. */
function randomPassword(entropy: NodePorts["entropy"]): string {
  const characters: string[] = [];
  const byte = new Uint8Array(1);
  while (characters.length < PASSWORD_LENGTH) {
    entropy.fill(byte);
    // Every character equally often: what is beyond a multiple of their number is drawn again.
    if (byte[0] < ALPHABET.length * Math.floor(256 / ALPHABET.length)) {
      characters.push(ALPHABET[byte[0] % ALPHABET.length]);
    }
  }
  return characters.join("");
}

const PASSWORD_LENGTH = 32;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
