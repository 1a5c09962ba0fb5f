/**
 * The journal: every entry since the last snapshot, in files of frames (frame.ts) named
 * `journal-{base}`, the number of the entry before their first. Usually there is one; while a
 * snapshot is written there are two, and after a failed snapshot more.
 *
 * ```text
 * Open --append--> entry in the file, not yet safe --durable()--> safe
 * Open --append fails--> file cut back, entry refused, still Open
 * Open --fsync fails, or the cut fails--> Failed: refuses everything from then on
 * ```
 *
 * Invariants: entry numbers have no gap, within a file and from file to file; `durable <= sequence`;
 * the first frame of a file is {@link JOURNAL_START} and has the file's base as its number.
 *
 * @module
 */
import { IO_ERROR } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { Storage, StorageFile } from "../ports.ts";
import { FrameWriter, provesDurable, readFrame } from "./frame.ts";

export interface JournalOptions {
  /** Number of the last entry in the snapshot; 0 without one. */
  readonly snapshotSequence: number;
  /** Takes every entry after the snapshot, in order, while the journal opens. */
  readonly replay: (payload: Uint8Array, sequence: number) => void;
  /** Told once when a crash left a torn end, which was cut off. */
  readonly onTornTail?: (tail: TornTail) => void;
}

/** What a crash left behind the last whole entry. */
export interface TornTail {
  readonly file: string;
  /** Bytes that were cut off, those of later files included. */
  readonly bytes: number;
  /** Number of the last entry that is there. */
  readonly sequence: number;
}

export class Journal {
  readonly #storage: Storage;
  readonly #directory: string;
  readonly #frames = new FrameWriter();
  /** Live files by base; the last one takes the entries. */
  readonly #bases: number[];
  #file: StorageFile;
  /** Files that no longer take entries and may have some that are not safe. */
  readonly #retired: StorageFile[] = [];
  #olderBytes: number;
  #sequence: number;
  #durable: number;
  #syncing: { readonly upTo: number; readonly done: Promise<void> } | undefined;
  #failure: IggyError | undefined;

