/**
 * Sending and polling messages: the two commands that carry bytes and not objects, and so pass
 * `dispatch` by and check their own right. A batch is copied once on its way in (from the
 * connection's buffer to the kernel's memory, which is written to the file); how it goes out is in
 * records.ts.
 *
 * @module
 */
import type { Dialect } from "../../protocol/command.ts";
import * as error from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import {
  type FlushUnsavedBufferRequest,
  type PollMessagesHead,
  type PollMessagesRequest,
  RESYNC_PARTITION_ID,
  SEND_MESSAGES_HEAD,
  type SendMessagesConfirmation,
} from "../../protocol/messages.ts";
import { CLASSIC_INDEX_BYTES } from "../../protocol/message_layout.ts";
import type { ConsumerKind, Partitioning } from "../../protocol/primitives.ts";
import { WireReader } from "../../protocol/wire.ts";
import { xxh32 } from "../../protocol/xxhash.ts";
import type { GroupView, PartitionView, TopicView } from "../catalog/views.ts";
import type { IdWindow } from "../log/id_window.ts";
import type { PartitionLog } from "../log/partition.ts";
import type { ReadPlan } from "../log/read_plan.ts";
import { traceContextOf } from "../telemetry/trace_context.ts";
import type { TracedPlace } from "../telemetry/tracing.ts";
import type { Broker, Client } from "./broker.ts";
import { consumerNumber } from "./consumers.ts";
import { dropDuplicates } from "./deduplication.ts";
import { HEADROOM_BYTES, type PolledRecords, takeRecords } from "./records.ts";
import { authorize, authorizeTopic } from "./rights.ts";

/** Bytes of the head that every poll reply starts with (CLASSIC.md section 9). */
export const POLL_HEAD_BYTES = 16;

/** A poll's answer: its head, and the messages if there are any. */
export interface PollAnswer extends PollMessagesHead {
  readonly records?: PolledRecords;
  /** There are messages, and no memory for them: the client asks again later. */
  readonly crowded?: true;
}

/** Bytes of the messages of an answer. */
export function recordBytes({ records }: PollAnswer): number {
  return records === undefined ? 0 : records.end - records.start;
}

function bytesOf({ lease, start, end }: PolledRecords): Uint8Array {
  return lease.bytes.subarray(start, end);
}

/**
 * Appends what a send carries; resolves once the topic's durability is met. `body` is used up before
 * this returns. `undefined`: the topic had every message already, and drops duplicates.
 *
 * @throws {IggyError} the codes of CLASSIC.md section 6, VSR.md section 8.2 by the names the node
 * gives them.
 */
export function sendMessages(
  broker: Broker,
  client: Client,
  dialect: Dialect,
  body: Uint8Array,
): Sent | Promise<Sent> {
  // CLASSIC.md section 1, lifecycle 4: a send is refused for want of a login before its body is read.
  authorize(broker, client, "authenticated", undefined);
  const reader = new WireReader(body);
  const head = SEND_MESSAGES_HEAD.decode(reader);
  const topic = broker.catalog.topics.require(head.streamId, head.topicId);
  authorizeTopic(broker, client, "send_messages", topic);
  const partition = choosePartition(broker, topic, head.partitioning);
  const batch = body.subarray(reader.position);
  const log = broker.partitions.log(topic, partition);
  const window = broker.deduplication.window(topic);
  const { messagesCount } = head;
  if (!(log instanceof Promise) && !(window instanceof Promise)) {
    return append(broker, dialect, { topic, partition, log, window }, batch, messagesCount);
  }
  const kept = batch.slice();
  return whenReady(
    broker,
    topic,
    partition,
    log,
    (target) => append(broker, dialect, target, kept, messagesCount),
  );
}

/** What a send is answered with. */
type Sent = SendMessagesConfirmation | undefined;

/** Where a send goes. */
interface Target {
  readonly topic: TopicView;
  readonly partition: PartitionView;
  readonly log: PartitionLog;
  readonly window: IdWindow | undefined;
}

