/**
 * The file `encryption` of a data directory: which keys have sealed batches in there. A start without
 * one of them is refused before anything is served.
 *
 *     whippet-encryption 1
 *     {key id, 16 digits} {check value, 32 digits}
 *
 * @module
 */
import type { Storage } from "../ports.ts";
import { EncryptionError, type SealingKey } from "./keys.ts";

/** See the module comment. */
export class KeyRecord {
  readonly #storage: Storage;
  /** Check values by the ids of their keys. */
  readonly #checks: Map<string, string>;

  /** Reads it. Throws an {@link EncryptionError} for a file that is something else. */
  constructor(storage: Storage) {
    this.#storage = storage;
    this.#checks = new Map(parse(storage.readFile(FILE)));
  }

  /** Ids of the keys that are recorded and not among `keys`. */
  missing(keys: readonly SealingKey[]): string[] {
    const given = new Map(keys.map(({ id, check }) => [id, check]));
    return [...this.#checks].filter(([id, check]) => given.get(id) !== check).map(([id]) => id);
  }

  /** Resolves when the key is in the file for certain; it may be used then. */
  async add({ id, check }: SealingKey): Promise<void> {
    if (this.#checks.get(id) === check) return;
    const lines = [...this.#checks, [id, check]].map((line) => `${line.join(" ")}\n`);
    const storage = this.#storage;
    storage.remove(UNFINISHED_FILE);
    const file = storage.open(UNFINISHED_FILE, { create: true });
    try {
      file.append(new TextEncoder().encode(HEAD + lines.join("")));
      await file.sync();
    } finally {
      file.close();
    }
    storage.rename(UNFINISHED_FILE, FILE);
    await storage.syncDirectory("");
    this.#checks.set(id, check);
  }
}

function parse(bytes: Uint8Array | undefined): [string, string][] {
  if (bytes === undefined) return [];
  const text = new TextDecoder().decode(bytes);
  const lines = text.slice(HEAD.length).split("\n").filter((line) => line !== "");
  if (!text.startsWith(HEAD) || !lines.every((line) => LINE.test(line))) {
    throw new EncryptionError(
      `File "${FILE}" of the data directory is damaged: put it back from a backup`,
    );
  }
  return lines.map((line) => [line.slice(0, 16), line.slice(17)]);
}

const FILE = "encryption";
const UNFINISHED_FILE = "encryption.unfinished";
const HEAD = "whippet-encryption 1\n";
const LINE = /^[0-9a-f]{16} [0-9a-f]{32}$/;
