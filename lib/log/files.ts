/**
 * Open files, shared by all partitions and bounded in number; and which folders have names that are
 * not yet safe.
 *
 * @module
 */
import type { Storage, StorageFile } from "../ports.ts";
import { Lru } from "./lru.ts";

/**
 * Files by path, opened when used and closed when others need their place.
 *
 * A file with unsynced bytes may be closed and opened again before its sync: the sync covers the
 * bytes of the file, not of the handle. A file whose sync is in flight stays open, and of those there
 * are at most as many as the gate lets through: `open <= openFilesMax` holds while that is less.
 */
export class OpenFiles {
  readonly #storage: Storage;
  readonly #gate: Gate;
  readonly #open: Lru<string, OpenFile>;

  constructor(storage: Storage, gate: Gate, openFilesMax: number) {
    this.#storage = storage;
    this.#gate = gate;
    this.#open = new Lru(openFilesMax, () => 1, closeWhenIdle);
  }

  /** How many are open. */
  get count(): number {
    return this.#open.size;
  }

  /** The file at `path`, which stays open until the next call of anything here. `create`: see {@link Storage.open}. */
  use(path: string, options?: { create?: boolean }): StorageFile {
    return this.#use(path, options).file;
  }

  /** Resolves when all that was appended to the file before the call is on stable storage. */
  sync(path: string): Promise<void> {
    return this.#gate.pass(async () => {
      const open = this.#use(path);
      open.syncs++;
      try {
        await open.file.sync();
      } finally {
        open.syncs--;
        if (open.unwanted) this.close(path);
      }
    });
  }

  /** Closes the file at `path` if it is open, once its sync has ended. */
  close(path: string): void {
    const open = this.#open.use(path);
    if (open === undefined) return;
    open.unwanted = true;
    if (closeWhenIdle(open)) this.#open.remove(path);
  }

  #use(path: string, options?: { create?: boolean }): OpenFile {
    const present = this.#open.use(path);
    if (present !== undefined) {
      present.unwanted = false;
      return present;
    }
    this.#open.makeRoom(1);
    const file = this.#storage.open(path, options);
    const open = { file, syncs: 0, unwanted: false };
    this.#open.add(path, open);
    return open;
  }
}

/**
 * Folders: a new file is only safe once its name is, that is, once its folder and all above it were
 * synced. Each folder has a number of changes; a sync remembers up to which it reached.
 */
export class Folders {
  readonly #storage: Storage;
  readonly #gate: Gate;
  readonly #changes = new Map<string, number>();
  readonly #synced = new Map<string, number>();

  constructor(storage: Storage, gate: Gate) {
    this.#storage = storage;
    this.#gate = gate;
  }

  /** Makes a folder and those above it, where missing. */
  make(path: string): void {
    if (this.#storage.exists(path)) return;
    this.#storage.makeDirectory(path);
    for (const folder of lineage(path)) this.changed(folder);
  }

  /** Says that a name in the folder came or went. */
  changed(path: string): void {
    this.#changes.set(path, (this.#changes.get(path) ?? 0) + 1);
  }

  /** Forgets a folder that was removed. */
  forget(path: string): void {
    this.#changes.delete(path);
    this.#synced.delete(path);
  }

  /**
   * Resolves when the names in the folder, and its own in the folders above, are on stable storage.
   * A folder that this process has not synced yet counts as changed: who made it may have died.
   */
  async sync(path: string): Promise<void> {
    for (const folder of lineage(path)) {
      if (!this.#isSynced(folder)) await this.#gate.pass(() => this.#syncOne(folder));
    }
  }

  async #syncOne(path: string): Promise<void> {
    if (this.#isSynced(path)) return;
    const reached = this.#changes.get(path) ?? 0;
    await this.#storage.syncDirectory(path);
    this.#synced.set(path, Math.max(reached, this.#synced.get(path) ?? 0));
  }

  #isSynced(path: string): boolean {
    const synced = this.#synced.get(path);
    return synced !== undefined && synced >= (this.#changes.get(path) ?? 0);
  }
}

/** Lets at most `width` tasks run at once; the others wait in line. */
export class Gate {
  readonly #width: number;
  #running = 0;
  readonly #line: (() => void)[] = [];

  constructor(width: number) {
    this.#width = width;
  }

  async pass<T>(task: () => Promise<T>): Promise<T> {
    if (this.#running === this.#width) await new Promise<void>((turn) => this.#line.push(turn));
    else this.#running++;
    try {
      return await task();
    } finally {
      const next = this.#line.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}

interface OpenFile {
  readonly file: StorageFile;
  /** Syncs in flight. */
  syncs: number;
  /** Whether it is to be closed once they have ended. */
  unwanted: boolean;
}

function closeWhenIdle(open: OpenFile): boolean {
  if (open.syncs > 0) return false;
  open.file.close();
  return true;
}

/** The folder, the one above it, and so on up to the root, `""`. */
function lineage(path: string): string[] {
  const folders = [path];
  while (path !== "") {
    path = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    folders.push(path);
  }
  return folders;
}
