/**
 * What every command of a broker means, in a few lines each, written from the sheets (C: CLASSIC.md,
 * V: VSR.md) and not from the node. A command gives its value or throws a `Refusal`.
 *
 * Where the sheets leave the choice, it is the project's: ids are never used again (V10), joins and
 * leaves move partitions to fair shares (C11), and a refusal names the first of what is wrong in the order login,
 * what is not there, right, values.
 *
 * @module
 */
import type { CommandName } from "../../protocol/commands.ts";
import { NEVER_EXPIRES, type TopicOptions } from "../../protocol/options.ts";
import type { Identifier, Partitioning } from "../../protocol/primitives.ts";
import { xxh32 } from "../../protocol/xxhash.ts";
import type { RequestOf } from "../support/raw_peer.ts";
import {
  ANYTHING,
  type BrokerState,
  checkFree,
  type ClientModel,
  groupOf,
  offsetKey,
  type Partition,
  partitionOf,
  Refusal,
  Table,
  type Topic,
} from "./broker_state.ts";
import {
  currentOffsetOf,
  describeClient,
  describeGroup,
  describeStream,
  describeTopic,
  describeTopicDetails,
  describeUser,
  figuresOf,
  sum,
} from "./descriptions.ts";
import { GroupModel } from "./group_model.ts";

/** A message to send. */
interface NewMessage {
  readonly id: bigint;
  readonly originTimestamp: number;
  readonly payload: Uint8Array;
  readonly userHeaders: Uint8Array;
}

/** A send, with what the codecs of the project cannot say: partitionings that do not exist. */
interface SendRequest {
  readonly streamId: Identifier;
  readonly topicId: Identifier;
  readonly partitioning: Partitioning | { readonly kind: "malformed"; readonly bytes: Uint8Array };
  readonly messages: readonly NewMessage[];
}

/** Commands that the model knows; logins have one name for all their forms. */
export type Modelled =
  | Exclude<CommandName, Unmodelled>
  | "login"
  | "loginWithToken";

type Unmodelled =
  | "loginUser"
  | "loginWithPersonalAccessToken"
  | "register"
  | "getSnapshot"
  | "getClusterMetadata"
  | "describeOptions"
  | "getLag";

/** What a command asks. */
export type Asked<Name extends Modelled> = Name extends "login"
  ? { readonly username: string; readonly password: string }
  : Name extends "loginWithToken" ? { readonly token: string }
  : Name extends "sendMessages" ? SendRequest
  : Name extends CommandName ? RequestOf<Name>
  : never;

/** Carries a command out. */
type Commands = {
  [Name in Modelled]: (broker: BrokerState, client: ClientModel, request: Asked<Name>) => unknown;
};

