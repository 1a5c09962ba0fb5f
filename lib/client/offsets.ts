/**
 * `client.offsets`.
 *
 * @module
 */
import type {
  ConsumerOffsetInfo,
  GetConsumerOffsetRequest,
} from "../../protocol/consumer_offsets.ts";
import type { Identifier } from "../../protocol/primitives.ts";
import type { Call } from "./calls.ts";
import { consumerOf, type ConsumerOptions } from "./poll_options.ts";

/** Whose offset, and of which partition. */
export interface OffsetOptions extends ConsumerOptions {
  /** Partition 0 unless given; for a group, one of this member's. */
  readonly partitionId?: number;
}

/** Offsets that the node keeps for consumers: of the last message each has processed in a partition. */
export class Offsets {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /** Stores `offset` as processed, backwards too. Throws `IggyError` 4100 beyond the last message. */
  store(
    stream: Identifier,
    topic: Identifier,
    offset: number,
    options: OffsetOptions = {},
  ): Promise<void> {
    const position = positionOf(stream, topic, options);
    return this.#call("storeConsumerOffset", { ...position, offset, ack: "quorum" });
  }

  /** The stored offset; `undefined` when there is none. */
  find(
    stream: Identifier,
    topic: Identifier,
    options: OffsetOptions = {},
  ): Promise<ConsumerOffsetInfo | undefined> {
    return this.#call("getConsumerOffset", positionOf(stream, topic, options));
  }

  /** Forgets the stored offset. Throws `IggyError` 3021 when there is none. */
  delete(stream: Identifier, topic: Identifier, options: OffsetOptions = {}): Promise<void> {
    const position = positionOf(stream, topic, options);
    return this.#call("deleteConsumerOffset", { ...position, ack: "quorum" });
  }
}

function positionOf(
  stream: Identifier,
  topic: Identifier,
  options: OffsetOptions,
): GetConsumerOffsetRequest {
  const { partitionId } = options;
  return { streamId: stream, topicId: topic, consumer: consumerOf(options), partitionId };
}
