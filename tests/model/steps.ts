/**
 * What clients do to a broker, at random: steps as plain data, so that a sequence can be shrunk and
 * printed. Names come from a small alphabet, so that things are often there already, or not any more.
 *
 * @module
 */
import * as fc from "fast-check";
import { COMMANDS } from "../../protocol/commands.ts";
import type { CommandName } from "../../protocol/commands.ts";
import { NEVER_EXPIRES } from "../../protocol/options.ts";
import type { Identifier } from "../../protocol/primitives.ts";
import type { Permissions } from "../../protocol/permissions.ts";
import type { Modelled } from "./broker_commands.ts";

/** One thing that happens. */
export type Step =
  /** `with`: its request, with references in place of identifiers. */
  | {
    readonly kind: "command";
    readonly who: number;
    readonly name: Modelled;
    readonly with: unknown;
  }
  /** With the secret of the token that was made as the `index`th, if there is one. */
  | { readonly kind: "use_token"; readonly who: number; readonly index: number }
  /** A request whose body lacks its last byte. */
  | { readonly kind: "cut_body"; readonly who: number; readonly name: CommandName }
  | { readonly kind: "disconnect"; readonly who: number }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "restart" }
  /** `files`, `names`: what a crash leaves, see `Survival`; 0 to 100: so much of what was not synced. */
  | { readonly kind: "crash"; readonly files: number; readonly names: "synced" | "written" };

/** An identifier, or the nth of what is there when its step is taken, again from the first on. */
export type Reference = Identifier | { readonly nth: number; readonly by: "id" | "name" };

/** A partition, or the nth of those that the client's group lets it read, else of the topic's. */
export type PartitionReference = number | { readonly nth: number };

/** Clients at once; even ones are classic, odd ones VSR. */
export const CLIENTS = 4;

/** Sequences of up to `stepsMax` steps: of everything, or of what members of groups do. */
export function sequences(stepsMax: number): fc.Arbitrary<Step[]> {
  const someOf = (step: fc.Arbitrary<Step>) =>
    // What a sequence comes to is a matter of its length, which fast-check would rather have short.
    fc.noBias(fc.array(step, { minLength: 1, maxLength: stepsMax, size: "max" }));
  const furnished = (steps: Step[]) => [...FURNITURE, ...steps];
  return fc.oneof(
    { weight: 6, arbitrary: someOf(anyStep()).map(furnished) },
    { weight: 3, arbitrary: someOf(anyStep(GROUP_COMMANDS)).map(furnished) },
    { weight: 1, arbitrary: someOf(anyStep()) },
  );
}

/** A line to read. */
export function stepText(step: Step): string {
  const { kind } = step;
  const who = "who" in step ? `${step.who % 2 === 0 ? "classic" : "vsr"} ${step.who} ` : "";
  const name = "name" in step ? ` ${step.name}` : "";
  const { kind: _kind, who: _who, name: _name, ...rest } = step as Record<string, unknown>;
  const inner = "with" in rest ? rest.with : rest;
  return `${who}${kind}${name} ${inner === undefined ? "" : Deno.inspect(inner, INSPECTION)}`
    .trimEnd();
}

const INSPECTION = { depth: 9, compact: true, breakLength: Infinity, sorted: true } as const;

/** A stream with a topic of three partitions, a group with a member of each protocol, a user. */
const FURNITURE: Step[] = [
  command(0, "createStream", { name: "a" }),
  command(1, "createTopic", { streamId: "a", name: "x", partitionsCount: 3, options: {} }),
  command(0, "createConsumerGroup", { streamId: 0, topicId: 0, name: "g" }),
  command(0, "joinConsumerGroup", { streamId: "a", topicId: "x", groupId: "g" }),
  command(1, "joinConsumerGroup", { streamId: "a", topicId: "x", groupId: 0 }),
  command(1, "createUser", { username: "ann", password: "pw-1", status: "active" }),
];

function command(who: number, name: Modelled, asked: unknown): Step {
  return { kind: "command", who, name, with: asked };
}