/** By their names. */
export const COMMANDS: Commands = {
  ping() {},

  getMe(broker, client) {
    broker.user(client);
    return describeClient(client, true);
  },

  getClient(broker, client, { clientId }) {
    broker.authorize(client, "read_servers");
    if (clientId === 0) throw new Refusal(101);
    const found = broker.clients.find((each) => each.clientId === clientId);
    return found && describeClient(found, true);
  },

  getClients(broker, client) {
    broker.authorize(client, "read_servers");
    return broker.clients.map((each) => describeClient(each, false));
  },

  getStats(broker, client) {
    broker.authorize(client, "read_servers");
    const topics = broker.topics();
    const figures = topics.map(figuresOf);
    return {
      streamsCount: broker.streams.size,
      topicsCount: topics.length,
      partitionsCount: sum(topics, ({ partitions }) => partitions.length),
      segmentsCount: sum(topics, ({ partitions }) => partitions.length),
      messagesCount: sum(figures, ({ messagesCount }) => messagesCount),
      messagesSizeBytes: sum(figures, ({ sizeBytes }) => sizeBytes),
      consumerGroupsCount: sum(topics, ({ groups }) => groups.size),
      clientsCount: broker.clients.length,
    };
  },

  login(broker, client, { username, password }) {
    broker.beginLogin(client);
    if (username === "") throw new Refusal(4);
    if (!within(username, 3, 50)) throw new Refusal(43);
    if (!within(password, 3, 100)) throw new Refusal(44);
    const user = broker.users.find(username);
    if (user?.password !== password) throw new Refusal(42);
    return broker.endLogin(client, user);
  },

  loginWithToken(broker, client, { token }) {
    broker.beginLogin(client);
    const user = [...broker.users].find(({ tokens }) =>
      tokens.some((each) => each.secret === token)
    );
    const found = user?.tokens.find((each) => each.secret === token);
    if (user === undefined || found === undefined) throw new Refusal(20);
    if (found.expiryAt !== undefined && found.expiryAt <= broker.now) throw new Refusal(54);
    return broker.endLogin(client, user);
  },

  logoutUser(broker, client) {
    if (client.dialect === "classic") broker.user(client);
    else broker.leaveAll(client);
    client.userId = undefined;
  },

  getUser(broker, client, { userId }) {
    const caller = broker.user(client);
    const user = broker.found(broker.users, userId, 20);
    // HTTP.md section 8: everybody may read the own account.
    if (user !== caller) broker.authorize(client, "read_users");
    return describeUser(user, true);
  },

  getUsers(broker, client) {
    broker.authorize(client, "read_users");
    return [...broker.users].map((user) => describeUser(user, false));
  },

  createUser(broker, client, request) {
    broker.authorize(client, "manage_users");
    const { username: name, password, status, permissions } = request;
    if (!within(name, 3, 50)) throw new Refusal(43);
    if (!within(password, 3, 100)) throw new Refusal(44);
    checkFree(broker.users, name, 46);
    const fields = { name, password, status, permissions, createdAt: broker.now, tokens: [] };
    return broker.done(describeUser(broker.users.add(fields), true));
  },

  updateUser(broker, client, { userId, username, status }) {
    broker.authorize(client, "manage_users");
    if (username !== undefined && !within(username, 3, 50)) throw new Refusal(43);
    const user = broker.found(broker.users, userId, 20);
    if (username !== undefined) checkFree(broker.users, username, 46, user);
    user.name = username ?? user.name;
    user.status = status ?? user.status;
    broker.done();
  },

  deleteUser(broker, client, { userId }) {
    broker.authorize(client, "manage_users");
    const user = broker.found(broker.users, userId, 20);
    if (user.id === 0) throw new Refusal(48);
    broker.users.remove(user);
    broker.done();
  },

  updatePermissions(broker, client, request) {
    broker.authorize(client, "manage_users");
    const user = broker.found(broker.users, request.userId, 20);
    if (user.id === 0) throw new Refusal(49);
    user.permissions = request.permissions;
    broker.done();
  },

  changePassword(broker, client, request) {
    const caller = broker.user(client);
    const user = broker.found(broker.users, request.userId, 20);
    if (user !== caller) broker.authorize(client, "manage_users");
    if (!within(request.newPassword, 3, 100)) throw new Refusal(44);
    if (request.currentPassword !== user.password) throw new Refusal(42);
    user.password = request.newPassword;
    broker.done();
  },

  getPersonalAccessTokens(broker, client) {
    return broker.user(client).tokens.map(({ name, expiryAt }) => ({ name, expiryAt }));
  },

  createPersonalAccessToken(broker, client, { name, expiry }) {
    const { tokens } = broker.user(client);
    if (!within(name, 3, 30)) throw new Refusal(50);
    if (tokens.some((each) => each.name === name)) throw new Refusal(51);
    if (tokens.length >= TOKENS_MAX) throw new Refusal(52);
    const expiryAt = expiry === 0n || expiry === NEVER_EXPIRES
      ? undefined
      : broker.now + Number(expiry);
    tokens.push({ name, expiryAt });
    return broker.done({ token: ANYTHING });
  },

  deletePersonalAccessToken(broker, client, { name }) {
    const { tokens } = broker.user(client);
    const at = tokens.findIndex((each) => each.name === name);
    if (at < 0) throw new Refusal(20);
    tokens.splice(at, 1);
    broker.done();
  },

  getStream(broker, client, request) {
    const stream = broker.stream(client, "read_stream", request);
    const topics = [...stream.topics].map((topic) => describeTopic(client.dialect, topic));
    return { ...describeStream(stream), topics };
  },

  getStreams(broker, client) {
    broker.authorize(client, "read_streams");
    return [...broker.streams].map(describeStream);
  },

  createStream(broker, client, { name }) {
    broker.authorize(client, "create_stream");
    checkFree(broker.streams, name, 1012);
    const stream = broker.streams.add({ name, createdAt: broker.now, topics: new Table() });
    return broker.done(describeStream(stream));
  },

  updateStream(broker, client, request) {
    const stream = broker.stream(client, "manage_stream", request);
    checkFree(broker.streams, request.name, 1012, stream);
    stream.name = request.name;
    broker.done();
  },

  deleteStream(broker, client, request) {
    const stream = broker.stream(client, "manage_stream", request);
    for (const topic of stream.topics) broker.dismiss(topic.groups);
    broker.streams.remove(stream);
    broker.done();
  },

  purgeStream(broker, client, request) {
    const stream = broker.stream(client, "manage_stream", request);
    for (const topic of stream.topics) purge(topic);
    broker.done();
  },

  getTopic(broker, client, request) {
    const topic = broker.topic(client, "read_topic", request);
    return describeTopicDetails(client.dialect, topic);
  },

  getTopics(broker, client, request) {
    const { topics } = broker.stream(client, "read_topics", request);
    return [...topics].map((topic) => describeTopic(client.dialect, topic));
  },

  createTopic(broker, client, request) {
    const { id: streamId, topics } = broker.stream(client, "create_topic", request);
    const { name, partitionsCount } = request;
    checkFree(topics, name, 2013);
    if (partitionsCount > PARTITIONS_REQUEST_MAX) throw new Refusal(2015);
    const options = chosenOf({}, request.options);
    const fields = { name, streamId, options, createdAt: broker.now, turn: 0, groups: new Table() };
    const partitions = Array.from({ length: partitionsCount }, () => newPartition(broker.now));
    const topic = topics.add({ ...fields, partitions } as Omit<Topic, "id">);
    const described = describeTopicDetails(client.dialect, topic);
    // C7.3: figures are 0, the segments' too.
    const bare = described.partitions.map((partition) => ({ ...partition, segmentsCount: 0 }));
    return broker.done({ ...described, partitions: bare });
  },

  updateTopic(broker, client, request) {
    const topic = broker.topic(client, "manage_topic", request);
    checkFree(broker.streams.find(topic.streamId)!.topics, request.name, 2013, topic);
    topic.options = chosenOf(topic.options, request.options);
    topic.name = request.name;
    broker.done();
  },

  deleteTopic(broker, client, request) {
    const topic = broker.topic(client, "manage_topic", request);
    broker.dismiss(topic.groups);
    broker.streams.find(topic.streamId)!.topics.remove(topic);
    broker.done();
  },

  purgeTopic(broker, client, request) {
    purge(broker.topic(client, "manage_topic", request));
    broker.done();
  },

  createPartitions(broker, client, request) {
    const topic = broker.topic(client, "manage_topic", request);
    const { partitionsCount: count } = request;
    if (count < 1 || count > PARTITIONS_REQUEST_MAX) throw new Refusal(2015);
    for (let at = 0; at < count; at++) topic.partitions.push(newPartition(broker.now));
    broker.resized(topic);
  },

  deletePartitions(broker, client, request) {
    const topic = broker.topic(client, "manage_topic", request);
    const { partitionsCount: count } = request;
    if (count < 1) throw new Refusal(2015);
    if (count > topic.partitions.length) throw new Refusal(2019);
    topic.partitions.length -= count;
    broker.resized(topic);
  },

  /** C12: no segment is ever sealed here, so none goes. */
  deleteSegments(broker, client, request) {
    partitionOf(broker.topic(client, "manage_topic", request), request.partitionId);
  },

  sendMessages(broker, client, request) {
    const { partitioning, messages } = request;
    broker.user(client);
    if (isNameless(request.streamId) || isNameless(request.topicId)) throw new Refusal(6);
    if (partitioning.kind === "malformed") throw new Refusal(3);
    const topic = broker.topic(client, "send_messages", request);
    const partitionId = choosePartition(topic, partitioning);
    const partition = partitionOf(topic, partitionId);
    if (messages.length === 0) throw new Refusal(client.dialect === "classic" ? 4009 : 3);
    const baseOffset = partition.messages.length;
    const timestamp = Math.max(broker.now, partition.messages.at(-1)?.timestamp ?? 0);
    for (const message of messages) {
      const id = client.dialect === "classic" && message.id === 0n ? ANYTHING : message.id;
      partition.messages.push({ ...message, id, offset: partition.messages.length, timestamp });
    }
    const bytes = BATCH_HEADER_BYTES +
      sum(
        messages,
        ({ payload, userHeaders }) => FRAME_HEADER_BYTES + payload.length + userHeaders.length,
      );
    partition.batches.push({ end: partition.messages.length, bytes });
    if (topic.options.durability === "persisted") partition.safe = partition.messages.length;
    if (client.dialect === "classic") return [];
    return [{ streamId: topic.streamId, topicId: topic.id, partitionId, baseOffset }];
  },

  flushUnsavedBuffer(broker, client, request) {
    const topic = broker.topic(client, "send_messages", request);
    const partition = partitionOf(topic, request.partitionId);
    if (request.fsync) partition.safe = partition.messages.length;
  },

  pollMessages(broker, client, request) {
    const { consumer, count, autoCommit } = request;
    const topic = broker.topic(client, "poll_messages", request);
    const group = groupOf(topic, consumer);
    const partitionId = group === undefined
      ? request.partitionId ?? 0
      : groupPartition(client, group, request.partitionId);
    if (typeof partitionId !== "number") return partitionId;
    const partition = partitionOf(topic, partitionId);
    const key = offsetKey(consumer, group);
    const first = firstOffset(partition, request, partition.offsets.get(key));
    const messages = partition.messages.slice(first, first + count);
    const last = messages.at(-1)?.offset;
    if (last !== undefined) {
      group?.polled(partitionId, last);
      // V7.6: whatever the topic's durability, nobody waits for what auto-commit stores.
      if (autoCommit) broker.store(topic, partitionId, key, last, group);
    }
    const currentOffset = currentOffsetOf(partition);
    return { partitionId, currentOffset, count: messages.length, messages };
  },

  getConsumerOffset(broker, client, request) {
    const topic = broker.topic(client, "poll_messages", request);
    const { partitionId = 0, consumer } = request;
    const partition = partitionOf(topic, partitionId);
    const storedOffset = partition.offsets.get(offsetKey(consumer, groupOf(topic, consumer)));
    if (storedOffset === undefined) return undefined;
    return { partitionId, currentOffset: currentOffsetOf(partition), storedOffset };
  },

  storeConsumerOffset(broker, client, request) {
    const { topic, partitionId, key, group } = broker.ownOffset(client, request);
    if (request.offset >= topic.partitions[partitionId].messages.length) throw new Refusal(4100);
    broker.store(topic, partitionId, key, request.offset, group);
    if (topic.options.consumerOffsetDurability === "persisted") broker.done();
  },

  deleteConsumerOffset(broker, client, request) {
    const { topic, partitionId, key } = broker.ownOffset(client, request);
    const { offsets } = topic.partitions[partitionId];
    const stored = offsets.get(key);
    if (stored === undefined) throw new Refusal(3021);
    offsets.delete(key);
    broker.unsafe.push(() => offsets.set(key, stored));
    if (topic.options.consumerOffsetDurability === "persisted") broker.done();
  },

  getConsumerGroup(broker, client, request) {
    const { topic, group } = broker.group(client, request);
    return { ...describeGroup(topic, group), members: group.describeMembers() };
  },

  getConsumerGroups(broker, client, request) {
    const topic = broker.topic(client, "read_topic", request);
    return [...topic.groups].map((group) => describeGroup(topic, group));
  },

  createConsumerGroup(broker, client, request) {
    const topic = broker.topic(client, "read_topic", request);
    checkFree(topic.groups, request.name, 5004);
    const group = topic.groups.put((id) => new GroupModel(topic, id, request.name));
    return broker.done(describeGroup(topic, group));
  },

  deleteConsumerGroup(broker, client, request) {
    const { topic, group } = broker.group(client, request);
    broker.dismiss([group]);
    topic.groups.remove(group);
    for (const { offsets } of topic.partitions) offsets.delete(group.offsetKey);
    broker.done();
  },

  joinConsumerGroup(broker, client, request) {
    const { group } = broker.group(client, request);
    if (client.groups.includes(group)) return;
    group.join(client, broker.now);
    client.groups.push(group);
  },

  leaveConsumerGroup(broker, client, request) {
    const { group } = broker.group(client, request);
    if (!client.groups.includes(group)) throw new Refusal(5006);
    group.leave(client, broker.now);
    client.groups.splice(client.groups.indexOf(group), 1);
  },

  syncConsumerGroup(broker, client, request) {
    const { group } = broker.group(client, request);
    if (!client.groups.includes(group)) return undefined;
    return { generation: group.generation, partitions: group.pollable(client) };
  },
};

