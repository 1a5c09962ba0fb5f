import { assertEquals } from "@std/assert";
import { allows } from "../../../lib/catalog/permissions.ts";
import type { Right } from "../../../protocol/command.ts";
import {
  ALL_GLOBAL_PERMISSIONS,
  type GlobalPermissions,
  type Permissions,
  type StreamPermissions,
  type TopicPermissions,
} from "../../../protocol/permissions.ts";

/** CLASSIC.md section 4, written out: right, then the flags any of which gives it. */
const TABLE: Record<Exclude<Right, "none" | "authenticated">, string> = {
  read_servers: "G.manageServers G.readServers",
  read_users: "G.manageUsers G.readUsers",
  read_user: "G.manageUsers G.readUsers",
  manage_users: "G.manageUsers",
  read_streams: "G.manageStreams G.readStreams",
  read_stream: "G.manageStreams G.readStreams S.manageStream S.readStream",
  create_stream: "G.manageStreams",
  manage_stream: "G.manageStreams S.manageStream",
  read_topics: "G.readStreams G.manageStreams G.readTopics G.manageTopics " +
    "S.manageStream S.readStream S.manageTopics S.readTopics",
  read_topic: "G.readStreams G.manageStreams G.readTopics G.manageTopics " +
    "S.manageStream S.readStream S.manageTopics S.readTopics T.manageTopic T.readTopic",
  create_topic: "G.manageStreams G.manageTopics S.manageStream S.manageTopics",
  manage_topic: "G.manageStreams G.manageTopics S.manageStream S.manageTopics T.manageTopic",
  poll_messages: "G.pollMessages G.readStreams G.manageStreams G.readTopics G.manageTopics " +
    "S.manageStream S.readStream S.manageTopics S.readTopics S.pollMessages " +
    "T.manageTopic T.readTopic T.pollMessages",
  send_messages: "G.sendMessages G.manageStreams G.manageTopics " +
    "S.manageStream S.manageTopics S.sendMessages T.manageTopic T.sendMessages",
};

const STREAM_FLAGS = [
  "manageStream",
  "readStream",
  "manageTopics",
  "readTopics",
  "pollMessages",
  "sendMessages",
];
const TOPIC_FLAGS = ["manageTopic", "readTopic", "pollMessages", "sendMessages"];
const ALL_FLAGS = [
  ...Object.keys(ALL_GLOBAL_PERMISSIONS).map((name) => `G.${name}`),
  ...STREAM_FLAGS.map((name) => `S.${name}`),
  ...TOPIC_FLAGS.map((name) => `T.${name}`),
];

/** The one flag given, in stream 3 and its topic 5. */
function permissionsWith(flag: string): Permissions {
  const flags = (level: string, names: string[]) =>
    Object.fromEntries(names.map((name) => [name, flag === `${level}.${name}`]));
  const topic = flags("T", TOPIC_FLAGS) as TopicPermissions;
  const stream = flags("S", STREAM_FLAGS) as unknown as StreamPermissions;
  return {
    global: flags("G", Object.keys(ALL_GLOBAL_PERMISSIONS)) as GlobalPermissions,
    streams: new Map([[3, { ...stream, topics: new Map([[5, topic]]) }]]),
  };
}

for (const [right, flags] of Object.entries(TABLE) as [Right, string][]) {
  Deno.test(`allows() gives ${right} for any of its flags and for no other`, () => {
    const given = ALL_FLAGS.filter((flag) => allows(permissionsWith(flag), right, 3, 5));
    assertEquals(given.sort(), flags.split(" ").sort());
  });
}

Deno.test("allows() counts flags of a stream and a topic there only", () => {
  assertEquals(allows(permissionsWith("S.pollMessages"), "poll_messages", 4, 5), false);
  assertEquals(allows(permissionsWith("T.pollMessages"), "poll_messages", 3, 6), false);
  assertEquals(allows(permissionsWith("T.pollMessages"), "poll_messages", 3), false);
  assertEquals(allows(permissionsWith("S.pollMessages"), "poll_messages"), false);
});

Deno.test("allows() gives users without permissions what everybody may", () => {
  assertEquals(allows(undefined, "none"), true);
  assertEquals(allows(undefined, "authenticated"), true);
  assertEquals(allows(undefined, "read_streams"), false);
});
