/**
 * How far consumers are behind, from one place for everybody who shows it (docs/extensions.md).
 *
 * @module
 */
import { IggyError } from "../../protocol/errors.ts";
import type { Lag } from "../../protocol/lag.ts";
import type { ConsumerKind } from "../../protocol/primitives.ts";
import type { TopicAddress } from "../../protocol/topics.ts";
import type { PartitionView, TopicView } from "../catalog/views.ts";
import type { PartitionOwner } from "../log/owner.ts";
import type { Broker, Client } from "./broker.ts";

/** The command: see {@link topicLag}. Throws 1009 and 2010 for what does not exist. */
export async function getLag(
  { catalog, partitions }: Broker,
  _client: Client,
  { streamId, topicId }: TopicAddress,
): Promise<Lag[]> {
  return await topicLag(partitions, catalog.topics.require(streamId, topicId));
}

/**
 * Who has how much to read, by partition: every consumer with a stored offset in it, by number, then
 * every group of the topic, whether it ever stored one or not. Who stored none counts from the first
 * message on. A partition whose files cannot be read counts as empty.
 */
export async function topicLag(owner: PartitionOwner, topic: TopicView): Promise<Lag[]> {
  const rows = await Promise.all(
    topic.partitions.map((partition) => partitionLag(owner, topic, partition)),
  );
  return rows.flat();
}

async function partitionLag(
  owner: PartitionOwner,
  topic: TopicView,
  partition: PartitionView,
): Promise<Lag[]> {
  const { firstOffset, endOffset } = await boundsOf(owner, topic, partition);
  const { streamId, topicId, id: partitionId } = partition;
  const rowOf = (kind: ConsumerKind, id: number, name?: string): Lag => {
    const storedOffset = partition.storedOffset(kind, id);
    const next = Math.max(firstOffset, (storedOffset ?? -1) + 1);
    const lag = Math.max(0, endOffset - next);
    return { streamId, topicId, partitionId, kind, id, name, storedOffset, endOffset, lag };
  };
  const consumers = [...partition.consumers()].sort((a, b) => a - b);
  return [
    ...consumers.map((id) => rowOf("consumer", id)),
    ...Array.from(topic.groups.values(), ({ id, name }) => rowOf("consumer_group", id, name)),
  ];
}

async function boundsOf(
  owner: PartitionOwner,
  topic: TopicView,
  partition: PartitionView,
): Promise<{ readonly firstOffset: number; readonly endOffset: number }> {
  try {
    return await owner.log(topic, partition);
  } catch (fault) {
    if (!(fault instanceof IggyError)) throw fault;
    return { firstOffset: 0, endOffset: 0 };
  }
}
