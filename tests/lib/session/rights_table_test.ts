import { assertEquals } from "@std/assert";
import type { Broker, Client } from "../../../lib/handlers/broker.ts";
import { pollMessages, sendMessages } from "../../../lib/handlers/messages.ts";
import { dispatch, routeByCode } from "../../../lib/session/dispatch.ts";
import type { Dialect } from "../../../protocol/command.ts";
import { type CommandName, COMMANDS } from "../../../protocol/commands.ts";
import { IggyError } from "../../../protocol/errors.ts";
import type {
  Permissions,
  StreamPermissions,
  TopicPermissions,
} from "../../../protocol/permissions.ts";
import { type TestBroker, type TestClient } from "../../support/broker.ts";
import { Harness } from "../../support/harness.ts";
import { someMessages } from "../../support/messages.ts";
import { COMMAND_NAMES, SAMPLE_ADDRESS, sampleRequests } from "../../support/sample_requests.ts";
import { DIALECTS, sendBody } from "../../support/sends_and_polls.ts";

/** Flags that allow: of the node, of the named stream, of the named topic. Nothing else does. */
interface Rule {
  readonly commands: string;
  readonly global: string;
  readonly stream?: string;
  readonly topic?: string;
}

/**
 * The table of CLASSIC.md section 4, and two lines that are not in it: getSnapshot takes what VSR.md
 * section 7.4 asks for, of classic clients too, because the archive shows the node's logs and
 * configuration; and HTTP.md section 8 lets everybody read the own account, on every transport.
 */
const TABLE: readonly Rule[] = [
  {
    commands: "getStats getSnapshot getClient getClients",
    global: "manageServers readServers",
  },
  { commands: "getUser getUsers", global: "manageUsers readUsers" },
  {
    commands: "createUser deleteUser updateUser updatePermissions changePassword",
    global: "manageUsers",
  },
  { commands: "getStreams", global: "manageStreams readStreams" },
  {
    commands: "getStream",
    global: "manageStreams readStreams",
    stream: "manageStream readStream",
  },
  { commands: "createStream", global: "manageStreams" },
  {
    commands: "updateStream deleteStream purgeStream",
    global: "manageStreams",
    stream: "manageStream",
  },
  {
    commands: "getTopics",
    global: "readStreams manageStreams readTopics manageTopics",
    stream: "manageStream readStream manageTopics readTopics",
  },
  {
    commands: "getTopic getConsumerGroup getConsumerGroups createConsumerGroup " +
      "deleteConsumerGroup joinConsumerGroup leaveConsumerGroup syncConsumerGroup getLag",
    global: "readStreams manageStreams readTopics manageTopics",
    stream: "manageStream readStream manageTopics readTopics",
    topic: "manageTopic readTopic",
  },
  {
    commands: "createTopic",
    global: "manageStreams manageTopics",
    stream: "manageStream manageTopics",
  },
  {
    commands: "updateTopic deleteTopic purgeTopic createPartitions deletePartitions deleteSegments",
    global: "manageStreams manageTopics",
    stream: "manageStream manageTopics",
    topic: "manageTopic",
  },
  {
    commands: "pollMessages getConsumerOffset storeConsumerOffset deleteConsumerOffset",
    global: "pollMessages readStreams manageStreams readTopics manageTopics",
    stream: "manageStream readStream manageTopics readTopics pollMessages",
    topic: "manageTopic readTopic pollMessages",
  },
  {
    commands: "sendMessages flushUnsavedBuffer",
    global: "sendMessages manageStreams manageTopics",
    stream: "manageStream manageTopics sendMessages",
    topic: "manageTopic sendMessages",
  },
];

/** What takes no more than a login, and what takes none. */
const FREE = "ping loginUser loginWithPersonalAccessToken logoutUser getMe getClusterMetadata " +
  "describeOptions getPersonalAccessTokens createPersonalAccessToken deletePersonalAccessToken";

const FLAGS = {
  global: "manageServers readServers manageUsers readUsers manageStreams readStreams " +
    "manageTopics readTopics pollMessages sendMessages",
  stream: "manageStream readStream manageTopics readTopics pollMessages sendMessages",
  topic: "manageTopic readTopic pollMessages sendMessages",
};

/** What everybody who asks meets: made again for each request, for a command may change it. */
interface World {
  /** Permissions of the only flag `name`, by where it is held. */
  readonly flag: Record<Place, (name: string) => Permissions>;
  connect(permissions: Permissions | undefined): TestClient;
}

/** Where a flag is held. What a request names is the stream "orders" and its topic "events". */
type Place = keyof typeof FLAGS | "otherStream" | "otherTopic" | "topicOfOtherStream";

const PLACES: readonly (readonly [Place, keyof typeof FLAGS])[] = [
  ["global", "global"],
  ["stream", "stream"],
  ["otherStream", "stream"],
  ["topic", "topic"],
  ["otherTopic", "topic"],
  ["topicOfOtherStream", "topic"],
];

