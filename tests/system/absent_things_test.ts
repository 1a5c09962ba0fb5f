import { assert, assertEquals } from "@std/assert";
import type { Dialect } from "../../protocol/command.ts";
import { type CommandName, COMMANDS, NON_REPLICATED } from "../../protocol/commands.ts";
import * as error from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import { SEND_MESSAGES_HEAD } from "../../protocol/messages.ts";
import { WireWriter } from "../../protocol/wire.ts";
import { Random } from "../support/random.ts";
import { dial, DIALECTS, dialRoot, type Peer, type RequestOf } from "../support/raw_peer.ts";
import { SharedNode } from "../support/shared_node.ts";

const node = new SharedNode();

/** An answer without an error that says "there is none". */
const NOTHING = 0;

/** The Iggy error code of an answer, or {@link NOTHING}, in each framing; `undefined`: it lacks the command. */
type Expected = readonly [classic: number | undefined, vsr: number | undefined];

interface Row {
  readonly name: CommandName;
  readonly request: unknown;
  readonly expected: Expected;
}

const NO_STREAM = { streamId: "nowhere" };
const NO_TOPIC = { streamId: "healthy", topicId: 4_000_000_000 };
const TOPIC = { streamId: "healthy", topicId: "topic" };
const NO_PARTITION = { ...TOPIC, partitionId: 77 };
const NO_GROUP = { ...TOPIC, groupId: "nobody" };
const NO_USER = { userId: "nobody" };
const CONSUMER = { kind: "consumer", id: 1 } as const;
const NO_GROUP_CONSUMER = { kind: "consumer_group", id: 99 } as const;
const IN_NO_STREAM = { ...NO_STREAM, topicId: 1 };

