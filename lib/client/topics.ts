/**
 * `client.topics`.
 *
 * @module
 */
import { FEATURE_UNAVAILABLE, INVALID_COMMAND } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { Lag } from "../../protocol/lag.ts";
import type { TopicOptions } from "../../protocol/options.ts";
import type { Identifier } from "../../protocol/primitives.ts";
import type { Topic, TopicDetails } from "../../protocol/topics.ts";
import type { Call } from "./calls.ts";

/** What a new topic is like. */
export interface NewTopicOptions extends TopicOptions {
  /** 1 to 1000, or 0; 1 unless given. */
  readonly partitionsCount?: number;
}

/** What to change of a topic. */
export interface TopicChanges extends TopicOptions {
  /** The new name, or the one it has. */
  readonly name: string;
}

/** Topics of a stream, by number or name. An unknown one is `IggyError` 1009 or 2010, but for {@link find} and {@link list}. */
export class Topics {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /** Throws `IggyError` 2013 when the name is taken, 4041 for an option that the framing lacks. */
  create(
    stream: Identifier,
    name: string,
    { partitionsCount = 1, ...options }: NewTopicOptions = {},
  ): Promise<TopicDetails> {
    return this.#call("createTopic", { streamId: stream, name, partitionsCount, options });
  }

  /** The topic with its partitions; `undefined` when there is none. */
  find(stream: Identifier, topic: Identifier): Promise<TopicDetails | undefined> {
    return this.#call("getTopic", { streamId: stream, topicId: topic });
  }

  list(stream: Identifier): Promise<readonly Topic[]> {
    return this.#call("getTopics", { streamId: stream });
  }

  /**
   * How far everybody is behind who reads the topic: by partition, consumers that have stored an offset,
   * then all groups. Throws `IggyError` 5 where the node is none of whippet's and does not tell.
   */
  async lag(stream: Identifier, topic: Identifier): Promise<readonly Lag[]> {
    try {
      return await this.#call("getLag", { streamId: stream, topicId: topic });
    } catch (cause) {
      if (!(cause instanceof IggyError) || cause.code !== INVALID_COMMAND) throw cause;
      const message =
        "This node does not tell how far consumers are behind: get_lag is whippet's own";
      throw new IggyError(FEATURE_UNAVAILABLE, message, { cause });
    }
  }

  /** Changes the name and options. With classic framing, options not given become the defaults. */
  update(
    stream: Identifier,
    topic: Identifier,
    { name, ...options }: TopicChanges,
  ): Promise<void> {
    return this.#call("updateTopic", { streamId: stream, topicId: topic, name, options });
  }

  /** Removes all messages and stored offsets; partitions and groups stay. */
  purge(stream: Identifier, topic: Identifier): Promise<void> {
    return this.#call("purgeTopic", { streamId: stream, topicId: topic });
  }

  /** Removes the topic with all in it. */
  delete(stream: Identifier, topic: Identifier): Promise<void> {
    return this.#call("deleteTopic", { streamId: stream, topicId: topic });
  }
}
