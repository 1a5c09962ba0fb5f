/**
 * The first user of a new data directory.
 *
 * @module
 */
import { ALL_GLOBAL_PERMISSIONS } from "../../protocol/permissions.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { RootCredentials } from "../config.ts";
import type { Clock, Entropy } from "../ports.ts";

/** How root came to be: there before, or made at this start, with a password given or made up. */
export type RootUser =
  | { readonly kind: "kept" | "configured" }
  | { readonly kind: "invented"; readonly password: string };

/** Root as a new data directory will get it. */
export interface NewRoot {
  readonly username: string;
  readonly passwordHash: string;
  /** The password, if it had to be made up. */
  readonly invented: string | undefined;
}

/** Gets root ready, with a password made up where none is given; `hash` is Argon2id. */
export async function prepareRoot(
  { username, password }: Pick<RootCredentials, "username" | "password">,
  entropy: Entropy,
  hash: (password: string) => Promise<string>,
): Promise<NewRoot> {
  const invented = password === undefined ? randomPassword(entropy) : undefined;
  return { username, passwordHash: await hash(password ?? invented!), invented };
}

/**
 * Makes root when there is nobody yet. `meanwhile` is what has to succeed before that, done while the
 * password is hashed.
 */
export async function ensureRoot(
  prepare: () => Promise<NewRoot>,
  catalog: Catalog,
  clock: Clock,
  meanwhile: () => Promise<void> = async () => {},
): Promise<RootUser> {
  if (catalog.users.size > 0) {
    await meanwhile();
    return { kind: "kept" };
  }
  const [{ username, passwordHash, invented }] = await Promise.all([prepare(), meanwhile()]);
  catalog.users.create({
    name: username,
    passwordHash,
    status: "active",
    permissions: { global: ALL_GLOBAL_PERMISSIONS, streams: new Map() },
    at: clock.nowMicros(),
  });
  await catalog.durable();
  return invented === undefined ? { kind: "configured" } : { kind: "invented", password: invented };
}

/** 32 characters, 190 bits. */
function randomPassword(entropy: Entropy): string {
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
