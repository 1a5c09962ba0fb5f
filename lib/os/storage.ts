/**
 * Files of the operating system below one root folder.
 *
 * @module
 */
import type { Storage, StorageFile } from "../ports.ts";

/** Files below `root` (made when missing). Names reach the system as they are: only trusted ones may come in. */
export function fileStorage(root: string): Storage {
  Deno.mkdirSync(root, { recursive: true });
  const place = (path: string) => path === "" ? root : `${root}/${path}`;
  return {
    open: (path, { create = false, secret = false } = {}) => openFile(place(path), create, secret),
    exists: (path) => statistics(place(path)) !== undefined,
    list: (path) => names(place(path)),
    makeDirectory: (path) => Deno.mkdirSync(place(path), { recursive: true }),
    rename: (from, to) => Deno.renameSync(place(from), place(to)),
    remove: (path) => whenThere(() => Deno.removeSync(place(path), { recursive: true })),
    syncDirectory: (path) => syncDirectory(place(path)),
    readFile: (path) => whenThere(() => Deno.readFileSync(place(path))),
  };
}

function openFile(path: string, create: boolean, secret: boolean): StorageFile {
  const mode = secret ? 0o600 : 0o666;
  return new SystemFile(Deno.openSync(path, { read: true, write: true, create, mode }));
}

/**
 * One descriptor and what is known of it: the size, because nobody else writes to the file, and the
 * cursor, which saves the seek when appends follow one another.
 */
class SystemFile implements StorageFile {
  readonly #file: Deno.FsFile;
  #size: number;
  #cursor = 0;

  constructor(file: Deno.FsFile) {
    this.#file = file;
    this.#size = file.statSync().size;
  }

  get size(): number {
    return this.#size;
  }

  // PERF-NOTES.md section 5: seekSync and readSync into a reused buffer beat every other way.
  readAt(into: Uint8Array, position: number): number {
    this.#seek(position);
    let filled = 0;
    while (filled < into.length) {
      const count = this.#file.readSync(filled === 0 ? into : into.subarray(filled));
      if (count === null) break;
      filled += count;
      this.#cursor += count;
    }
    return filled;
  }

  append(bytes: Uint8Array): void {
    this.#seek(this.#size);
    let written = 0;
    while (written < bytes.length) {
      const count = this.#file.writeSync(written === 0 ? bytes : bytes.subarray(written));
      written += count;
      this.#cursor += count;
      this.#size += count;
    }
  }

  truncate(size: number): void {
    this.#file.truncateSync(size);
    this.#size = size;
  }

  sync(): Promise<void> {
    return this.#file.syncData();
  }

  close(): void {
    this.#file.close();
  }

  #seek(position: number): void {
    if (this.#cursor === position) return;
    this.#file.seekSync(position, Deno.SeekMode.Start);
    this.#cursor = position;
  }
}

/** Windows has no handle of a folder that could be synced: there the names are as safe as NTFS makes them. */
async function syncDirectory(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  const directory = Deno.openSync(path, { read: true });
  try {
    await directory.sync();
  } finally {
    directory.close();
  }
}

function names(path: string): string[] {
  return whenThere(() => [...Deno.readDirSync(path)].map((entry) => entry.name).sort()) ?? [];
}

function statistics(path: string): Deno.FileInfo | undefined {
  return whenThere(() => Deno.statSync(path));
}

/** A whole file of any folder; `undefined` when there is none. */
export function readAnyFile(path: string): Uint8Array | undefined {
  return whenThere(() => Deno.readFileSync(path));
}

/** Whether the mode of a file lets others than its owner read it; where there are no modes, nobody. */
export function isOpenToOthers(path: string): boolean {
  const mode = statistics(path)?.mode ?? 0;
  return (mode & 0o044) !== 0;
}

/** What `look` gives, or `undefined` when there is no such file. */
function whenThere<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