/** Appends once the log is open and the window read. */
async function whenReady(
  broker: Broker,
  topic: TopicView,
  partition: PartitionView,
  opening: PartitionLog | Promise<PartitionLog>,
  append: (target: Target) => Sent | Promise<Sent>,
): Promise<Sent> {
  const log = await opening;
  for (;;) {
    const window = await broker.deduplication.window(topic);
    // A purge or other settings may have come meanwhile.
    const isCurrent = window === broker.deduplication.window(topic);
    if (isCurrent) return await append({ topic, partition, log, window });
  }
}

/** Takes messages for the consumer, and commits the last of them if it asks for that. */
export function pollMessages(
  broker: Broker,
  client: Client,
  dialect: Dialect,
  request: PollMessagesRequest,
): PollAnswer | Promise<PollAnswer> {
  authorize(broker, client, "authenticated", undefined);
  const topic = broker.catalog.topics.require(request.streamId, request.topicId);
  authorizeTopic(broker, client, "poll_messages", topic);
  const reading = resolveReading(broker, client, dialect, topic, request);
  if ("partitionId" in reading) return reading;
  const log = broker.partitions.log(topic, reading.partition);
  if (!(log instanceof Promise)) return read(broker, dialect, topic, log, reading, request);
  return log.then((opened) => read(broker, dialect, topic, opened, reading, request));
}

/** Everything is with the operating system already; with `fsync` it is on stable storage after this. */
export async function flushUnsavedBuffer(
  broker: Broker,
  _client: Client,
  { streamId, topicId, partitionId, fsync }: FlushUnsavedBufferRequest,
): Promise<void> {
  const topic = broker.catalog.topics.require(streamId, topicId);
  const partition = broker.catalog.partitions.require(streamId, topicId, partitionId);
  const log = await broker.partitions.log(topic, partition);
  if (fsync) await log.whenCommitted();
}

/** CLASSIC.md section 3.5. */
function choosePartition(
  broker: Broker,
  topic: TopicView,
  partitioning: Partitioning,
): PartitionView {
  const id = partitionIdOf(broker, topic, partitioning);
  return topic.partitions[id] ?? refusePartition(id);
}

/** A topic without partitions has none to turn to: it gives 0, which does not exist there. */
function partitionIdOf(broker: Broker, topic: TopicView, partitioning: Partitioning): number {
  if (partitioning.kind === "partition_id") return partitioning.partitionId;
  const count = topic.partitions.length;
  if (count === 0) return 0;
  if (partitioning.kind === "balanced") return broker.balancer.next(topic);
  return xxh32(partitioning.key) % count;
}

function append(
  broker: Broker,
  dialect: Dialect,
  target: Target,
  batch: Uint8Array,
  messagesCount: number,
): Sent | Promise<Sent> {
  const { tracing } = broker;
  if (tracing === undefined) return admit(broker, dialect, target, batch, messagesCount);
  const place = tracedPlace(broker, target.topic, target.partition);
  const messages = batch.subarray(dialect === "classic" ? CLASSIC_INDEX_BYTES * messagesCount : 0);
  return tracing.send(
    place,
    messagesCount,
    traceContextOf(dialect, messages),
    () => admit(broker, dialect, target, batch, messagesCount),
  );
}

function admit(
  broker: Broker,
  dialect: Dialect,
  target: Target,
  batch: Uint8Array,
  messagesCount: number,
): Sent | Promise<Sent> {
  const { at, length } = ADMIT[dialect](broker, batch, messagesCount);
  const { log, window } = target;
  if (window !== undefined) return appendNew(broker, target, window, at, length);
  const confirmation = write(broker, target, at, length);
  const acknowledged = log.whenAcknowledged();
  return acknowledged === undefined ? confirmation : acknowledged.then(() => confirmation);
}

function tracedPlace({ catalog }: Broker, topic: TopicView, { id }: PartitionView): TracedPlace {
  const { name } = catalog.streams.require(topic.streamId);
  return { stream: name, topic: topic.name, partitionId: id };
}