/** CLASSIC.md section 8, VSR.md section 7.4. */
const ROWS: readonly Row[] = [
  row("getStream", NO_STREAM, NOTHING),
  row("updateStream", { ...NO_STREAM, name: "x" }, error.STREAM_ID_NOT_FOUND),
  row("deleteStream", NO_STREAM, error.STREAM_ID_NOT_FOUND),
  row("purgeStream", NO_STREAM, error.STREAM_ID_NOT_FOUND),
  row("getTopics", NO_STREAM, NOTHING),
  row(
    "createTopic",
    { ...NO_STREAM, name: "x", partitionsCount: 1, options: {} },
    error.STREAM_ID_NOT_FOUND,
  ),
  ...inNoTopic("getTopic", {}, [NOTHING, NOTHING], [NOTHING, NOTHING]),
  ...inNoTopic("updateTopic", { name: "x", options: {} }),
  ...inNoTopic("deleteTopic", {}),
  ...inNoTopic("purgeTopic", {}),
  ...inNoTopic("createPartitions", { partitionsCount: 1 }),
  ...inNoTopic("deletePartitions", { partitionsCount: 1 }),
  ...inNoTopic("deleteSegments", { partitionId: 0, segmentsCount: 1 }),
  row("deleteSegments", { ...NO_PARTITION, segmentsCount: 1 }, error.PARTITION_NOT_FOUND),
  ...inNoTopic("flushUnsavedBuffer", { partitionId: 0, fsync: false }),
  row("flushUnsavedBuffer", { ...NO_PARTITION, fsync: true }, error.PARTITION_NOT_FOUND),

  ...inNoTopic(
    "getConsumerGroups",
    {},
    [NOTHING, error.STREAM_ID_NOT_FOUND],
    [NOTHING, error.TOPIC_ID_NOT_FOUND],
  ),
  ...inNoTopic(
    "getConsumerGroup",
    { groupId: 1 },
    [NOTHING, error.STREAM_ID_NOT_FOUND],
    [NOTHING, error.TOPIC_ID_NOT_FOUND],
  ),
  row("getConsumerGroup", NO_GROUP, NOTHING),
  ...inNoTopic("createConsumerGroup", { name: "x" }),
  ...inNoTopic("deleteConsumerGroup", { groupId: 1 }),
  row("deleteConsumerGroup", NO_GROUP, error.CONSUMER_GROUP_ID_NOT_FOUND),
  ...inNoTopic("joinConsumerGroup", { groupId: 1 }),
  row("joinConsumerGroup", NO_GROUP, error.CONSUMER_GROUP_ID_NOT_FOUND),
  ...inNoTopic("leaveConsumerGroup", { groupId: 1 }),
  row("leaveConsumerGroup", NO_GROUP, error.CONSUMER_GROUP_ID_NOT_FOUND),
  ...inNoTopic(
    "syncConsumerGroup",
    { groupId: 1 },
    [undefined, error.STREAM_ID_NOT_FOUND],
    [undefined, error.TOPIC_ID_NOT_FOUND],
  ),
  row("syncConsumerGroup", NO_GROUP, [undefined, error.CONSUMER_GROUP_ID_NOT_FOUND]),

  ...inNoTopic("pollMessages", poll({})),
  row("pollMessages", poll(NO_PARTITION), error.PARTITION_NOT_FOUND),
  row(
    "pollMessages",
    poll({ ...TOPIC, consumer: NO_GROUP_CONSUMER }),
    error.CONSUMER_GROUP_ID_NOT_FOUND,
  ),
  ...inNoTopic(
    "sendMessages",
    send(0),
    [error.STREAM_ID_NOT_FOUND, error.RESOURCE_NOT_FOUND],
    [error.TOPIC_ID_NOT_FOUND, error.RESOURCE_NOT_FOUND],
  ),
  row("sendMessages", { ...TOPIC, ...send(77) }, [
    error.PARTITION_NOT_FOUND,
    error.RESOURCE_NOT_FOUND,
  ]),

  ...inNoTopic(
    "getConsumerOffset",
    { consumer: CONSUMER, partitionId: 0 },
    [NOTHING, error.STREAM_ID_NOT_FOUND],
    [NOTHING, error.TOPIC_ID_NOT_FOUND],
  ),
  row("getConsumerOffset", { ...NO_PARTITION, consumer: CONSUMER }, [
    NOTHING,
    error.PARTITION_NOT_FOUND,
  ]),
  row("getConsumerOffset", { ...TOPIC, partitionId: 0, consumer: CONSUMER }, NOTHING),
  row("getConsumerOffset", { ...TOPIC, partitionId: 0, consumer: NO_GROUP_CONSUMER }, NOTHING),
  ...offsetWrite("storeConsumerOffset", { offset: 0, ack: "quorum" }),
  row("storeConsumerOffset", {
    ...TOPIC,
    partitionId: 0,
    consumer: NO_GROUP_CONSUMER,
    offset: 0,
    ack: "quorum",
  }, [error.CONSUMER_GROUP_ID_NOT_FOUND, error.RESOURCE_NOT_FOUND]),
  ...offsetWrite("deleteConsumerOffset", { ack: "quorum" }),
  row(
    "deleteConsumerOffset",
    { ...TOPIC, partitionId: 0, consumer: CONSUMER, ack: "quorum" },
    error.CONSUMER_OFFSET_NOT_FOUND,
  ),
  row("deleteConsumerOffset", {
    ...TOPIC,
    partitionId: 0,
    consumer: NO_GROUP_CONSUMER,
    ack: "quorum",
  }, error.CONSUMER_GROUP_ID_NOT_FOUND),
  row("deleteConsumerOffset", {
    ...TOPIC,
    partitionId: 0,
    consumer: { kind: "consumer_group", id: "nobody" },
    ack: "quorum",
  }, [error.CONSUMER_GROUP_ID_NOT_FOUND, error.CONSUMER_GROUP_NAME_NOT_FOUND]),
  ...inNoTopic("getLag", {}),

  row("getUser", NO_USER, NOTHING),
  row("updateUser", { ...NO_USER, username: "somebody" }, error.RESOURCE_NOT_FOUND),
  row("deleteUser", NO_USER, error.RESOURCE_NOT_FOUND),
  row("updatePermissions", NO_USER, error.RESOURCE_NOT_FOUND),
  row(
    "changePassword",
    { ...NO_USER, currentPassword: "secret", newPassword: "secret" },
    error.RESOURCE_NOT_FOUND,
  ),
  row("deletePersonalAccessToken", { name: "nothing" }, error.RESOURCE_NOT_FOUND),
  row("loginWithPersonalAccessToken", { token: "nothing" }, [error.RESOURCE_NOT_FOUND, undefined]),
  row("loginUser", { username: "nobody", password: "secret" }, [
    error.INVALID_CREDENTIALS,
    undefined,
  ]),
  row("getClient", { clientId: 4_000_000_000 }, NOTHING),
];