for (const dialect of DIALECTS) {
  Deno.test(`Every command takes the flags of the sheet and no other, in ${dialect}`, async () => {
    await using harness = await Harness.open();
    for (const name of COMMAND_NAMES) {
      if (name === "register" || COMMANDS[name].request[dialect] === undefined) continue;
      const ask = async (permissions: (world: World) => Permissions | undefined) => {
        const world = makeWorld(harness.broker);
        const client = world.connect(permissions(world));
        const before = harness.broker.catalog.sequence;
        const outcome = await outcomeOf(harness.broker, client, dialect, name);
        if (outcome === 41) assertEquals(harness.broker.catalog.sequence, before, name);
        return outcome;
      };
      const granted = await ask(({ flag }) => flag.global(FLAGS.global));
      for (const [place, kind] of PLACES) {
        for (const only of FLAGS[kind].split(" ")) {
          const outcome = await ask(({ flag }) => flag[place](only));
          const wanted = isAllowed(name, place, only) ? granted : 41;
          assertEquals(outcome, wanted, `${name} with ${only} of ${place}`);
        }
      }
      assertEquals(await ask(() => undefined), listed(FREE).has(name) ? granted : 41, name);
    }
  });
}

Deno.test("The sheet's table and the list of free commands have every command once", () => {
  const names = [...TABLE.map(({ commands }) => commands), FREE, "register"].join(" ").split(" ");
  assertEquals(names.sort(), [...COMMAND_NAMES].sort());
});

Deno.test("A user without any right reads the own account and changes the own password", async () => {
  await using harness = await Harness.open();
  const { broker } = harness;
  const client = makeWorld(broker).connect(undefined);
  for (const dialect of DIALECTS) {
    const ask = (name: CommandName, request: object) =>
      dispatch(broker, client, dialect, routeByCode(COMMANDS[name].code)!, request);
    const user = await ask("getUser", { userId: "bob" }) as { readonly username: string };
    assertEquals(user.username, "bob");
    const change = { userId: "bob", currentPassword: "iggy", newPassword: "iggy" };
    assertEquals(await ask("changePassword", change), undefined);
  }
});

function isAllowed(name: CommandName, place: Place, flag: string): boolean {
  if (listed(FREE).has(name)) return true;
  const rule = TABLE.find(({ commands }) => listed(commands).has(name));
  if (rule === undefined || !(place in FLAGS)) return false;
  return listed(rule[place as keyof typeof FLAGS] ?? "").has(flag);
}

function listed(names: string): ReadonlySet<string> {
  return new Set(names.split(" "));
}

/** 0 for a success of any kind, or the code of the refusal. */
async function outcomeOf(
  broker: Broker,
  client: Client,
  dialect: Dialect,
  name: CommandName,
): Promise<number> {
  const requests = sampleRequests({ ...SAMPLE_ADDRESS, userId: "victim" });
  try {
    if (name === "sendMessages") {
      await sendMessages(broker, client, dialect, sendBody(dialect, someMessages(1)));
    } else if (name === "pollMessages") {
      const { records } = await pollMessages(broker, client, dialect, requests.pollMessages);
      records?.lease.release();
    } else {
      const route = routeByCode(COMMANDS[name].code)!;
      await dispatch(broker, client, dialect, route, requests[name]);
    }
    return 0;
  } catch (fault) {
    if (!(fault instanceof IggyError)) throw fault;
    return fault.code;
  }
}

function makeWorld(broker: TestBroker): World {
  const { users, streams, topics, groups } = broker.catalog;
  for (const { id } of [...streams.values()]) streams.delete(id);
  for (const { id } of [...users.values()].filter(({ id }) => id !== 0)) users.delete(id);
  const [orders, sales] = ["orders", "sales"].map((name) => streams.create(name, 1));
  const topic = (streamId: number, name: string) =>
    topics.create(streamId, { name, partitionsCount: 1, options: {}, at: 1 });
  const [events, others] = ["events", "others"].map((name) => topic(orders.id, name));
  const elsewhere = topic(sales.id, "events");
  groups.create("orders", "events", "workers");
  users.create({ name: "victim", passwordHash: PASSWORD, status: "active", at: 1 });
  const inTopic = (streamId: number, topicId: number) => (name: string) =>
    permissionsOf({ streamId, topicId, topic: name });
  return {
    flag: {
      global: (names) => permissionsOf({ global: names }),
      stream: (stream) => permissionsOf({ streamId: orders.id, stream }),
      otherStream: (stream) => permissionsOf({ streamId: sales.id, stream }),
      topic: inTopic(orders.id, events.id),
      otherTopic: inTopic(orders.id, others.id),
      topicOfOtherStream: inTopic(sales.id, elsewhere.id),
    },
    connect(permissions) {
      const client = broker.connectUser("bob", permissions);
      users.changePassword("bob", PASSWORD);
      return client;
    },
  };
}

/** Permissions with the named flags and no others. */
function permissionsOf(held: {
  readonly global?: string;
  readonly streamId?: number;
  readonly stream?: string;
  readonly topicId?: number;
  readonly topic?: string;
}): Permissions {
  const { streamId, topicId } = held;
  const only = (all: string, names = "") =>
    Object.fromEntries(all.split(" ").map((flag) => [flag, listed(names).has(flag)]));
  const topic = only(FLAGS.topic, held.topic) as unknown as TopicPermissions;
  const topics = new Map(topicId === undefined ? [] : [[topicId, topic]]);
  const stream = { ...only(FLAGS.stream, held.stream), topics } as unknown as StreamPermissions;
  return {
    global: only(FLAGS.global, held.global) as unknown as Permissions["global"],
    streams: new Map(streamId === undefined ? [] : [[streamId, stream]]),
  };
}

/** "iggy", as the harness hashes it. */
const PASSWORD = "plain:iggy";