/** Appends the messages that the topic did not have yet. */
function appendNew(
  broker: Broker,
  target: Target,
  window: IdWindow,
  at: number,
  length: number,
): Sent | Promise<Sent> {
  const left = dropDuplicates(broker.kernel, window, at, length, broker.clock.nowMicros());
  let confirmation: Sent;
  try {
    if (left > 0) confirmation = write(broker, target, at, left);
  } catch (fault) {
    window.takeBack();
    throw fault;
  }
  const acknowledged = left === length
    ? target.log.whenAcknowledged()
    : broker.deduplication.whenAcknowledged(target.topic);
  return acknowledged === undefined ? confirmation : acknowledged.then(() => confirmation);
}

function write(
  broker: Broker,
  { topic, partition, log }: Target,
  at: number,
  length: number,
): SendMessagesConfirmation {
  const baseOffset = log.append(at, length);
  broker.meters.sentBytes += length;
  broker.meters.sentMessages += log.stableEnd - baseOffset;
  return {
    streamId: topic.streamId,
    topicId: topic.id,
    partitionId: partition.id,
    baseOffset,
  };
}

/** Brings a batch into the kernel's memory in the stored form, checked; gives where it lies. */
type Admit = (
  broker: Broker,
  batch: Uint8Array,
  messagesCount: number,
) => { readonly at: number; readonly length: number };

const ADMIT: Record<Dialect, Admit> = {
  classic({ kernel }, batch, messagesCount) {
    const { input, output } = kernel;
    takeIn(kernel.memory, input.at, input.length, batch);
    const length = kernel
      .packClassic(input.at, batch.length, messagesCount, output.at, output.length);
    if (length < 0) throw new IggyError(-length);
    return { at: output.at, length };
  },
  vsr_0_11({ kernel }, batch, messagesCount) {
    const { at, length } = kernel.input;
    takeIn(kernel.memory, at, length, batch);
    const fault = kernel.verifyBatch(at, batch.length, messagesCount);
    if (fault !== 0) throw new IggyError(fault);
    return { at, length: batch.length };
  },
};

/** The one copy of a send. */
function takeIn(memory: Uint8Array, at: number, capacity: number, batch: Uint8Array): void {
  if (batch.length > capacity) {
    throw new IggyError(error.INVALID_MESSAGES_SIZE, `Batch of ${batch.length} bytes is too long`);
  }
  memory.set(batch, at);
}

/** Who polls what. */
interface Reading {
  readonly partition: PartitionView;
  readonly kind: ConsumerKind;
  /** The number its offsets are kept under. */
  readonly consumerId: number;
  readonly group?: GroupView;
}

/** The partition a poll reads, or the answer when it reads none. */
function resolveReading(
  broker: Broker,
  client: Client,
  dialect: Dialect,
  topic: TopicView,
  request: PollMessagesRequest,
): Reading | PollAnswer {
  const { consumer, partitionId } = request;
  if (consumer.kind === "consumer") {
    const partition = topic.partitions[partitionId ?? 0] ?? refusePartition(partitionId ?? 0);
    return { partition, kind: consumer.kind, consumerId: consumerNumber(consumer) };
  }
  const group = broker.catalog.groups.require(topic.streamId, topic.id, consumer.id);
  const chosen = GROUP_PARTITION[dialect](broker, client, group, request);
  if (typeof chosen !== "number") return chosen;
  const partition = topic.partitions[chosen] ?? refusePartition(chosen);
  return { partition, kind: consumer.kind, consumerId: group.id, group };
}

type ChooseGroupPartition = (
  broker: Broker,
  client: Client,
  group: GroupView,
  request: PollMessagesRequest,
) => number | PollAnswer;

