/**
 * A disk in memory that keeps apart what was written and what was synced, loses the difference in a
 * crash, and fails when told to. Same calls, same outcome: nothing here is random.
 *
 * @module
 */
import type { Storage, StorageFile } from "../../lib/ports.ts";

/** What can be made to fail. */
export type Operation =
  | "open"
  | "read"
  | "append"
  | "truncate"
  | "sync"
  | "rename"
  | "remove"
  | "make_directory"
  | "sync_directory";

/** One failure to come. */
export interface Fault {
  readonly operation: Operation;
  /** Only for paths that end so; default: every path. */
  readonly pathEnd?: string;
  /** How many matching calls succeed first; default 0. */
  readonly after?: number;
  /** How many matching calls then fail; default 1. */
  readonly times?: number;
  /** For `append`: how many bytes still land in the file; default 0. */
  readonly bytesWritten?: number;
  /** What is thrown; default: an input/output error. */
  readonly error?: Error;
}

/** What a crash leaves of one file with unsynced bytes: `size` bytes, then `zeros` bytes of nothing. */
export interface Remains {
  readonly size: number;
  readonly zeros?: number;
}

/** A file at the moment of a crash. */
export interface CrashedFile {
  readonly path: string;
  /** Bytes that are safe. */
  readonly syncedBytes: number;
  /** Bytes that were written. */
  readonly writtenBytes: number;
}

/** What survives: of the files, and of the names (entries of folders) made since their folder was synced. */
export interface Survival {
  /** `synced`: only what was synced; `written`: all (the process died, the system did not); or by file. */
  readonly files: "synced" | "written" | ((file: CrashedFile) => Remains);
  readonly names: "synced" | "written" | NamesWritten;
}

/** The first `written` of the changes of names since the last sync of their folder, in their order. */
export interface NamesWritten {
  readonly written: number;
}

/** Thrown by every call once the power is gone (see {@link SimStorage.bytesUntilPowerLoss}). */
export class PowerLoss extends Error {
  override readonly name = "PowerLoss";
}

/** The disk. */
export class SimStorage implements Storage {
  /** How many bytes fit; an append beyond writes what fits and fails as a full disk does. */
  capacityBytes = Infinity;
  /** How many bytes may still be appended before the power goes: then every call throws {@link PowerLoss}. */
  bytesUntilPowerLoss = Infinity;
  /** How many calls other than appends may still be made before the power goes. */
  callsUntilPowerLoss = Infinity;
  /** What was done so far. */
  readonly done = { opens: 0, reads: 0, bytesRead: 0, bytesWritten: 0, syncs: 0 };
  /** How many changes of names a crash may undo. */
  get unsyncedNames(): number {
    return this.#unsyncedNames.length;
  }

  /** Open handles, now and at most so far. */
  readonly handles = { open: 0, openMax: 0 };

  #names: Names = new Map([["", "directory"]]);
  #syncedNames: Names = new Map([["", "directory"]]);
  #unsyncedNames: NameChange[] = [];
  readonly #faults: { fault: Fault; seen: number }[] = [];
  #syncGate: { promise: Promise<void>; release: () => void } | undefined;

  /** Makes a later call fail. */
  fail(fault: Fault): void {
    this.#faults.push({ fault, seen: 0 });
  }

  /** Keeps syncs from ending until the returned function is called. */
  holdSyncs(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#syncGate = { promise, release: resolve };
    return () => {
      this.#syncGate = undefined;
      resolve();
    };
  }

  /** The disk as it is found after a crash at this moment. This one stays as it is. */
  afterCrash(survival: Survival): SimStorage {
    const found = new SimStorage();
    const names = this.#namesAfterCrash(survival.names);
    for (const [path, node] of names) {
      if (!reachable(names, path)) continue;
      found.#names.set(path, node === "directory" ? node : node.afterCrash(path, survival.files));
    }
    found.#syncedNames = new Map(found.#names);
    return found;
  }

  /** Puts a file there, synced, its folders too. */
  writeFile(path: string, bytes: Uint8Array): void {
    this.makeDirectory(parentOf(path));
    this.#names.set(path, SimNode.of(bytes));
    this.#syncedNames = new Map(this.#names);
    this.#unsyncedNames = [];
  }

