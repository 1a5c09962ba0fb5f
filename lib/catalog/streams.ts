/**
 * Streams (CLASSIC.md section 12).
 *
 * @module
 */
import {
  STREAM_ID_NOT_FOUND,
  STREAM_NAME_ALREADY_EXISTS,
  TOO_MANY_STREAMS,
} from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { Identifier } from "../../protocol/primitives.ts";
import { checkName, type Ledger, required } from "./commands.ts";
import type { NamedView } from "./named_table.ts";
import type { StreamView } from "./views.ts";

export class Streams implements NamedView<StreamView> {
  readonly #ledger: Ledger;
  readonly #table: NamedView<StreamView>;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    this.#table = ledger.state.streams;
  }

  get size(): number {
    return this.#table.size;
  }

  get nextId(): number {
    return this.#table.nextId;
  }

  find(identifier: Identifier): StreamView | undefined {
    return this.#table.find(identifier);
  }

  values(): IterableIterator<StreamView> {
    return this.#table.values();
  }

  /** @throws {IggyError} 1009 when there is no such stream, here and below. */
  require(identifier: Identifier): StreamView {
    return required(this.#table, identifier, "Stream", STREAM_ID_NOT_FOUND);
  }

  /**
   * @param at micros since the Unix epoch
   * @throws {IggyError} 1012 when the name is taken, 1020 when there are 2^20 streams.
   */
  create(name: string, at: number): StreamView {
    checkName(this.#table, name, "Stream", STREAM_NAME_ALREADY_EXISTS);
    if (this.#table.size >= STREAMS_MAX) {
      throw new IggyError(TOO_MANY_STREAMS, `${STREAMS_MAX} streams exist already`);
    }
    const streamId = this.nextId;
    this.#ledger.commit({ kind: "stream_created", streamId, name, createdAt: at });
    return this.require(streamId);
  }

  /** @throws {IggyError} 1012 when another stream has the name. */
  rename(identifier: Identifier, name: string): StreamView {
    const stream = this.require(identifier);
    checkName(this.#table, name, "Stream", STREAM_NAME_ALREADY_EXISTS, stream);
    this.#ledger.commit({ kind: "stream_renamed", streamId: stream.id, name });
    return stream;
  }

  /** Gives every partition of the stream a new life, without messages and stored offsets. */
  purge(identifier: Identifier): StreamView {
    const stream = this.require(identifier);
    this.#ledger.commit({ kind: "stream_purged", streamId: stream.id });
    return stream;
  }

  /** Gives back what was deleted. */
  delete(identifier: Identifier): StreamView {
    const stream = this.require(identifier);
    this.#ledger.commit({ kind: "stream_deleted", streamId: stream.id });
    return stream;
  }
}

/** VSR.md section 7.5. */
const STREAMS_MAX = 2 ** 20;
