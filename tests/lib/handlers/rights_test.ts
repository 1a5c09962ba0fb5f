import { assertEquals } from "@std/assert";
import { authorize, authorizeTopic, userOf } from "../../../lib/handlers/rights.ts";
import { type CommandName, COMMANDS } from "../../../protocol/commands.ts";
import { IggyError } from "../../../protocol/errors.ts";
import type { Permissions } from "../../../protocol/permissions.ts";
import { assertRefusal, onlyGlobal, testBroker } from "../../support/broker.ts";

/** The table of CLASSIC.md section 4: who may, by any one of these flags. */
interface Row {
  readonly commands: readonly CommandName[];
  /** `global`, `stream`, `topic` flags, one list for each. */
  readonly flags: readonly [global: string, stream: string, topic: string];
}

const TOPIC_READERS = "readStreams manageStreams readTopics manageTopics";
const TOPIC_READERS_HERE = "manageStream readStream manageTopics readTopics";

const TABLE: readonly Row[] = [
  {
    commands: ["getStats", "getSnapshot", "getClient", "getClients"],
    flags: ["manageServers readServers", "", ""],
  },
  { commands: ["getUser", "getUsers"], flags: ["manageUsers readUsers", "", ""] },
  {
    commands: ["createUser", "deleteUser", "updateUser", "updatePermissions"],
    flags: ["manageUsers", "", ""],
  },
  { commands: ["getStream"], flags: ["manageStreams readStreams", "manageStream readStream", ""] },
  { commands: ["getStreams"], flags: ["manageStreams readStreams", "", ""] },
  { commands: ["createStream"], flags: ["manageStreams", "", ""] },
  {
    commands: ["updateStream", "deleteStream", "purgeStream"],
    flags: ["manageStreams", "manageStream", ""],
  },
  { commands: ["getTopics"], flags: [TOPIC_READERS, TOPIC_READERS_HERE, ""] },
  {
    commands: [
      "getTopic",
      "getConsumerGroup",
      "getConsumerGroups",
      "createConsumerGroup",
      "deleteConsumerGroup",
      "joinConsumerGroup",
      "leaveConsumerGroup",
      "syncConsumerGroup",
    ],
    flags: [TOPIC_READERS, TOPIC_READERS_HERE, "manageTopic readTopic"],
  },
  {
    commands: ["createTopic"],
    flags: ["manageStreams manageTopics", "manageStream manageTopics", ""],
  },
  {
    commands: [
      "updateTopic",
      "deleteTopic",
      "purgeTopic",
      "createPartitions",
      "deletePartitions",
      "deleteSegments",
    ],
    flags: ["manageStreams manageTopics", "manageStream manageTopics", "manageTopic"],
  },
  {
    commands: ["pollMessages", "getConsumerOffset", "storeConsumerOffset", "deleteConsumerOffset"],
    flags: [
      `${TOPIC_READERS} pollMessages`,
      `${TOPIC_READERS_HERE} pollMessages`,
      "manageTopic readTopic pollMessages",
    ],
  },
  {
    commands: ["sendMessages", "flushUnsavedBuffer"],
    flags: [
      "manageStreams manageTopics sendMessages",
      "manageStream manageTopics sendMessages",
      "manageTopic sendMessages",
    ],
  },
];

const STREAM_FLAGS = [
  "manageStream",
  "readStream",
  "manageTopics",
  "readTopics",
  "pollMessages",
  "sendMessages",
];
const TOPIC_FLAGS = ["manageTopic", "readTopic", "pollMessages", "sendMessages"];

Deno.test("authorize() lets a user do what any one flag of the table allows, and nothing else", async () => {
  await using broker = await testBroker();
  const topic = broker.topic(1);
  const client = broker.connectUser("bob");
  const may = (permissions: Permissions, command: CommandName) => {
    broker.catalog.users.changePermissions("bob", permissions);
    return allowed(() => authorize(broker, client, COMMANDS[command].right, requestOf(command)));
  };
  const requestOf = (command: CommandName) =>
    UNSCOPED.has(command) ? {} : { streamId: "orders", topicId: topic.id };
  for (const { commands, flags: [global, stream, here] } of TABLE) {
    for (const command of commands) {
      const pick = (names: string[], build: (name: string) => Permissions) =>
        names.filter((name) => may(build(name), command)).sort().join(" ");
      const sorted = (names: string) => names.split(" ").sort().join(" ");
      assertEquals(pick(GLOBAL_FLAGS, (name) => onlyGlobal(name as never)), sorted(global));
      assertEquals(pick(STREAM_FLAGS, onlyStream), sorted(stream), command);
      assertEquals(pick(TOPIC_FLAGS, onlyTopic), sorted(here), command);
    }
  }
});

