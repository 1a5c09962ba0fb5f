/**
 * The outside world as the core sees it: small interfaces, handed in by the composition root.
 * `lib/os` has the real ones, `tests/support` those of the tests and the simulator.
 *
 * @module
 */
import type { Limits } from "./limits.ts";

/** Time. */
export interface Clock {
  /** Microseconds since the Unix epoch, a safe integer. */
  nowMicros(): number;
  /** Milliseconds that only ever grow, for deadlines and latencies. */
  monotonicMs(): number;
  /** Runs `task` once after `delayMs`, until the returned function is called. Does not keep the process alive. */
  after(delayMs: number, task: () => void): () => void;
}

/** Unpredictable bytes. */
export interface Entropy {
  /** Fills `into` with random bytes. */
  fill(into: Uint8Array): void;
}

/** One open file. Reads and appends are synchronous (a page-cache read costs less than a promise), only `sync` is not. */
export interface StorageFile {
  /** Bytes in the file. */
  readonly size: number;
  /** Fills `into` from `position` on; gives how many bytes there were (fewer only at the end of the file). */
  readAt(into: Uint8Array, position: number): number;
  /** Writes all of `bytes` at the end. After an error the file may hold a part of them: truncate to the size before. */
  append(bytes: Uint8Array): void;
  /** Cuts the file to `size` bytes. */
  truncate(size: number): void;
  /** Resolves when all that was appended before the call is on stable storage. */
  sync(): Promise<void>;
  close(): void;
}

/** Files below one root; paths are relative, with `/`. */
export interface Storage {
  /**
   * Opens a file for reading and appending. `create`: makes it when missing (its folder must exist);
   * `secret`: for nobody but this user to read, then.
   */
  open(path: string, options?: { create?: boolean; secret?: boolean }): StorageFile;
  /** Whether a file or folder of that name exists. */
  exists(path: string): boolean;
  /** Names in a folder, sorted; none when there is no such folder. */
  list(path: string): string[];
  /** Makes a folder and those above it. */
  makeDirectory(path: string): void;
  /** Replaces `to` with `from` in one step. */
  rename(from: string, to: string): void;
  /** Removes a file, or a folder with all in it; nothing happens when there is none. */
  remove(path: string): void;
  /** Resolves when the names in a folder are on stable storage (a no-op where the system has no such call). */
  syncDirectory(path: string): Promise<void>;
  /** A whole small file, or `undefined` when there is none. */
  readFile(path: string): Uint8Array | undefined;
}

/** An address as people and SDKs write it. */
export interface Address {
  readonly hostname: string;
  readonly port: number;
}

/** Both directions of one byte stream. */
export interface Duplex {
  /** The far end. */
  readonly peer: Address;
  /** This end, as the peer dialled it. */
  readonly local: Address;
  /** Whether each write is one message to the peer (WebSocket), which must not be cut. */
  readonly wholeMessages: boolean;
  /** Reads some bytes into `into`; `null` at the end of the stream, however it came about. */
  read(into: Uint8Array): Promise<number | null>;
  /**
   * Writes all of `bytes`; rejects with {@link StreamClosed} when the stream is at its end. A stream
   * of whole messages calls `progress` whenever the far end took a part, so that a slow reader can be
   * told from a stuck one; for other streams the caller makes the parts.
   */
  write(bytes: Uint8Array, progress?: () => void): Promise<void>;
  /** Ends this direction only, where that can be done; what the peer sends is still read. */
  finish?(): Promise<void>;
  /** Ends both directions; pending reads and writes fail or end. Safe to call twice. */
  close(): void;
}

/** What a write to a stream gets whose far end is gone or which was closed here. */
export class StreamClosed extends Error {
  override readonly name = "StreamClosed";
}

/** A listening socket. */
export interface Listener {
  /** The bound address (port 0 resolved). */
  readonly address: Address;
  /** The next connection; `null` once closed. */
  accept(): Promise<Duplex | null>;
  close(): void;
}

