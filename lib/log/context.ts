/**
 * What all partition logs of a node share: the ports, the bounds, and the few things that must be
 * counted over all of them (open files, syncs in flight, cached indexes).
 *
 * @module
 */
import type { BatchKernel } from "../../protocol/message.ts";
import type { Limits } from "../limits.ts";
import type { Clock, Storage } from "../ports.ts";
import type { BatchCipher } from "./batch_cipher.ts";
import { Folders, Gate, OpenFiles } from "./files.ts";
import { Lru } from "./lru.ts";
import type { SegmentIndex } from "./index.ts";

/** The outside world of the log. */
export interface LogPorts {
  readonly storage: Storage;
  readonly clock: Clock;
  /** Its `memory` is where appended batches lie; recovery reads into its `input`. */
  readonly kernel: BatchKernel;
  /** Takes one line for the node's log. */
  readonly onEvent: (event: LogEvent) => void;
}

/** The bounds that concern the log. */
export type LogLimits = Pick<
  Limits,
  | "openFilesMax"
  | "syncsInFlightMax"
  | "indexIntervalBytes"
  | "indexCacheBytesMax"
  | "commitIntervalBytesMax"
  | "cleaningStepMsMax"
>;

/** What is done with each batch beyond storing it. */
export interface LogPolicy {
  /** Whether what is read from the disk is checked before it is sent. */
  readonly validatesChecksums: boolean;
  /** Encryption at rest; batches are checked when they are read then, whatever else is said. */
  readonly cipher?: BatchCipher;
}

/** Something an operator should know. */
export interface LogEvent {
  readonly kind: LogEventKind;
  /** The file or folder it is about, from the data directory on. */
  readonly path: string;
  /** The whole story in one sentence. */
  readonly message: string;
}

export type LogEventKind =
  /** The end of the log was incomplete after a crash and was cut off. */
  | "tail_cut"
  /** An index file was missing or wrong and is made anew. */
  | "index_rebuilt"
  /** Committed bytes are unreadable or gone. */
  | "segment_damaged"
  /** A sync failed: the partition takes no more messages. */
  | "commit_failed"
  /** Files of a partition that has ended are still there; the next start removes them. */
  | "removal_failed"
  /** A partition keeps what should have gone; the next cleaning tries again. */
  | "cleaning_failed";

/** See the module comment. */
export class LogContext {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly kernel: BatchKernel;
  readonly onEvent: (event: LogEvent) => void;
  readonly limits: LogLimits;
  readonly policy: LogPolicy;
  /** Whether what is read from the disk is checked: because it has to be, or to be opened. */
  readonly checksReads: boolean;
  readonly files: OpenFiles;
  readonly folders: Folders;
  /** Indexes of sealed segments by the path of their file. */
  readonly indexes: Lru<string, SegmentIndex>;
  /** Where headers are looked at one by one; borrowed for one synchronous step. */
  readonly scratch: DataView<ArrayBuffer>;

  constructor(ports: LogPorts, limits: LogLimits, policy: LogPolicy) {
    this.storage = ports.storage;
    this.clock = ports.clock;
    this.kernel = ports.kernel;
    this.onEvent = ports.onEvent;
    this.limits = limits;
    this.policy = policy;
    this.checksReads = policy.validatesChecksums || policy.cipher !== undefined;
    const gate = new Gate(limits.syncsInFlightMax);
    this.files = new OpenFiles(ports.storage, gate, limits.openFilesMax);
    this.folders = new Folders(ports.storage, gate);
    this.indexes = new Lru(limits.indexCacheBytesMax, (index) => index.memoryBytes);
    this.scratch = new DataView(new ArrayBuffer(SCRATCH_BYTES));
  }
}

const SCRATCH_BYTES = 64 * 1024;