/** Commands that name nothing. */
const NAMELESS: Partial<Record<CommandName, unknown>> = {
  ping: undefined,
  getStats: undefined,
  getSnapshot: { compression: "stored", types: ["test"] },
  getClusterMetadata: undefined,
  describeOptions: { scope: "topic" },
  getMe: undefined,
  getClients: undefined,
  getUsers: undefined,
  createUser: { username: "somebody", password: "secret", status: "active" },
  getPersonalAccessTokens: undefined,
  createPersonalAccessToken: { name: "token", expiry: 0n },
  getStreams: undefined,
  createStream: { name: "stream" },
  logoutUser: undefined,
  register: undefined,
};

for (const dialect of DIALECTS) {
  node.test(`Every command says what does not exist, and the connection goes on (${dialect})`, async (port) => {
    using peer = await dialRoot(dialect, port);
    for (const { name, request, expected } of ROWS) {
      const code = dialect === "classic" ? expected[0] : expected[1];
      if (code === undefined) continue;
      assertEquals(await outcome(peer, name, request), code, `${name} ${Deno.inspect(request)}`);
    }
  });

  node.test(`A body cut short anywhere is refused, and the connection goes on (${dialect})`, async (port) => {
    using peer = await dialRoot(dialect, port);
    for (const { name, request, expected } of ROWS) {
      const [classic, vsr] = expected;
      const whole = dialect === "classic" ? classic : vsr;
      if (whole === undefined) continue;
      const body = bodyOf(dialect, name, request);
      for (let length = 0; length < body.length; length++) {
        const status = await peer.status(name, body.subarray(0, length));
        const refusals = [...MALFORMED, whole];
        assert(refusals.includes(status), `${name} cut to ${length} bytes gets ${status}`);
      }
    }
  });

  node.test(`Every command answers a body of random bytes, and the connection goes on (${dialect})`, async (port) => {
    const random = Random.announced(`Random bodies, ${dialect}`);
    using peer = await dialRoot(dialect, port);
    for (const name of Object.keys(COMMANDS) as CommandName[]) {
      if (ENDING.has(name) || COMMANDS[name].request[dialect] === undefined) continue;
      for (let round = 0; round < 20; round++) {
        const body = new Uint8Array(random.between(0, 120));
        random.fill(body);
        await peer.status(name, body);
      }
    }
    await peer.ask("getMe", undefined);
  });

  node.test(`Nothing but ping and login is done before login (${dialect})`, async (port) => {
    using peer = await dial(dialect, port);
    const requests = [
      ...ROWS.map(({ name, request }) => [name, request] as const),
      ...Object.entries(NAMELESS) as [CommandName, unknown][],
    ];
    for (const [name, request] of requests) {
      const { request: { [dialect]: codec }, right } = COMMANDS[name];
      if (codec === undefined || right === "none") continue;
      await peer.write(peer.framing.frameOf(name, bodyOf(dialect, name, request)));
      const answer = await peer.answer();
      const { status, eviction } = answer!;
      if (dialect === "classic") assertEquals(status, error.UNAUTHENTICATED, name);
      else assertEquals([status, eviction], refusedBeforeLogin(name), name);
    }
    await peer.ask("ping", undefined);
    await peer.login("iggy", "iggy");
    await peer.ask("getMe", undefined);
  });
}

