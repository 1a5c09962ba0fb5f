/**
 * From a decoded request to its answer: row -> right -> handler -> answer, the same for every
 * framing. Sending and polling messages do not pass here: their bodies stay bytes, and
 * `handlers/messages.ts` checks their right itself.
 *
 * @module
 */
import { commandByCode, type CommandName, COMMANDS } from "../../protocol/commands.ts";
import type { Command, Dialect } from "../../protocol/command.ts";
import type { DeleteConsumerOffsetRequest } from "../../protocol/consumer_offsets.ts";
import * as error from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { CommandKind } from "../telemetry/meters.ts";
import type { Broker, Client, Handler } from "../handlers/broker.ts";
import * as groups from "../handlers/consumer_groups.ts";
import * as offsets from "../handlers/consumer_offsets.ts";
import { getLag } from "../handlers/lag.ts";
import { flushUnsavedBuffer } from "../handlers/messages.ts";
import * as partitions from "../handlers/partitions.ts";
import * as tokens from "../handlers/personal_access_tokens.ts";
import { authorize } from "../handlers/rights.ts";
import { getSnapshot } from "../handlers/snapshot.ts";
import * as streams from "../handlers/streams.ts";
import * as system from "../handlers/system.ts";
import * as topics from "../handlers/topics.ts";
import * as users from "../handlers/users.ts";

/** A command with the handler that means it. */
export interface Route {
  readonly name: CommandName;
  readonly command: AnyCommand;
  /** `undefined`: the framing answers it itself (sends, polls and VSR's Register). */
  readonly handler: AnyHandler | undefined;
}

/** Where requests with this code go; `undefined` when no generation has such a command. */
export function routeByCode(code: number): Route | undefined {
  return ROUTES.get(code);
}

/** What a command does, by its code: the two that carry messages are measured apart from all others. */
export function kindOfCode(code: number): CommandKind {
  if (code === COMMANDS.pollMessages.code) return "poll";
  return code === COMMANDS.sendMessages.code ? "send" : "control";
}

/** The same by VSR's operation, where that is not `NON_REPLICATED`. */
export function kindOfOperation(operation: number): CommandKind {
  return operation === COMMANDS.sendMessages.operation ? "send" : "control";
}

/**
 * Answers a decoded request. Throws or rejects with `IggyError` when the client may not or cannot;
 * what a dialect says instead of an error for things that are not there is answered as it says it.
 */
export function dispatch(
  broker: Broker,
  client: Client,
  dialect: Dialect,
  route: Route,
  request: unknown,
): unknown {
  try {
    const answer = handle(broker, client, route, request);
    if (!(answer instanceof Promise)) return answer;
    return answer.catch((fault) => instead(dialect, route.name, request, fault));
  } catch (fault) {
    return instead(dialect, route.name, request, fault);
  }
}

/**
 * Performs a command for a client that speaks none of the binary dialects: the same right and the
 * same handler, and what is not there is an error. Rejects with `IggyError`.
 */
export async function perform(
  broker: Broker,
  client: Client,
  name: CommandName,
  request: unknown,
): Promise<unknown> {
  return await handle(
    broker,
    client,
    { name, command: COMMANDS[name], handler: HANDLERS[name] },
    request,
  );
}

function handle(broker: Broker, client: Client, route: Route, request: unknown): unknown {
  authorize(broker, client, route.command.right, request);
  if (route.handler === undefined) {
    throw new IggyError(error.FEATURE_UNAVAILABLE, `${route.command.name} is not served here`);
  }
  return route.handler(broker, client, request);
}

/** What `dialect` answers in place of the error, or the error by the code that it knows it under. */
function instead(
  dialect: Dialect,
  name: CommandName,
  request: unknown,
  fault: unknown,
): unknown {
  if (!(fault instanceof IggyError)) throw fault;
  const absent = ABSENT_ANSWERS[dialect][name];
  if (absent?.codes.includes(fault.code)) return absent.answer;
  throw renamed(dialect, name, fault, request);
}

/** The error under the code that `dialect` knows it by (VSR.md section 7.4). */
export function renamed(
  dialect: Dialect,
  name: CommandName,
  fault: IggyError,
  request?: unknown,
): IggyError {
  const renaming = RENAMED_ERRORS[dialect][name]?.[fault.code];
  const code = typeof renaming === "function" ? renaming(request) : renaming;
  return code === undefined ? fault : new IggyError(code, fault.message, { cause: fault });
}

// deno-lint-ignore no-explicit-any -- a row of unknown bodies
type AnyCommand = Command<any, any>;
// deno-lint-ignore no-explicit-any -- the handler of such a row
type AnyHandler = Handler<any, any>;

type Handlers = {
  readonly [Name in CommandName]?: (typeof COMMANDS)[Name] extends
    Omit<Command<infer Request, infer Response>, "name"> ? Handler<Request, Response> : never;
};