  /**
   * Opens the journal of `directory`, which must exist.
   *
   * @throws {Error} when entries are missing or damaged that were on stable storage, or when a file is
   * of another version.
   */
  static async open(
    storage: Storage,
    directory: string,
    options: JournalOptions,
  ): Promise<Journal> {
    const recovered = recover(storage, directory, options);
    const { bases, sequence } = recovered;
    if (bases.length === 0) bases.push(sequence);
    const file = storage.open(pathOf(directory, bases[bases.length - 1]), { create: true });
    try {
      file.truncate(recovered.end);
      const journal = new Journal(storage, directory, file, recovered);
      if (file.size === 0) journal.#start(file, sequence);
      // What was cut off must not come back behind entries that are yet to be written.
      await file.sync();
      await storage.syncDirectory(directory);
      return journal;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  private constructor(
    storage: Storage,
    directory: string,
    file: StorageFile,
    { bases, sequence, olderBytes }: Recovered,
  ) {
    this.#storage = storage;
    this.#directory = directory;
    this.#file = file;
    this.#bases = bases;
    this.#olderBytes = olderBytes;
    this.#sequence = sequence;
    this.#durable = sequence;
  }

  /** Number of the last entry. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Bytes in all files. */
  get bytes(): number {
    return this.#olderBytes + this.#file.size;
  }

  /**
   * Writes an entry and gives its number. It survives the process; {@link durable} tells when it
   * survives the system.
   *
   * @throws {IggyError} 13000 when the disk refuses it: nothing has changed.
   */
  append(payload: Uint8Array): number {
    if (this.#failure !== undefined) throw this.#failure;
    const sequence = this.#sequence + 1;
    this.#write(this.#file, this.#frames.frame(sequence, this.#durable, payload));
    this.#sequence = sequence;
    return sequence;
  }

  /**
   * Resolves when every entry so far is on stable storage; many callers share one fsync.
   *
   * @throws {IggyError} 13000 once an fsync has failed: nobody can say then what is safe.
   */
  durable(): Promise<void> {
    return this.#durableUpTo(this.#sequence);
  }

  /** Lets later entries go to a new file. Nothing has changed when it throws. */
  rotate(): void {
    if (this.#failure !== undefined) throw this.#failure;
    const base = this.#sequence;
    if (base === this.#bases[this.#bases.length - 1]) return;
    const path = pathOf(this.#directory, base);
    const file = this.#storage.open(path, { create: true });
    try {
      this.#start(file, base);
    } catch (error) {
      file.close();
      this.#storage.remove(path);
      throw error;
    }
    this.#retired.push(this.#file);
    this.#olderBytes += this.#file.size;
    this.#file = file;
    this.#bases.push(base);
  }

  /** Removes all files but the last, because a safe snapshot holds what is in them. */
  async dropRotated(): Promise<void> {
    while (this.#retired.length > 0) await this.#sharedSync().done;
    for (const base of this.#bases.splice(0, this.#bases.length - 1)) {
      this.#storage.remove(pathOf(this.#directory, base));
    }
    this.#olderBytes = 0;
  }

  /** Makes all entries safe and closes the files. */
  async close(): Promise<void> {
    try {
      await this.durable();
    } finally {
      this.#failure ??= failed("Catalog journal is closed");
      for (const file of [...this.#retired, this.#file]) file.close();
    }
  }

  #start(file: StorageFile, base: number): void {
    this.#write(file, this.#frames.frame(base, Math.min(this.#durable, base), JOURNAL_START));
  }

  #write(file: StorageFile, frame: Uint8Array): void {
    const size = file.size;
    try {
      file.append(frame);
    } catch (error) {
      this.#cutBack(file, size);
      throw failed(`Catalog journal takes no entry of ${frame.length} bytes`, error);
    }
  }

  #cutBack(file: StorageFile, size: number): void {
    try {
      file.truncate(size);
    } catch (error) {
      throw this.#fail("Catalog journal cannot be cut back to its last entry", error);
    }
  }

  #durableUpTo(sequence: number): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#durable >= sequence) return Promise.resolve();
    const { upTo, done } = this.#sharedSync();
    return upTo >= sequence ? done : done.then(() => this.#durableUpTo(sequence));
  }

  #sharedSync(): { readonly upTo: number; readonly done: Promise<void> } {
    return this.#syncing ??= { upTo: this.#sequence, done: this.#sync() };
  }

  async #sync(): Promise<void> {
    const upTo = this.#sequence;
    const file = this.#file;
    const retired = [...this.#retired];
    try {
      for (const old of retired) await old.sync();
      // A file made by `rotate` is only safe once its name is.
      if (retired.length > 0) await this.#storage.syncDirectory(this.#directory);
      await file.sync();
    } catch (error) {
      throw this.#fail("Catalog journal cannot be synced", error);
    } finally {
      this.#syncing = undefined;
    }
    this.#durable = upTo;
    for (const old of this.#retired.splice(0, retired.length)) old.close();
  }

  #fail(message: string, cause: unknown): IggyError {
    return this.#failure ??= failed(message, cause);
  }
}

interface Recovered {
  /** Live files, oldest first; none when there is no journal yet. */
  readonly bases: number[];
  readonly sequence: number;
  /** Good bytes of the last file. */
  readonly end: number;
  /** Bytes of the files before it. */
  readonly olderBytes: number;
}

interface FoundFile {
  readonly path: string;
  readonly base: number;
  readonly bytes: Uint8Array;
  /** Where its good frames end, once they are replayed. */
  end?: number;
}

/** Replays what is there, and removes whole files that a snapshot or a crash made void. */
function recover(storage: Storage, directory: string, options: JournalOptions): Recovered {
  const { snapshotSequence } = options;
  const files = findFiles(storage, directory, snapshotSequence);
  let sequence = files[0]?.base ?? snapshotSequence;
  for (const file of files) {
    // Behind: a rotation that failed. Ahead: the file before it has lost its end.
    if (file.base !== sequence) continue;
    sequence = replayFile(file, options);
  }
  // The journal may have lost entries that the snapshot has.
  const last = Math.max(sequence, snapshotSequence);
  reportLost(files, last, options.onTornTail);
  for (const { path, end } of files) {
    if (end === undefined) storage.remove(path);
  }
  const live = files.filter(({ end }) => end !== undefined);
  const bases = live.map(({ base }) => base);
  const sizes = live.map(({ end = 0 }) => end);
  if (sequence < last) {
    bases.push(last);
    sizes.push(0);
  }
  const end = sizes.pop() ?? 0;
  return { bases, sequence: last, end, olderBytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** The files that hold entries after the snapshot, oldest first; those that hold none are removed. */
function findFiles(storage: Storage, directory: string, snapshotSequence: number): FoundFile[] {
  const bases: number[] = [];
  for (const name of storage.list(directory)) {
    const digits = FILE_NAME.exec(name)?.[1];
    if (digits !== undefined) bases.push(Number(digits));
  }
  bases.sort((a, b) => a - b);
  while (bases.length > 1 && bases[1] <= snapshotSequence) {
    storage.remove(pathOf(directory, bases.shift()!));
  }
  if (bases.length > 0 && bases[0] > snapshotSequence) {
    throw new Error(
      `Catalog journal starts after entry ${bases[0]}, the snapshot ends at ${snapshotSequence}`,
    );
  }
  return bases.map((base) => {
    const path = pathOf(directory, base);
    return { path, base, bytes: storage.readFile(path) ?? new Uint8Array() };
  });
}

/** Replays the good frames of a file and gives the number of the last one. */
function replayFile(file: FoundFile, { snapshotSequence, replay }: JournalOptions): number {
  const { path, base, bytes } = file;
  file.end = 0;
  const start = readFrame(bytes, 0);
  if (start === undefined || start.sequence !== base) return base;
  const version = start.payload[1];
  if (start.payload[0] !== JOURNAL_START[0] || version !== JOURNAL_START[1]) {
    throw new Error(
      `Catalog journal ${path} has format ${version}, this version reads ${JOURNAL_START[1]}`,
    );
  }
  file.end = start.end;
  for (let last = base;; last++) {
    const frame = readFrame(bytes, file.end);
    if (frame === undefined || frame.sequence !== last + 1) return last;
    if (frame.sequence > snapshotSequence) replay(frame.payload, frame.sequence);
    file.end = frame.end;
  }
}

/**
 * A crash may cost what no fsync covered, and only that: the node must not go on without an entry
 * that was safe once, because it would take the files of what that entry made for leftovers.
 */
function reportLost(
  files: readonly FoundFile[],
  sequence: number,
  onTornTail: JournalOptions["onTornTail"],
): void {
  let torn: TornTail | undefined;
  for (const { path, bytes, end = 0 } of files) {
    if (end === bytes.length) continue;
    if (provesDurable(bytes, end, sequence + 1)) {
      throw new Error(`Catalog journal ${path} is damaged: entry ${sequence + 1} is missing`);
    }
    torn = { file: path, sequence, ...torn, bytes: (torn?.bytes ?? 0) + bytes.length - end };
  }
  if (torn !== undefined) onTornTail?.(torn);
}

function pathOf(directory: string, base: number): string {
  return `${directory}/journal-${String(base).padStart(16, "0")}`;
}

function failed(message: string, cause?: unknown): IggyError {
  const reason = cause instanceof Error ? `: ${cause.message}` : "";
  return new IggyError(IO_ERROR, message + reason, { cause });
}

const FILE_NAME = /^journal-(\d{16})$/;

/** Payload of a file's first frame: a form that no entry has (entries.ts), and the format's version. */
const JOURNAL_START = Uint8Array.of(0, 1);