Deno.test("No command is left out of these tests", () => {
  const tested = new Set<string>([...ROWS.map(({ name }) => name), ...Object.keys(NAMELESS)]);
  assertEquals(Object.keys(COMMANDS).filter((name) => !tested.has(name)), []);
});

/** VSR.md section 4.1. */
function refusedBeforeLogin(name: CommandName): [number, string | undefined] {
  if (name === "logoutUser") return [0, undefined];
  const isRead = COMMANDS[name].operation === NON_REPLICATED;
  return [error.UNAUTHENTICATED, isRead ? undefined : "no_session"];
}

/** The error code that a request gets, or {@link NOTHING}; fails when it gets something. */
async function outcome(peer: Peer, name: CommandName, request: unknown): Promise<number> {
  if (name === "sendMessages") return await peer.status(name, bodyOf(peer.dialect, name, request));
  try {
    const answer = await peer.ask(name, request as never);
    assert(answer === undefined || (answer as unknown[]).length === 0, Deno.inspect(answer));
    return NOTHING;
  } catch (fault) {
    if (!(fault instanceof IggyError)) throw fault;
    return fault.code;
  }
}

function bodyOf(dialect: Dialect, name: CommandName, request: unknown): Uint8Array {
  const writer = new WireWriter();
  if (name === "sendMessages") SEND_MESSAGES_HEAD.encode(writer, request as never);
  else COMMANDS[name].request[dialect]!.encode(writer, request as never);
  return writer.written.slice();
}

function row<Name extends CommandName>(
  name: Name,
  request: RequestOf<Name> | object,
  expected: Expected | number,
): Row {
  return {
    name,
    request,
    expected: typeof expected === "number" ? [expected, expected] : expected,
  };
}

/** The same request in a stream and in a topic that do not exist. */
function inNoTopic(
  name: CommandName,
  request: object,
  noStream: Expected = [error.STREAM_ID_NOT_FOUND, error.STREAM_ID_NOT_FOUND],
  noTopic: Expected = [error.TOPIC_ID_NOT_FOUND, error.TOPIC_ID_NOT_FOUND],
): Row[] {
  return [
    { name, request: { ...request, ...IN_NO_STREAM }, expected: noStream },
    { name, request: { ...request, ...NO_TOPIC }, expected: noTopic },
  ];
}

/** VSR.md section 7.4: all of them are code 20 there. */
function offsetWrite(name: CommandName, fields: object): Row[] {
  const inPartition = { consumer: CONSUMER, partitionId: 0, ...fields };
  return [
    ...inNoTopic(
      name,
      inPartition,
      [error.STREAM_ID_NOT_FOUND, error.RESOURCE_NOT_FOUND],
      [error.TOPIC_ID_NOT_FOUND, error.RESOURCE_NOT_FOUND],
    ),
    row(name, { ...inPartition, ...NO_PARTITION }, [
      error.PARTITION_NOT_FOUND,
      error.RESOURCE_NOT_FOUND,
    ]),
  ];
}

function poll(fields: object) {
  const strategy = { kind: "first", value: 0 };
  return { consumer: CONSUMER, partitionId: 0, strategy, count: 1, autoCommit: false, ...fields };
}

function send(partitionId: number) {
  return { partitioning: { kind: "partition_id", partitionId }, messagesCount: 1 };
}

/** CLASSIC.md section 1.3; 6 is what sends say of a malformed identifier. */
const MALFORMED = [error.INVALID_COMMAND, error.INVALID_FORMAT, error.INVALID_IDENTIFIER];

/** Commands that change who is logged in. */
const ENDING = new Set<CommandName>([
  "logoutUser",
  "register",
  "loginUser",
  "loginWithPersonalAccessToken",
]);
