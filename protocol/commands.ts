/**
 * Every command of both protocols, one line each: CLASSIC.md section 5, VSR.md section 4. Codecs,
 * rights and handlers are found from here.
 *
 * Not here on purpose, and so answered with `INVALID_COMMAND`: the cluster codes 14, 103, 104 and
 * 123, which never reach a single node (VSR.md section 4.3).
 *
 * @module
 */
import type { Bodies, Command, Right } from "./command.ts";
import * as groups from "./consumer_groups.ts";
import { GET_LAG } from "./lag.ts";
import * as offsets from "./consumer_offsets.ts";
import * as messages from "./messages.ts";
import * as partitions from "./partitions.ts";
import * as tokens from "./personal_access_tokens.ts";
import { REGISTER } from "./register.ts";
import { DELETE_SEGMENTS } from "./segments.ts";
import * as streams from "./streams.ts";
import * as system from "./system.ts";
import * as topics from "./topics.ts";
import * as users from "./users.ts";

/** The operation of all requests that name their command by its code (VSR.md section 3.1). */
export const NON_REPLICATED = 2;

/** The code of {@link COMMANDS}.register, which is a name for operation 1 and never on the wire (VSR.md section 4). */
const REGISTER_CODE = 40;

const READ = NON_REPLICATED;

// deno-fmt-ignore
/** Columns: code, operation, whether VSR replies are result-framed (VSR.md section 4.2), right, bodies. */
export const COMMANDS = named({
  ping:                         row(1, READ, "plain", "none", system.PING),
  getStats:                     row(10, READ, "plain", "read_servers", system.GET_STATS),
  getSnapshot:                  row(11, READ, "plain", "read_servers", system.GET_SNAPSHOT),
  getClusterMetadata:           row(12, READ, "plain", "authenticated", system.GET_CLUSTER_METADATA),
  describeOptions:              row(13, READ, "plain", "authenticated", system.DESCRIBE_OPTIONS),
  getMe:                        row(20, READ, "plain", "authenticated", system.GET_ME),
  getClient:                    row(21, READ, "plain", "read_servers", system.GET_CLIENT),
  getClients:                   row(22, READ, "plain", "read_servers", system.GET_CLIENTS),
  getUser:                      row(31, READ, "plain", "read_user", users.GET_USER),
  getUsers:                     row(32, READ, "plain", "read_users", users.GET_USERS),
  createUser:                   row(33, 141, "result", "manage_users", users.CREATE_USER),
  deleteUser:                   row(34, 143, "result", "manage_users", users.DELETE_USER),
  updateUser:                   row(35, 142, "result", "manage_users", users.UPDATE_USER),
  updatePermissions:            row(36, 145, "result", "manage_users", users.UPDATE_PERMISSIONS),
  changePassword:               row(37, 144, "result", "authenticated", users.CHANGE_PASSWORD),
  loginUser:                    row(38, READ, "plain", "none", users.LOGIN_USER),
  logoutUser:                   row(39, 3, "plain", "authenticated", users.LOGOUT_USER),
  register:                     row(REGISTER_CODE, 1, "result", "none", REGISTER),
  getPersonalAccessTokens:      row(41, READ, "plain", "authenticated", tokens.GET_PERSONAL_ACCESS_TOKENS),
  createPersonalAccessToken:    row(42, 146, "result", "authenticated", tokens.CREATE_PERSONAL_ACCESS_TOKEN),
  deletePersonalAccessToken:    row(43, 147, "result", "authenticated", tokens.DELETE_PERSONAL_ACCESS_TOKEN),
  loginWithPersonalAccessToken: row(44, READ, "plain", "none", tokens.LOGIN_WITH_PERSONAL_ACCESS_TOKEN),
  pollMessages:                 row(100, READ, "plain", "poll_messages", messages.POLL_MESSAGES),
  sendMessages:                 row(101, 160, "plain", "send_messages", messages.SEND_MESSAGES),
  flushUnsavedBuffer:           row(102, READ, "plain", "send_messages", messages.FLUSH_UNSAVED_BUFFER),
  getConsumerOffset:            row(120, READ, "plain", "poll_messages", offsets.GET_CONSUMER_OFFSET),
  storeConsumerOffset:          row(121, 161, "result", "poll_messages", offsets.STORE_CONSUMER_OFFSET),
  deleteConsumerOffset:         row(122, 162, "result", "poll_messages", offsets.DELETE_CONSUMER_OFFSET),
  getStream:                    row(200, READ, "plain", "read_stream", streams.GET_STREAM),
  getStreams:                   row(201, READ, "plain", "read_streams", streams.GET_STREAMS),
  createStream:                 row(202, 128, "result", "create_stream", streams.CREATE_STREAM),
  deleteStream:                 row(203, 130, "result", "manage_stream", streams.DELETE_STREAM),
  updateStream:                 row(204, 129, "result", "manage_stream", streams.UPDATE_STREAM),
  purgeStream:                  row(205, 131, "result", "manage_stream", streams.PURGE_STREAM),
  getTopic:                     row(300, READ, "plain", "read_topic", topics.GET_TOPIC),
  getTopics:                    row(301, READ, "plain", "read_topics", topics.GET_TOPICS),
  createTopic:                  row(302, 132, "result", "create_topic", topics.CREATE_TOPIC),
  deleteTopic:                  row(303, 134, "result", "manage_topic", topics.DELETE_TOPIC),
  updateTopic:                  row(304, 133, "result", "manage_topic", topics.UPDATE_TOPIC),
  purgeTopic:                   row(305, 135, "result", "manage_topic", topics.PURGE_TOPIC),
  createPartitions:             row(402, 136, "result", "manage_topic", partitions.CREATE_PARTITIONS),
  deletePartitions:             row(403, 137, "result", "manage_topic", partitions.DELETE_PARTITIONS),
  deleteSegments:               row(503, 138, "plain", "manage_topic", DELETE_SEGMENTS),
  getConsumerGroup:             row(600, READ, "plain", "read_topic", groups.GET_CONSUMER_GROUP),
  getConsumerGroups:            row(601, READ, "plain", "read_topic", groups.GET_CONSUMER_GROUPS),
  createConsumerGroup:          row(602, 139, "result", "read_topic", groups.CREATE_CONSUMER_GROUP),
  deleteConsumerGroup:          row(603, 140, "result", "read_topic", groups.DELETE_CONSUMER_GROUP),
  joinConsumerGroup:            row(604, 148, "result", "read_topic", groups.JOIN_CONSUMER_GROUP),
  leaveConsumerGroup:           row(605, 149, "result", "read_topic", groups.LEAVE_CONSUMER_GROUP),
  syncConsumerGroup:            row(606, READ, "plain", "read_topic", groups.SYNC_CONSUMER_GROUP),
  // whippet's own, with codes far from Iggy's (docs/extensions.md).
  getLag:                       row(9001, READ, "plain", "read_topic", GET_LAG),
});