const GROUP_PARTITION: Record<Dialect, ChooseGroupPartition> = {
  // CLASSIC.md section 9: the node picks; what the member does not own reads as empty.
  classic({ groups }, client, group, { partitionId }) {
    if (partitionId === undefined) return groups.nextPartition(group, client.id) ?? NOTHING;
    return groups.owns(group, client.id, partitionId) ? partitionId : NOTHING;
  },
  // VSR.md section 9: the member names a partition of its assignment, or is told to read it anew.
  vsr_0_11({ groups }, client, group, { partitionId, waitMs = 0 }) {
    if (partitionId === undefined && waitMs === 0) return NOTHING;
    const assignment = groups.sync(group, client.id);
    if (assignment === undefined) return RESYNC;
    // docs/extensions.md: who waits and names none waits for all of its partitions, and the node picks.
    if (partitionId === undefined) return groups.nextPartition(group, client.id) ?? NOTHING;
    return assignment.partitions.includes(partitionId) ? partitionId : RESYNC;
  },
};

function read(
  broker: Broker,
  dialect: Dialect,
  topic: TopicView,
  log: PartitionLog,
  reading: Reading,
  request: PollMessagesRequest,
): PollAnswer {
  const { tracing } = broker;
  if (tracing === undefined) return poll(broker, dialect, log, reading, request);
  return tracing.poll(
    tracedPlace(broker, topic, reading.partition),
    () => poll(broker, dialect, log, reading, request),
    ({ records }) => records && traceContextOf(dialect, bytesOf(records)),
  );
}

function poll(
  broker: Broker,
  dialect: Dialect,
  log: PartitionLog,
  reading: Reading,
  request: PollMessagesRequest,
): PollAnswer {
  const partitionId = reading.partition.id;
  const currentOffset = Math.max(0, log.endOffset - 1);
  const plan = planPoll(broker, log, reading, request);
  const empty = plan.firstOffset === plan.endOffset;
  if (empty) return { partitionId, currentOffset, count: 0 };
  // Too many replies wait for readers that do not read: this client asks again later.
  const crowded = !broker.buffers.hasRoom(plan.bufferBytes);
  if (crowded) return { partitionId, currentOffset, count: 0, crowded };
  const taken = takeRecords(dialect, broker, log, plan, request.count);
  if (taken.count === 0) {
    taken.lease.release();
    return { partitionId, currentOffset, count: 0 };
  }
  broker.meters.polledBytes += taken.end - taken.start;
  broker.meters.polledMessages += taken.count;
  const { group, partition } = reading;
  try {
    if (group !== undefined) broker.groups.polled(group, partitionId, taken.lastOffset);
    if (request.autoCommit) {
      broker.catalog.offsets.store(partition, reading.kind, reading.consumerId, taken.lastOffset);
      if (group !== undefined) broker.groups.stored(group, partitionId);
    }
  } catch (fault) {
    taken.lease.release();
    throw fault;
  }
  return { partitionId, currentOffset, count: taken.count, records: taken };
}

function planPoll(
  { limits, buffers }: Broker,
  log: PartitionLog,
  { partition, kind, consumerId }: Reading,
  { strategy, count, bytesMax: asked = Infinity }: PollMessagesRequest,
): ReadPlan {
  // The less room there is, the less each gets, so that some is left for the next.
  const fairBytes = Math.max(FAIR_REPLY_BYTES_MIN, Math.floor(buffers.room / 4));
  // With its headroom a reply of the largest size fills a buffer of that size, not one twice as large.
  const bytesMax = Math.min(limits.pollReplyBytesMax, fairBytes, asked) - HEADROOM_BYTES;
  if (strategy.kind !== "next") return log.plan(strategy.kind, strategy.value, count, bytesMax);
  const stored = partition.storedOffset(kind, consumerId);
  if (stored === undefined) return log.plan("first", 0, count, bytesMax);
  return log.plan("offset", stored + 1, count, bytesMax);
}

function refusePartition(partitionId: number): never {
  throw new IggyError(error.PARTITION_NOT_FOUND, `Partition ${partitionId} does not exist`);
}

const NOTHING: PollAnswer = { partitionId: 0, currentOffset: 0, count: 0 };
const RESYNC: PollAnswer = { partitionId: RESYNC_PARTITION_ID, currentOffset: 0, count: 0 };

const FAIR_REPLY_BYTES_MIN = 64 * 1024;
