/**
 * `client.partitions`: what a topic is cut into, and what a partition is cut into.
 *
 * @module
 */
import type { Identifier } from "../../protocol/primitives.ts";
import type { Call } from "./calls.ts";

/** Partitions of a topic. Their ids are 0, 1, 2, … without gaps. */
export class Partitions {
  readonly #call: Call;

  constructor(call: Call) {
    this.#call = call;
  }

  /** Adds `partitionsCount` behind the last; 1 to 1000 at once. */
  create(stream: Identifier, topic: Identifier, partitionsCount: number): Promise<void> {
    return this.#call("createPartitions", { streamId: stream, topicId: topic, partitionsCount });
  }

  /** Removes the last `partitionsCount` with their messages. Throws `IggyError` 2019 when there are fewer. */
  delete(stream: Identifier, topic: Identifier, partitionsCount: number): Promise<void> {
    return this.#call("deletePartitions", { streamId: stream, topicId: topic, partitionsCount });
  }

  /** Removes up to `segmentsCount` of the oldest segments that nothing is appended to any more. */
  deleteSegments(
    stream: Identifier,
    topic: Identifier,
    partitionId: number,
    segmentsCount: number,
  ): Promise<void> {
    const partition = { streamId: stream, topicId: topic, partitionId };
    return this.#call("deleteSegments", { ...partition, segmentsCount });
  }
}
