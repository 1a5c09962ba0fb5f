/**
 * One request of every command, so that what holds for all of them can be shown of each.
 *
 * @module
 */
import type { Dialect } from "../../protocol/command.ts";
import { type CommandName, COMMANDS } from "../../protocol/commands.ts";
import { PROTOCOL_VERSION } from "../../protocol/register.ts";
import { WireWriter } from "../../protocol/wire.ts";
import type { RequestOf } from "./raw_peer.ts";

/** What the requests are about. */
export interface SampleAddress {
  readonly streamId: string | number;
  readonly topicId: string | number;
  readonly partitionId: number;
  readonly groupId: string | number;
  readonly userId: string | number;
}

/** Stream "orders" with topic "events" and its first partition, group "workers", user root. */
export const SAMPLE_ADDRESS: SampleAddress = {
  streamId: "orders",
  topicId: "events",
  partitionId: 0,
  groupId: "workers",
  userId: 0,
};

/** Requests that decode, by their command. */
export function sampleRequests(
  address: SampleAddress = SAMPLE_ADDRESS,
): { readonly [Name in CommandName]: RequestOf<Name> } {
  const { streamId, topicId, partitionId, groupId, userId } = address;
  const stream = { streamId };
  const topic = { streamId, topicId };
  const partition = { ...topic, partitionId };
  const group = { ...topic, groupId };
  const offset = { ...partition, consumer: { kind: "consumer", id: 1 } } as const;
  const password = { username: "iggy", password: "iggy" };
  return {
    ping: undefined,
    getStats: undefined,
    getSnapshot: { compression: "stored", types: ["process_list"] },
    getClusterMetadata: undefined,
    describeOptions: { scope: "topic" },
    getMe: undefined,
    getClient: { clientId: 1 },
    getClients: undefined,
    getUser: { userId },
    getUsers: undefined,
    createUser: { username: "guest", password: "guest", status: "active" },
    deleteUser: { userId },
    updateUser: { userId, username: "guest" },
    updatePermissions: { userId },
    changePassword: { userId, currentPassword: "iggy", newPassword: "changed" },
    loginUser: password,
    logoutUser: undefined,
    register: {
      protocolVersion: PROTOCOL_VERSION,
      sdkName: "test",
      sdkVersion: "0.11.0",
      byPassword: { ...password, context: "" },
      exact: true,
    },
    getPersonalAccessTokens: undefined,
    createPersonalAccessToken: { name: "token", expiry: 0n },
    deletePersonalAccessToken: { name: "token" },
    loginWithPersonalAccessToken: { token: "secret" },
    pollMessages: {
      ...offset,
      strategy: { kind: "first", value: 0 },
      count: 1,
      autoCommit: false,
    },
    sendMessages: {
      ...topic,
      partitioning: { kind: "partition_id", partitionId },
      messagesCount: 1,
    },
    flushUnsavedBuffer: { ...partition, fsync: false },
    getConsumerOffset: offset,
    storeConsumerOffset: { ...offset, offset: 0, ack: "quorum" },
    deleteConsumerOffset: { ...offset, ack: "quorum" },
    getStream: stream,
    getStreams: undefined,
    createStream: { name: "stream" },
    deleteStream: stream,
    updateStream: { ...stream, name: "stream" },
    purgeStream: stream,
    getTopic: topic,
    getTopics: stream,
    createTopic: { ...stream, name: "topic", partitionsCount: 1, options: {} },
    deleteTopic: topic,
    updateTopic: { ...topic, name: "topic", options: {} },
    purgeTopic: topic,
    createPartitions: { ...topic, partitionsCount: 1 },
    deletePartitions: { ...topic, partitionsCount: 1 },
    deleteSegments: { ...partition, segmentsCount: 1 },
    getConsumerGroup: group,
    getConsumerGroups: topic,
    createConsumerGroup: { ...topic, name: "group" },
    deleteConsumerGroup: group,
    joinConsumerGroup: group,
    leaveConsumerGroup: group,
    syncConsumerGroup: group,
    getLag: topic,
  };
}

/** All commands. */
export const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[];

/** The body of a request; `undefined` when the dialect lacks the command. */
export function sampleBody(
  name: CommandName,
  dialect: Dialect,
  address?: SampleAddress,
): Uint8Array | undefined {
  const codec = COMMANDS[name].request[dialect];
  if (codec === undefined) return undefined;
  const writer = new WireWriter();
  codec.encode(writer, sampleRequests(address)[name] as never);
  return writer.written;
}
