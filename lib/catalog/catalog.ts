/**
 * What exists on this node, and how it came to be: the composition of the nouns, the state, the
 * journal and the snapshot.
 *
 * ```text
 * command -> checked against the state -> entry -> journal (written) -> state -> durable() -> answer
 * ```
 *
 * @module
 */
import type { Storage } from "../ports.ts";
import { WireWriter } from "../../protocol/wire.ts";
import type { Ledger } from "./commands.ts";
import { ConsumerOffsets } from "./consumer_offsets.ts";
import { decodeEntry, encodeEntry, type Entry } from "./entries.ts";
import { Groups } from "./groups.ts";
import { Journal, type TornTail } from "./journal.ts";
import { Partitions } from "./partitions.ts";
import { PersonalAccessTokens } from "./personal_access_tokens.ts";
import { encodeState, readSnapshot, writeSnapshot } from "./snapshot.ts";
import type { CatalogState } from "./state.ts";
import { Streams } from "./streams.ts";
import { TOPIC_DEFAULTS, type TopicSettings } from "./topic_settings.ts";
import { Topics } from "./topics.ts";
import { Users } from "./users.ts";

export interface CatalogOptions {
  /** What a topic gets where its creator does not choose. */
  readonly topicDefaults?: TopicSettings;
  /** Journal size at which a snapshot is taken; grows with the snapshot itself. Default 8 MiB. */
  readonly journalBytesMax?: number;
  /** Stored offsets one partition keeps, of consumers and groups together. Default 100,000. */
  readonly partitionOffsetsMax?: number;
  /** Personal access tokens one user may have. Default 100. */
  readonly userTokensMax?: number;
  /** Told what an operator should know. */
  readonly onEvent?: (event: CatalogEvent) => void;
}

/** What an operator should know. */
export type CatalogEvent =
  /** A crash left a part of an entry that nobody was told of; it is cut off. */
  | ({ readonly kind: "torn_tail" } & TornTail)
  | { readonly kind: "snapshot_written"; readonly sequence: number; readonly bytes: number }
  /** The journal goes on and will be snapshot later. */
  | { readonly kind: "snapshot_failed"; readonly error: unknown };

/**
 * Commands change the state at once and synchronously, and throw an `IggyError` instead when they are
 * refused. An answer that says "done" waits for {@link durable} first.
 */
export class Catalog {
  readonly streams: Streams;
  readonly topics: Topics;
  readonly partitions: Partitions;
  readonly groups: Groups;
  readonly offsets: ConsumerOffsets;
  readonly users: Users;
  readonly tokens: PersonalAccessTokens;

  readonly #storage: Storage;
  readonly #directory: string;
  readonly #state: CatalogState;
  readonly #journal: Journal;
  readonly #writer = new WireWriter();
  readonly #options: CatalogOptions;
  #snapshotAtBytes: number;
  #snapshotting: Promise<void> | undefined;

  /**
   * Opens the catalog kept in `directory`, or makes an empty one there.
   *
   * @throws {Error} when it is damaged or of another version; nothing is changed then.
   */
  static async open(
    storage: Storage,
    directory: string,
    options: CatalogOptions = {},
  ): Promise<Catalog> {
    storage.makeDirectory(directory);
    await storage.syncDirectory(directory.slice(0, Math.max(0, directory.lastIndexOf("/"))));
    const { state, sequence } = readSnapshot(storage, directory);
    const journal = await Journal.open(storage, directory, {
      snapshotSequence: sequence,
      replay: (payload, number) => state.apply(decodeEntry(payload), number),
      onTornTail: (tail) => options.onEvent?.({ kind: "torn_tail", ...tail }),
    });
    return new Catalog(storage, directory, state, journal, options);
  }

  private constructor(
    storage: Storage,
    directory: string,
    state: CatalogState,
    journal: Journal,
    options: CatalogOptions,
  ) {
    this.#storage = storage;
    this.#directory = directory;
    this.#state = state;
    this.#journal = journal;
    this.#options = options;
    this.#snapshotAtBytes = this.#journalBytesMax;
    const ledger: Ledger = { state, commit: (entry) => this.#commit(entry) };
    this.streams = new Streams(ledger);
    this.topics = new Topics(ledger, this.streams, options.topicDefaults ?? TOPIC_DEFAULTS);
    this.partitions = new Partitions(ledger, this.topics);
    this.groups = new Groups(ledger, this.topics);
    this.offsets = new ConsumerOffsets(ledger, options.partitionOffsetsMax ?? 100_000);
    this.users = new Users(ledger);
    this.tokens = new PersonalAccessTokens(ledger, this.users, options.userTokensMax ?? 100);
  }

  /** Number of the last change, VSR's commit number; 0 when nothing ever happened. */
  get sequence(): number {
    return this.#journal.sequence;
  }

  /**
   * Resolves when all changes so far are on stable storage.
   *
   * @throws {IggyError} 13000 once the disk has failed: every later change is refused, too.
   */
  durable(): Promise<void> {
    return this.#journal.durable();
  }

  /** Writes the state as of now to a file, so that the journal can start anew. */
  snapshot(): Promise<void> {
    return this.#snapshotting ??= this.#writeSnapshot()
      .finally(() => this.#snapshotting = undefined);
  }

  /** Makes all changes safe and closes the files. No command may follow. */
  async close(): Promise<void> {
    await this.#snapshotting?.catch(() => {});
    await this.#journal.close();
  }

  #commit(entry: Entry): void {
    const sequence = this.#journal.append(encodeEntry(entry, this.#writer));
    this.#state.apply(entry, sequence);
    if (this.#journal.bytes >= this.#snapshotAtBytes && this.#snapshotting === undefined) {
      this.snapshot().catch((error) => {
        this.#snapshotAtBytes = this.#journal.bytes + this.#journalBytesMax;
        this.#options.onEvent?.({ kind: "snapshot_failed", error });
      });
    }
  }

  async #writeSnapshot(): Promise<void> {
    // Both in one step: the new journal file starts where the snapshot ends.
    this.#journal.rotate();
    const sequence = this.#journal.sequence;
    const state = encodeState(this.#state);
    await writeSnapshot(this.#storage, this.#directory, state, sequence);
    await this.#journal.dropRotated();
    this.#snapshotAtBytes = Math.max(this.#journalBytesMax, 2 * state.length);
    this.#options.onEvent?.({ kind: "snapshot_written", sequence, bytes: state.length });
  }

  get #journalBytesMax(): number {
    return this.#options.journalBytesMax ?? 2 ** 23;
  }
}
