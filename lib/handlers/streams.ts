/**
 * Streams: what their commands mean.
 *
 * @module
 */
import type {
  CreateStreamRequest,
  Stream,
  StreamAddress,
  StreamDetails,
  UpdateStreamRequest,
} from "../../protocol/streams.ts";
import type { Broker, Client } from "./broker.ts";
import { describeStream, describeStreamDetails } from "./describe.ts";

export function getStream(
  broker: Broker,
  _client: Client,
  { streamId }: StreamAddress,
): Promise<StreamDetails> {
  return describeStreamDetails(broker.partitions, broker.catalog.streams.require(streamId));
}

export function getStreams({ catalog, partitions }: Broker): Promise<Stream[]> {
  return Promise.all(
    Array.from(catalog.streams.values(), (stream) => describeStream(partitions, stream)),
  );
}

export async function createStream(
  broker: Broker,
  _client: Client,
  { name }: CreateStreamRequest,
): Promise<Stream> {
  const stream = broker.catalog.streams.create(name, broker.clock.nowMicros());
  await broker.catalog.durable();
  return describeStream(broker.partitions, stream);
}

export async function updateStream(
  broker: Broker,
  _client: Client,
  { streamId, name }: UpdateStreamRequest,
): Promise<void> {
  broker.catalog.streams.rename(streamId, name);
  await broker.catalog.durable();
}

export async function deleteStream(
  broker: Broker,
  _client: Client,
  { streamId }: StreamAddress,
): Promise<void> {
  const stream = broker.catalog.streams.delete(streamId);
  broker.groups.deleted({ streamId: stream.id });
  for (const topic of stream.topics.values()) broker.deduplication.forget(topic);
  await broker.catalog.durable();
  broker.partitions.removeStream(stream);
}

export async function purgeStream(
  broker: Broker,
  _client: Client,
  { streamId }: StreamAddress,
): Promise<void> {
  const stream = broker.catalog.streams.require(streamId);
  const ended = [...stream.topics.values()].flatMap((topic) => [...topic.partitions]);
  broker.catalog.streams.purge(streamId);
  broker.groups.purged({ streamId: stream.id });
  for (const topic of stream.topics.values()) broker.deduplication.forget(topic);
  await broker.catalog.durable();
  broker.partitions.removePartitions(ended);
}