/** What the machine says of itself, for stats. */
export interface Host {
  readonly processId: number;
  readonly hostname: string;
  readonly osName: string;
  readonly osVersion: string;
  readonly kernelVersion: string;
  /** Its addresses as others may dial them, those of loopback left out. */
  addresses(): readonly string[];
  /** What is in use now. */
  usage(): HostUsage;
  /** The first `filesMax` files of the data directory. */
  files(filesMax: number): HostFiles;
  /** Processes of the machine that this one may see, itself at least. */
  processes(): HostProcesses;
  /** Memory of the runtime, in bytes. */
  runtime(): {
    readonly heapBytes: number;
    readonly heapUsedBytes: number;
    readonly outsideHeapBytes: number;
  };
  /** How long what is due now waits for its turn, in milliseconds. */
  loopDelayMs(): Promise<number>;
}

/** Files below a folder, by folder and name. */
export interface HostFiles {
  readonly files: readonly {
    /** Below the folder, with `/`. */
    readonly path: string;
    readonly bytes: number;
    /** Milliseconds since the Unix epoch. */
    readonly modifiedMs?: number;
  }[];
  /** How many more there are. */
  readonly left: number;
}

/** Processes by number. */
export interface HostProcesses {
  readonly processes: readonly HostProcess[];
  /** What is among them and what is not, for people. */
  readonly note: string;
}

/** One process; what the system does not tell is `undefined`. */
export interface HostProcess {
  readonly id: number;
  readonly parentId?: number;
  readonly memoryBytes: number;
  readonly threadsCount?: number;
  /** The program's name, without arguments. */
  readonly command: string;
}

/** Use of the machine and by this process; sizes in bytes, CPU since the start: of this process in percent of one core, in total in percent of all. */
export interface HostUsage {
  readonly cpuPercent: number;
  readonly totalCpuPercent: number;
  readonly memoryBytes: number;
  readonly totalMemoryBytes: number;
  readonly availableMemoryBytes: number;
  readonly freeDiskBytes: number;
  readonly totalDiskBytes: number;
  /** Threads of this process; 1 where the system does not tell: the one that serves. */
  readonly threadsCount: number;
}

/** Where streams that speak HTTP go. */
export interface HttpBridge {
  /**
   * Serves a stream of which `head` was read already, until either end closes it. `isTls`: what comes
   * from the stream was sealed on its way.
   */
  serve(stream: Duplex, head: Uint8Array, isTls?: boolean): Promise<void>;
  close(): Promise<void>;
}

/** Where a request comes from. */
export interface RequestContext {
  /** The far end of the connection it came by. */
  readonly peer: Address;
  /** Whether nobody else could read it on its way. */
  readonly isTls: boolean;
}

/** What happens to what arrives over the bridge. */
export interface HttpHandlers {
  /** Whether a page of that origin may open a WebSocket here; what is no page is not asked about. */
  admitsOrigin(origin: string, host: string): boolean;
  /**
   * A WebSocket that is open: a `Duplex` whose writes are one binary message each, and the stream that
   * was handed to the bridge, inside of which it is.
   */
  onWebSocket(stream: Duplex, below: Duplex): void;
  /** Any other request. */
  onRequest(request: Request, context: RequestContext): Response | Promise<Response>;
}

/** The outside world of a node; `lib/os/system_ports.ts` has the real one. */
export interface NodePorts {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly host: Host;
  /** Below the data directory, which is this process's alone. */
  readonly storage: Storage;
  listen(address: Address): Listener;
  /** A whole file anywhere, by its path from the working directory; `undefined` when there is none. */
  readFile(path: string): Uint8Array | undefined;
  /** Whether a file anywhere may be read by users other than its owner, as far as the system tells. */
  isOpenToOthers(path: string): boolean;
  openHttpBridge(
    handlers: HttpHandlers,
    limits: Pick<Limits, "requestHeadTimeMsMax">,
  ): HttpBridge;
}