const streamName = fc.oneof(
  { weight: 14, arbitrary: fc.constantFrom("a", "b") },
  { weight: 1, arbitrary: fc.constantFrom("", "0", "ä".repeat(127)) },
);
const topicName = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("x", "y") },
  { weight: 1, arbitrary: fc.constantFrom("", "1") },
);
const groupName = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("g", "h") },
  { weight: 1, arbitrary: fc.constantFrom("", "2") },
);
const userName = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom("ann", "bob") },
  { weight: 1, arbitrary: fc.constantFrom("", "al", "z".repeat(50), "z".repeat(51), "iggy") },
);
const tokenName = fc.constantFrom("tok", "tik", "tok", "tik", "", "to", "t".repeat(31));
const password = fc.constantFrom("pw-1", "pw-2", "pw-1", "iggy", "pw", "p".repeat(101));
const status = fc.constantFrom<"active" | "inactive">("active", "active", "inactive");

const streamId = reference(streamName);
const topicId = reference(topicName);
const groupId = reference(groupName);
const userId = reference(userName);

/** Mostly what is there, sometimes any name or number. */
function reference(name: fc.Arbitrary<string>): fc.Arbitrary<Reference> {
  return fc.oneof(
    {
      weight: 40,
      arbitrary: fc.record({ nth: fc.nat(2), by: fc.constantFrom<"id" | "name">("id", "name") }),
    },
    { weight: 2, arbitrary: name },
    { weight: 1, arbitrary: fc.constantFrom(0, 1, 9, 0xffffffff) },
  );
}

const stream = { streamId };
const topic = { streamId, topicId };
const partitionId = fc.oneof(
  { weight: 20, arbitrary: fc.record({ nth: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.nat(3) },
  { weight: 1, arbitrary: fc.constant(0xffffffff) },
);
const maybePartition = fc.option(partitionId, { nil: undefined, freq: 8 });
const group = { ...topic, groupId };

const flag = fc.integer({ min: 0, max: 3 }).map((value) => value === 0);

function flags<Name extends string>(...names: Name[]): fc.Arbitrary<Record<Name, boolean>> {
  const entries = names.map((name) => [name, flag] as const);
  return fc.record(Object.fromEntries(entries)) as unknown as fc.Arbitrary<Record<Name, boolean>>;
}

const GLOBAL = flags(
  "manageServers",
  "readServers",
  "manageUsers",
  "readUsers",
  "manageStreams",
  "readStreams",
  "manageTopics",
  "readTopics",
  "pollMessages",
  "sendMessages",
);
const OF_TOPIC = flags("manageTopic", "readTopic", "pollMessages", "sendMessages");
const OF_STREAM = flags(
  "manageStream",
  "readStream",
  "manageTopics",
  "readTopics",
  "pollMessages",
  "sendMessages",
);

function byId<T>(value: fc.Arbitrary<T>): fc.Arbitrary<Map<number, T>> {
  return fc.array(fc.tuple(fc.nat(1), value), { maxLength: 2 }).map((entries) =>
    new Map(entries.toSorted(([a], [b]) => a - b))
  );
}

const inStream = fc.tuple(OF_STREAM, byId(OF_TOPIC)).map(([own, topics]) => ({ ...own, topics }));
const someRights: fc.Arbitrary<Permissions> = fc.record({
  global: GLOBAL,
  streams: byId(inStream),
});
const permissions = fc.option(someRights, { nil: undefined, freq: 4 });

const topicOptions = fc.record({
  compressionAlgorithm: fc.constantFrom("none", "gzip"),
  messageExpiry: fc.constantFrom(0n, NEVER_EXPIRES, 60_000_000n),
  maxTopicSize: fc.constantFrom(0n, NEVER_EXPIRES, 1n << 31n, 0n, 1000n),
  replicationFactor: fc.constantFrom(0, 1, 3),
}, { requiredKeys: [] });

const durability = fc.constantFrom("replicated", "persisted");
const newTopicOptions = fc.tuple(
  topicOptions,
  fc.record({ durability, consumerOffsetDurability: durability }, { requiredKeys: [] }),
).map(([both, vsr]) => ({ ...both, ...vsr }));

const consumer = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("consumer"), id: fc.constantFrom(1, 2, "c", "c") }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("consumer_group"), id: groupId }) },
);
const OFFSET_START = 1_700_000_000_000_000;
const strategy = fc.oneof(
  { weight: 9, arbitrary: fc.constant({ kind: "next", value: 0 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom({ kind: "first", value: 0 }, { kind: "last", value: 0 }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(0, 1, 3, 8, Number.MAX_SAFE_INTEGER)
      .map((value) => ({ kind: "offset", value })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, 1, 2000, 40_000, 10 ** 9)
      .map((ms) => ({ kind: "timestamp", value: OFFSET_START + ms * 1000 })),
  },
);
const count = fc.constantFrom(1, 2, 3, 10, 1000, 1, 2, 10, 0, 0xffffffff);

const message = fc.record({
  id: fc.constantFrom(0n, 1n, 2n, (1n << 128n) - 1n),
  originTimestamp: fc.constantFrom(OFFSET_START, OFFSET_START + 1, OFFSET_START + 5000),
  payload: fc.uint8Array({ minLength: 1, maxLength: 9 }),
  userHeaders: fc.uint8Array({ maxLength: 5 }),
});
const partitioning = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("partition_id"), partitionId }) },
  { weight: 5, arbitrary: fc.constant({ kind: "balanced" }) },
  {
    weight: 2,
    arbitrary: fc.uint8Array({ minLength: 1, maxLength: 3 })
      .map((key) => ({ kind: "messages_key", key })),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom([9, 0], [3, 0], [2, 3, 0, 0, 0], [1, 1, 0])
      .map((bytes) => ({ kind: "malformed", bytes: Uint8Array.from(bytes) })),
  },
);