const HANDLERS: Handlers = {
  ping: system.ping,
  getStats: system.getStats,
  getSnapshot,
  getClusterMetadata: system.getClusterMetadata,
  describeOptions: system.describeOptions,
  getMe: system.getMe,
  getClient: system.getClient,
  getClients: system.getClients,
  getUser: users.getUser,
  getUsers: users.getUsers,
  createUser: users.createUser,
  deleteUser: users.deleteUser,
  updateUser: users.updateUser,
  updatePermissions: users.updatePermissions,
  changePassword: users.changePassword,
  loginUser: users.loginUser,
  logoutUser: users.logoutUser,
  getPersonalAccessTokens: tokens.getPersonalAccessTokens,
  createPersonalAccessToken: tokens.createPersonalAccessToken,
  deletePersonalAccessToken: tokens.deletePersonalAccessToken,
  loginWithPersonalAccessToken: tokens.loginWithPersonalAccessToken,
  flushUnsavedBuffer,
  getConsumerOffset: offsets.getConsumerOffset,
  storeConsumerOffset: offsets.storeConsumerOffset,
  deleteConsumerOffset: offsets.deleteConsumerOffset,
  getStream: streams.getStream,
  getStreams: streams.getStreams,
  createStream: streams.createStream,
  deleteStream: streams.deleteStream,
  updateStream: streams.updateStream,
  purgeStream: streams.purgeStream,
  getTopic: topics.getTopic,
  getTopics: topics.getTopics,
  createTopic: topics.createTopic,
  deleteTopic: topics.deleteTopic,
  updateTopic: topics.updateTopic,
  purgeTopic: topics.purgeTopic,
  createPartitions: partitions.createPartitions,
  deletePartitions: partitions.deletePartitions,
  deleteSegments: partitions.deleteSegments,
  getConsumerGroup: groups.getConsumerGroup,
  getConsumerGroups: groups.getConsumerGroups,
  createConsumerGroup: groups.createConsumerGroup,
  deleteConsumerGroup: groups.deleteConsumerGroup,
  joinConsumerGroup: groups.joinConsumerGroup,
  leaveConsumerGroup: groups.leaveConsumerGroup,
  syncConsumerGroup: groups.syncConsumerGroup,
  getLag,
};

interface AbsentAnswer {
  readonly codes: readonly number[];
  readonly answer: unknown;
}

const NO_TOPIC = [error.STREAM_ID_NOT_FOUND, error.TOPIC_ID_NOT_FOUND];
const NO_GROUP = [...NO_TOPIC, error.CONSUMER_GROUP_ID_NOT_FOUND];
const NO_PARTITION = [...NO_TOPIC, error.PARTITION_NOT_FOUND];

const NOTHING_EVERYWHERE: Partial<Record<CommandName, AbsentAnswer>> = {
  getStream: { codes: NO_TOPIC, answer: undefined },
  getTopic: { codes: NO_TOPIC, answer: undefined },
  getTopics: { codes: NO_TOPIC, answer: [] },
  getUser: { codes: [error.RESOURCE_NOT_FOUND], answer: undefined },
};

/** CLASSIC.md section 8 and VSR.md section 7.4: where "not there" is an answer and no error. */
const ABSENT_ANSWERS: Record<Dialect, Partial<Record<CommandName, AbsentAnswer>>> = {
  classic: {
    ...NOTHING_EVERYWHERE,
    getConsumerGroup: { codes: NO_GROUP, answer: undefined },
    getConsumerGroups: { codes: NO_TOPIC, answer: [] },
    getConsumerOffset: {
      codes: [...NO_PARTITION, error.CONSUMER_GROUP_ID_NOT_FOUND],
      answer: undefined,
    },
  },
  vsr_0_11: {
    ...NOTHING_EVERYWHERE,
    getConsumerGroup: { codes: [error.CONSUMER_GROUP_ID_NOT_FOUND], answer: undefined },
    getConsumerOffset: { codes: [error.CONSUMER_GROUP_ID_NOT_FOUND], answer: undefined },
  },
};

const UNRESOLVABLE = Object.fromEntries(
  NO_PARTITION.map((code) => [code, error.RESOURCE_NOT_FOUND]),
);

const OFFSET_WRITE = {
  ...UNRESOLVABLE,
  [error.CONSUMER_GROUP_MEMBER_NOT_FOUND]: error.RESOURCE_NOT_FOUND,
  [error.NOT_RESOLVED_CONSUMER]: error.RESOURCE_NOT_FOUND,
};

/** VSR.md section 7.4: which of the two "no such group" it is depends on how the group is named. */
function groupNotFound(request: unknown): number {
  const { consumer } = request as DeleteConsumerOffsetRequest;
  return typeof consumer.id === "string"
    ? error.CONSUMER_GROUP_NAME_NOT_FOUND
    : error.CONSUMER_GROUP_ID_NOT_FOUND;
}

/** Another code, whatever was asked or depending on that. */
type Renaming = number | ((request: unknown) => number);

/** Errors that a dialect gives another code than the node does. */
const RENAMED_ERRORS: Record<
  Dialect,
  Partial<Record<CommandName, Readonly<Record<number, Renaming>>>>
> = {
  classic: {},
  vsr_0_11: {
    sendMessages: UNRESOLVABLE,
    storeConsumerOffset: {
      ...OFFSET_WRITE,
      [error.CONSUMER_GROUP_ID_NOT_FOUND]: error.RESOURCE_NOT_FOUND,
    },
    deleteConsumerOffset: { ...OFFSET_WRITE, [error.CONSUMER_GROUP_ID_NOT_FOUND]: groupNotFound },
  },
};

const ROUTES: ReadonlyMap<number, Route> = new Map(
  (Object.keys(COMMANDS) as CommandName[])
    .filter((name) => commandByCode(COMMANDS[name].code) === COMMANDS[name])
    .map((name) => [
      COMMANDS[name].code,
      { name, command: COMMANDS[name], handler: HANDLERS[name] },
    ]),
);
