/**
 * Whose turn it is among a topic's partitions (CLASSIC.md section 3.5, balanced).
 *
 * @module
 */
import type { TopicView } from "../catalog/views.ts";

/** One turn per topic, from partition 0 on; not kept over restarts. */
export class Balancer {
  readonly #turns = new WeakMap<TopicView, number>();

  /** The id of the partition that gets the next batch; the topic has at least one. */
  next(topic: TopicView): number {
    const turn = (this.#turns.get(topic) ?? 0) % topic.partitions.length;
    this.#turns.set(topic, turn + 1);
    return turn;
  }
}