const sendRequest = fc.record({
  ...topic,
  partitioning,
  messages: fc.oneof(
    { weight: 20, arbitrary: fc.array(message, { minLength: 1, maxLength: 4 }) },
    { weight: 1, arbitrary: fc.constant([]) },
  ),
});

type Requests = {
  readonly [Name in Modelled]?: readonly [weight: number, fc.Arbitrary<unknown>];
};

/** The commands, how often each comes, and with what. */
const REQUESTS: Requests = {
  ping: [1, fc.constant(undefined)],
  getStats: [2, fc.constant(undefined)],
  getMe: [2, fc.constant(undefined)],
  getClient: [1, fc.record({ clientId: fc.constantFrom(0, 1, 2650268133, 3_113_842_447) })],
  getClients: [2, fc.constant(undefined)],
  login: [4, fc.record({ username: userName, password })],
  logoutUser: [1, fc.constant(undefined)],
  getUser: [2, fc.record({ userId })],
  getUsers: [2, fc.constant(undefined)],
  createUser: [3, fc.record({ username: userName, password, status, permissions })],
  deleteUser: [1, fc.record({ userId })],
  updateUser: [2, fc.record({ userId, username: userName, status }, { requiredKeys: ["userId"] })],
  updatePermissions: [3, fc.record({ userId, permissions })],
  changePassword: [2, fc.record({ userId, currentPassword: password, newPassword: password })],
  getPersonalAccessTokens: [2, fc.constant(undefined)],
  createPersonalAccessToken: [
    3,
    fc.record({ name: tokenName, expiry: fc.constantFrom(0n, NEVER_EXPIRES, 5_000_000n) }),
  ],
  deletePersonalAccessToken: [1, fc.record({ name: tokenName })],
  getStream: [2, fc.record(stream)],
  getStreams: [1, fc.constant(undefined)],
  createStream: [6, fc.record({ name: streamName })],
  updateStream: [1, fc.record({ ...stream, name: streamName })],
  deleteStream: [1, fc.record(stream)],
  purgeStream: [1, fc.record(stream)],
  getTopic: [3, fc.record(topic)],
  getTopics: [1, fc.record(stream)],
  createTopic: [
    7,
    fc.record({
      ...stream,
      name: topicName,
      partitionsCount: fc.constantFrom(1, 2, 3, 4, 0, 1001),
      options: newTopicOptions,
    }),
  ],
  updateTopic: [2, fc.record({ ...topic, name: topicName, options: topicOptions })],
  deleteTopic: [1, fc.record(topic)],
  purgeTopic: [2, fc.record(topic)],
  createPartitions: [2, fc.record({ ...topic, partitionsCount: fc.constantFrom(1, 2, 0, 1001) })],
  deletePartitions: [2, fc.record({ ...topic, partitionsCount: fc.constantFrom(1, 2, 0, 9) })],
  deleteSegments: [1, fc.record({ ...topic, partitionId, segmentsCount: fc.nat(2) })],
  flushUnsavedBuffer: [2, fc.record({ ...topic, partitionId, fsync: fc.boolean() })],
  sendMessages: [30, sendRequest],
  pollMessages: [
    22,
    fc.record({
      ...topic,
      consumer,
      partitionId: maybePartition,
      strategy,
      count,
      autoCommit: fc.boolean(),
    }),
  ],
  getConsumerOffset: [3, fc.record({ ...topic, consumer, partitionId: maybePartition })],
  storeConsumerOffset: [
    8,
    fc.record({
      ...topic,
      consumer,
      partitionId: maybePartition,
      offset: fc.constantFrom(0, 1, 2, 5, Number.MAX_SAFE_INTEGER),
      ack: fc.constantFrom("quorum", "none"),
    }),
  ],
  deleteConsumerOffset: [
    2,
    fc.record({ ...topic, consumer, partitionId: maybePartition, ack: fc.constant("quorum") }),
  ],
  getConsumerGroup: [4, fc.record(group)],
  getConsumerGroups: [1, fc.record(topic)],
  createConsumerGroup: [5, fc.record({ ...topic, name: groupName })],
  deleteConsumerGroup: [1, fc.record(group)],
  joinConsumerGroup: [12, fc.record(group)],
  leaveConsumerGroup: [3, fc.record(group)],
  syncConsumerGroup: [4, fc.record(group)],
};