/** A name, or an identifier that is one, without a byte (C1.3). */
export function isNameless(value: unknown): boolean {
  if (typeof value === "object" && value !== null && "id" in value) return value.id === "";
  return value === "";
}

/** C3.5; without partitions there is none to choose. */
function choosePartition(topic: Topic, partitioning: Partitioning): number {
  const count = topic.partitions.length;
  if (partitioning.kind === "partition_id") return partitioning.partitionId;
  if (count === 0) throw new Refusal(3007);
  if (partitioning.kind === "messages_key") return xxh32(partitioning.key) % count;
  const chosen = topic.turn % count;
  topic.turn = chosen + 1;
  return chosen;
}

/** C9: the node chooses for a classic member. V9: a VSR member says, and is told when it is not so. */
function groupPartition(client: ClientModel, group: GroupModel, wanted: number | undefined) {
  if (client.dialect !== "classic") {
    if (wanted === undefined) return NO_PARTITION;
    return group.pollable(client).includes(wanted) ? wanted : READ_AGAIN;
  }
  if (!client.groups.includes(group)) throw new Refusal(5006);
  if (wanted === undefined) return group.next(client) ?? NO_PARTITION;
  return group.owned(client).includes(wanted) ? wanted : NO_PARTITION;
}

const NO_PARTITION = { partitionId: 0, currentOffset: 0, count: 0, messages: [] };
const READ_AGAIN = { ...NO_PARTITION, partitionId: 0xffffffff };

