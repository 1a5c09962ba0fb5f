/**
 * Topics (CLASSIC.md section 12, VSR.md section 7.1).
 *
 * @module
 */
import {
  TOO_MANY_PARTITIONS,
  TOO_MANY_TOPICS,
  TOPIC_ID_NOT_FOUND,
  TOPIC_NAME_ALREADY_EXISTS,
} from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { TopicOptions } from "../../protocol/options.ts";
import type { Identifier } from "../../protocol/primitives.ts";
import { checkName, type Ledger, required } from "./commands.ts";
import type { TopicKey } from "./entries.ts";
import type { Streams } from "./streams.ts";
import { changeSettings, resolveSettings, type TopicSettings } from "./topic_settings.ts";
import type { TopicView } from "./views.ts";

/** A topic to be. */
export interface NewTopic {
  readonly name: string;
  /** 0 to 1000. */
  readonly partitionsCount: number;
  readonly options: TopicOptions;
  /** Micros since the Unix epoch. */
  readonly at: number;
}

/** Every method throws 1009 and 2010 for a stream and a topic that do not exist. */
export class Topics {
  readonly #ledger: Ledger;
  readonly #streams: Streams;
  readonly #defaults: TopicSettings;

  constructor(ledger: Ledger, streams: Streams, defaults: TopicSettings) {
    this.#ledger = ledger;
    this.#streams = streams;
    this.#defaults = defaults;
  }

  require(stream: Identifier, topic: Identifier): TopicView {
    return required(this.#streams.require(stream).topics, topic, "Topic", TOPIC_ID_NOT_FOUND);
  }

  /**
   * @throws {IggyError} 2013 when the name is taken, 2015 for more than 1000 partitions, 2021 when the
   * stream has 4096 topics, and what {@link resolveSettings} refuses.
   */
  create(stream: Identifier, { name, partitionsCount, options, at }: NewTopic): TopicView {
    const { id: streamId, topics } = this.#streams.require(stream);
    checkName(topics, name, "Topic", TOPIC_NAME_ALREADY_EXISTS);
    if (partitionsCount > PARTITIONS_REQUEST_MAX) {
      throw new IggyError(TOO_MANY_PARTITIONS, `${partitionsCount} partitions are not 0 to 1000`);
    }
    if (topics.size >= TOPICS_MAX) {
      throw new IggyError(TOO_MANY_TOPICS, `Stream ${streamId} has ${TOPICS_MAX} topics already`);
    }
    const resolved = resolveSettings(options, this.#defaults, partitionsCount);
    const topicId = topics.nextId;
    const fields = { streamId, topicId, name, createdAt: at, partitionsCount, ...resolved };
    this.#ledger.commit({ kind: "topic_created", ...fields });
    return this.require(streamId, topicId);
  }

  /** @throws {IggyError} 2013 when another topic has the name, and what {@link changeSettings} refuses. */
  update(stream: Identifier, topic: Identifier, name: string, options: TopicOptions): TopicView {
    const found = this.require(stream, topic);
    const { topics } = this.#streams.require(stream);
    checkName(topics, name, "Topic", TOPIC_NAME_ALREADY_EXISTS, found);
    const resolved = changeSettings(found, options, this.#defaults);
    this.#ledger.commit({ kind: "topic_updated", ...topicKeyOf(found), name, ...resolved });
    return found;
  }

  /** Gives every partition of the topic a new life, without messages and stored offsets. */
  purge(stream: Identifier, topic: Identifier): TopicView {
    const found = this.require(stream, topic);
    this.#ledger.commit({ kind: "topic_purged", ...topicKeyOf(found) });
    return found;
  }

  /** Gives back what was deleted. */
  delete(stream: Identifier, topic: Identifier): TopicView {
    const found = this.require(stream, topic);
    this.#ledger.commit({ kind: "topic_deleted", ...topicKeyOf(found) });
    return found;
  }
}

/** How entries name a topic. */
export function topicKeyOf({ streamId, id }: TopicView): TopicKey {
  return { streamId, topicId: id };
}

/** How many partitions one request may make (CLASSIC.md section 15). */
export const PARTITIONS_REQUEST_MAX = 1000;

/** VSR.md section 7.5, per stream. */
const TOPICS_MAX = 4096;