  /** Changes the bytes of a file in place, as rot does. */
  corrupt(path: string, change: (bytes: Uint8Array) => void): void {
    change(this.#file(path).content());
  }

  /** Paths of all files, sorted. */
  paths(): string[] {
    return [...this.#names].filter(([, node]) => node !== "directory").map(([path]) => path).sort();
  }

  open(path: string, options?: { create?: boolean }): StorageFile {
    this.#step("open", path);
    const present = this.#names.get(path);
    if (present === "directory") throw new Error(`Is a directory: ${path}`);
    if (present === undefined && !options?.create) throw notFound(path);
    const node = present ?? this.#create(path);
    this.done.opens++;
    this.handles.openMax = Math.max(this.handles.openMax, ++this.handles.open);
    return this.#handle(path, node);
  }

  exists(path: string): boolean {
    this.#step("read", path);
    return this.#names.has(path);
  }

  list(path: string): string[] {
    this.#step("read", path);
    const inside = [...this.#names.keys()].filter((each) => each !== "" && parentOf(each) === path);
    return inside.map((each) => each.slice(path === "" ? 0 : path.length + 1)).sort();
  }

  makeDirectory(path: string): void {
    if (path === "" || this.#names.get(path) === "directory") return;
    if (this.#names.has(path)) throw new Error(`Is a file: ${path}`);
    this.makeDirectory(parentOf(path));
    this.#step("make_directory", path);
    this.#rename({ parent: parentOf(path), apply: (names) => names.set(path, "directory") });
  }

  rename(from: string, to: string): void {
    this.#step("rename", from);
    const node = this.#names.get(from);
    if (node === undefined) throw notFound(from);
    this.#rename({
      parent: parentOf(to),
      apply(names) {
        names.delete(from);
        names.set(to, node);
      },
    });
  }

  remove(path: string): void {
    this.#step("remove", path);
    if (!this.#names.has(path)) return;
    this.#rename({
      parent: parentOf(path),
      apply(names) {
        for (const each of names.keys()) {
          if (each === path || each.startsWith(`${path}/`)) names.delete(each);
        }
      },
    });
  }

  async syncDirectory(path: string): Promise<void> {
    this.#step("sync_directory", path);
    const changes = this.#unsyncedNames.filter((change) => change.parent === path);
    await this.#syncGate?.promise;
    for (const change of changes) change.apply(this.#syncedNames);
    this.#unsyncedNames = this.#unsyncedNames.filter((change) => !changes.includes(change));
  }

  readFile(path: string): Uint8Array | undefined {
    this.#step("read", path);
    const node = this.#names.get(path);
    if (node === undefined || node === "directory") return undefined;
    this.done.bytesRead += node.size;
    return node.content().slice();
  }

  #namesAfterCrash(survival: Survival["names"]): Names {
    if (survival === "written") return this.#names;
    if (survival === "synced") return this.#syncedNames;
    const names = new Map(this.#syncedNames);
    for (const change of this.#unsyncedNames.slice(0, survival.written)) change.apply(names);
    return names;
  }

  #handle(path: string, node: SimNode): StorageFile {
    let open = true;
    const use = (operation: Operation) => {
      if (!open) throw new Error(`File is closed: ${path}`);
      this.#step(operation, path);
    };
    return {
      get size() {
        return node.size;
      },
      readAt: (into, position) => {
        use("read");
        const count = node.readAt(into, position);
        this.done.reads++;
        this.done.bytesRead += count;
        return count;
      },
      append: (bytes) => {
        if (!open) throw new Error(`File is closed: ${path}`);
        this.#append(path, node, bytes);
      },
      truncate: (size) => {
        use("truncate");
        node.truncate(size);
      },
      sync: async () => {
        use("sync");
        this.done.syncs++;
        const size = node.size;
        await this.#syncGate?.promise;
        node.sync(size);
      },
      close: () => {
        if (open) this.handles.open--;
        open = false;
      },
    };
  }

  #append(path: string, node: SimNode, bytes: Uint8Array): void {
    if (this.callsUntilPowerLoss <= 0) this.#failWithoutPower();
    const fault = this.#due("append", path);
    const fits = Math.min(bytes.length, fault?.bytesWritten ?? (fault ? 0 : Infinity));
    const room = Math.min(fits, this.capacityBytes - this.#usedBytes(), this.bytesUntilPowerLoss);
    node.append(bytes.subarray(0, room));
    this.done.bytesWritten += room;
    this.bytesUntilPowerLoss -= room;
    if (fault) throw fault.error ?? inputOutput(path);
    if (room === bytes.length) return;
    this.#failWithoutPower();
    throw new Error(`No space left on device: ${path}`);
  }

  #step(operation: Operation, path: string): void {
    this.#failWithoutPower();
    this.callsUntilPowerLoss--;
    const fault = this.#due(operation, path);
    if (fault) throw fault.error ?? inputOutput(path);
  }

  #failWithoutPower(): void {
    if (Math.min(this.bytesUntilPowerLoss, this.callsUntilPowerLoss) <= 0) {
      throw new PowerLoss("The power is gone");
    }
  }

  #due(operation: Operation, path: string): Fault | undefined {
    for (const entry of this.#faults) {
      const { fault } = entry;
      if (fault.operation !== operation || !path.endsWith(fault.pathEnd ?? "")) continue;
      const call = entry.seen++ - (fault.after ?? 0);
      if (call >= 0 && call < (fault.times ?? 1)) return fault;
    }
    return undefined;
  }