/** C3.4 */
function firstOffset(
  { messages }: Partition,
  { strategy, count }: Asked<"pollMessages">,
  stored: number | undefined,
): number {
  switch (strategy.kind) {
    case "offset":
      return strategy.value;
    case "timestamp": {
      const at = messages.findIndex(({ timestamp }) => timestamp >= strategy.value);
      return at < 0 ? messages.length : at;
    }
    case "first":
      return 0;
    case "last":
      return messages.length - Math.min(count, messages.length);
    case "next":
      return stored === undefined ? 0 : stored + 1;
  }
}

function newPartition(createdAt: number): Partition {
  return { createdAt, messages: [], batches: [], safe: 0, offsets: new Map() };
}

/** C12: no messages, no stored offsets; the structure stays. */
function purge(topic: Topic): void {
  for (const [at, { createdAt }] of topic.partitions.entries()) {
    topic.partitions[at] = newPartition(createdAt);
  }
  for (const group of topic.groups) group.purge();
}

/** C7.2, V7.1: absent keeps, 0 leaves it to the node; no topic is smaller than its segment. */
function chosenOf(before: TopicOptions, changes: TopicOptions): TopicOptions {
  const size = changes.maxTopicSize ?? 0n;
  if (size !== 0n && size < SEGMENT_BYTES) throw new Refusal(1019);
  const after = Object.entries({ ...before, ...changes });
  return Object.fromEntries(
    after.filter(([, value]) => value !== undefined && Number(value) !== 0),
  );
}

function within(text: string, min: number, max: number): boolean {
  const { length } = new TextEncoder().encode(text);
  return length >= min && length <= max;
}

const SEGMENT_BYTES = 1n << 30n;
const BATCH_HEADER_BYTES = 256; // V8.1
const FRAME_HEADER_BYTES = 48; // V8.2
const PARTITIONS_REQUEST_MAX = 1000; // C15
const TOKENS_MAX = 100; // C12