Deno.test("The table has every command that takes more than a login", () => {
  const listed = TABLE.flatMap(({ commands }) => commands).sort();
  const rows = Object.entries(COMMANDS) as [CommandName, { readonly right: string }][];
  const restricted = rows
    .filter(([, { right }]) => right !== "none" && right !== "authenticated")
    .map(([name]) => name);
  assertEquals(listed, restricted.sort());
});

Deno.test("authorize() refuses strangers with 40, unless nothing is asked of them", async () => {
  await using broker = await testBroker();
  const stranger = broker.connect(undefined);
  authorize(broker, stranger, "none", {});
  await assertRefusal(40, () => authorize(broker, stranger, "authenticated", {}));
  await assertRefusal(40, () => authorize(broker, stranger, "read_stream", { streamId: "x" }));
});

Deno.test("authorize() lets what does not exist pass, for the handler to say so", async () => {
  await using broker = await testBroker();
  broker.topic(1);
  const client = broker.connectUser("bob");
  authorize(broker, client, "read_stream", { streamId: "nobody" });
  authorize(broker, client, "read_topic", { streamId: "nobody", topicId: "events" });
  authorize(broker, client, "read_topic", { streamId: "orders", topicId: "nothing" });
  await assertRefusal(41, () => authorize(broker, client, "read_stream", { streamId: 0 }));
  const events = { streamId: 0, topicId: 0 };
  await assertRefusal(41, () => authorize(broker, client, "read_topic", events));
});

Deno.test("authorize() looks at the stream and the topic that are named, and no other", async () => {
  await using broker = await testBroker();
  broker.topic(1);
  broker.catalog.streams.create("sales", 1);
  broker.catalog.topics.create("orders", { name: "b", partitionsCount: 1, options: {}, at: 1 });
  const client = broker.connectUser("bob", onlyTopic("readTopic"));
  const named = (streamId: string, topicId: string) => () =>
    authorize(broker, client, "read_topic", { streamId, topicId });
  named("orders", "events")();
  await assertRefusal(41, named("orders", "b"));
  await assertRefusal(41, () => authorize(broker, client, "read_stream", { streamId: "sales" }));
});

Deno.test("authorizeTopic() says the same of a topic that was found", async () => {
  await using broker = await testBroker();
  const topic = broker.topic(1);
  authorizeTopic(broker, broker.connect(), "send_messages", topic);
  const client = broker.connectUser("bob", onlyTopic("pollMessages"));
  authorizeTopic(broker, client, "poll_messages", topic);
  await assertRefusal(41, () => authorizeTopic(broker, client, "send_messages", topic));
  const stranger = broker.connect(undefined);
  await assertRefusal(40, () => authorizeTopic(broker, stranger, "poll_messages", topic));
});

Deno.test("userOf() gives who logged in, and 40 once that user is deleted", async () => {
  await using broker = await testBroker();
  const bob = broker.connectUser("bob");
  assertEquals(userOf(broker, bob).name, "bob");
  broker.catalog.users.delete("bob");
  await assertRefusal(40, () => userOf(broker, bob));
  await assertRefusal(40, () => userOf(broker, broker.connect(undefined)));
});

function allowed(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (fault) {
    if (!(fault instanceof IggyError) || fault.code !== 41) throw fault;
    return false;
  }
}

function onlyStream(name: string): Permissions {
  const flags = Object.fromEntries(STREAM_FLAGS.map((each) => [each, each === name]));
  return { ...onlyGlobal(), streams: new Map([[0, { ...flags, topics: new Map() } as never]]) };
}

function onlyTopic(name: string): Permissions {
  const flags = Object.fromEntries(TOPIC_FLAGS.map((each) => [each, each === name]));
  const none = Object.fromEntries(STREAM_FLAGS.map((each) => [each, false]));
  const topics = new Map([[0, flags]]);
  return { ...onlyGlobal(), streams: new Map([[0, { ...none, topics } as never]]) };
}

const GLOBAL_FLAGS = Object.keys(onlyGlobal().global);

/** Commands whose request names no stream. */
const UNSCOPED: ReadonlySet<CommandName> = new Set([
  ...TABLE.slice(0, 3).flatMap(({ commands }) => commands),
  "getStreams",
  "createStream",
]);