/** A key of {@link COMMANDS}. */
export type CommandName = keyof typeof COMMANDS;

// deno-lint-ignore no-explicit-any -- a row of unknown bodies is good for its codecs only
type AnyCommand = Command<any, any>;

/** The command a request names by its code; `undefined` when there is none (status `INVALID_COMMAND`). */
export function commandByCode(code: number): AnyCommand | undefined {
  return BY_CODE.get(code);
}

/**
 * The command of a VSR operation; `undefined` when there is none, and for `NON_REPLICATED`, where
 * the code says it.
 */
export function commandByOperation(operation: number): AnyCommand | undefined {
  return BY_OPERATION.get(operation);
}

const ROWS: readonly AnyCommand[] = Object.values(COMMANDS);

const BY_CODE = new Map(
  ROWS.filter((command) => command !== COMMANDS.register).map((command) => [command.code, command]),
);

const BY_OPERATION = new Map(
  ROWS.filter((command) => command.operation !== NON_REPLICATED)
    .map((command) => [command.operation, command]),
);

function row<Request, Response>(
  code: number,
  operation: number,
  framing: "plain" | "result",
  right: Right,
  bodies: Bodies<Request, Response>,
): Omit<Command<Request, Response>, "name"> {
  return { code, operation, resultFramed: framing === "result", right, ...bodies };
}

/** Gives each row its key in snake case as its name. */
function named<Rows extends Record<string, object>>(
  rows: Rows,
): { readonly [Key in keyof Rows]: Rows[Key] & { readonly name: string } } {
  const entries = Object.entries(rows).map(([key, row]) => [
    key,
    { name: key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), ...row },
  ]);
  return Object.fromEntries(entries);
}