  #create(path: string): SimNode {
    if (this.#names.get(parentOf(path)) !== "directory") throw notFound(path);
    const node = new SimNode();
    this.#rename({ parent: parentOf(path), apply: (names) => names.set(path, node) });
    return node;
  }

  #rename(change: NameChange): void {
    change.apply(this.#names);
    this.#unsyncedNames.push(change);
  }

  #file(path: string): SimNode {
    const node = this.#names.get(path);
    if (node === undefined || node === "directory") throw notFound(path);
    return node;
  }

  #usedBytes(): number {
    if (this.capacityBytes === Infinity) return 0;
    let used = 0;
    for (const node of this.#names.values()) if (node !== "directory") used += node.size;
    return used;
  }
}

type Names = Map<string, SimNode | "directory">;

interface NameChange {
  readonly parent: string;
  apply(names: Names): void;
}

/**
 * One file. `#syncedSize` bytes are safe; when a truncate went below that, `#cut` remembers the safe
 * bytes from `#cutAt` on, because a crash before the next sync may bring them back.
 */
class SimNode {
  #bytes = new Uint8Array(1024);
  size = 0;
  #syncedSize = 0;
  #cutAt = Infinity;
  #cut = new Uint8Array(0);

  static of(bytes: Uint8Array): SimNode {
    const node = new SimNode();
    node.append(bytes);
    node.sync(bytes.length);
    return node;
  }

  content(): Uint8Array {
    return this.#bytes.subarray(0, this.size);
  }

  readAt(into: Uint8Array, position: number): number {
    const found = this.#bytes.subarray(position, Math.min(this.size, position + into.length));
    into.set(found);
    return found.length;
  }

  append(bytes: Uint8Array): void {
    const size = this.size + bytes.length;
    if (size > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(size, this.#bytes.length * 2));
      grown.set(this.content());
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.size);
    this.size = size;
  }

  truncate(size: number): void {
    if (size > this.size) this.append(new Uint8Array(size - this.size));
    const safe = this.#synced();
    if (size < this.#syncedSize) {
      this.#syncedSize = size;
      this.#cutAt = size;
      this.#cut = safe.slice(size);
    }
    this.size = size;
  }

  sync(size: number): void {
    this.#syncedSize = Math.min(size, this.size);
    this.#cutAt = Infinity;
  }

  afterCrash(path: string, survival: Survival["files"]): SimNode {
    const safe = this.#synced();
    if (survival === "synced") return SimNode.of(safe);
    if (survival === "written") return SimNode.of(this.content());
    const file = { path, syncedBytes: this.#syncedSize, writtenBytes: this.size };
    const remains = survival(file);
    const node = SimNode.of(this.#bytes.subarray(0, Math.min(remains.size, this.size)));
    node.append(new Uint8Array(remains.zeros ?? 0));
    node.sync(node.size);
    return node;
  }

  #synced(): Uint8Array {
    const kept = this.#bytes.subarray(0, this.#syncedSize);
    if (this.#cutAt === Infinity) return kept;
    const safe = new Uint8Array(this.#cutAt + this.#cut.length);
    safe.set(kept.subarray(0, this.#cutAt));
    safe.set(this.#cut, this.#cutAt);
    return safe;
  }
}

function reachable(names: Names, path: string): boolean {
  return path === "" ||
    (names.get(parentOf(path)) === "directory" && reachable(names, parentOf(path)));
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function notFound(path: string): Error {
  return new Error(`No such file or directory: ${path}`);
}

function inputOutput(path: string): Error {
  return new Error(`Input/output error: ${path}`);
}