/** Any step whose command is one of `names`; all unless given. */
function anyStep(names?: ReadonlySet<string>): fc.Arbitrary<Step> {
  const who = fc.nat(CLIENTS - 1);
  const requests = Object.entries(REQUESTS).filter(([name]) => names?.has(name) ?? true);
  const commands = requests.map(([name, [weight, request]]) => ({
    weight,
    arbitrary: fc.record({
      kind: fc.constant("command"),
      who,
      name: fc.constant(name),
      with: request,
    }) as unknown as fc.Arbitrary<Step>,
  }));
  const others: [number, fc.Arbitrary<unknown>][] = [
    [2, fc.record({ kind: fc.constant("use_token"), who, index: fc.nat(3) })],
    [2, fc.record({ kind: fc.constant("cut_body"), who, name: fc.constantFrom(...CUTTABLE) })],
    [2, fc.record({ kind: fc.constant("disconnect"), who })],
    [2, fc.record({ kind: fc.constant("wait"), ms: fc.constantFrom(1, 1000, 29_000, 31_000) })],
    [1, fc.record({ kind: fc.constant("restart") })],
    [
      1,
      fc.record({
        kind: fc.constant("crash"),
        files: fc.constantFrom(0, 100, 50, 90),
        names: fc.constantFrom("synced", "written"),
      }),
    ],
  ];
  return fc.oneof(
    ...commands,
    ...others.map(([weight, arbitrary]) => ({
      weight,
      arbitrary: arbitrary as fc.Arbitrary<Step>,
    })),
  );
}

/** What decides who reads which partition. */
const GROUP_COMMANDS: ReadonlySet<string> = new Set<Modelled>([
  "joinConsumerGroup",
  "leaveConsumerGroup",
  "syncConsumerGroup",
  "getConsumerGroup",
  "pollMessages",
  "storeConsumerOffset",
  "deleteConsumerOffset",
  "sendMessages",
  "createPartitions",
  "deletePartitions",
  "purgeTopic",
]);

/** Commands whose body has an end that can be missing, and that are not logins. */
const CUTTABLE = (Object.keys(COMMANDS) as CommandName[]).filter((name) =>
  !/^(ping|getStats|getMe|getClients|getUsers|getStreams|getPersonalAccessTokens|logoutUser|register|login.*|getClusterMetadata|getSnapshot|sendMessages)$/
    .test(name)
);
