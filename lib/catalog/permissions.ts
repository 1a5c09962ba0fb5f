/**
 * Who may do what: the table of CLASSIC.md section 4. A right is given by any one of the flags in its
 * row.
 *
 * @module
 */
import type { Right } from "../../protocol/command.ts";
import type {
  GlobalPermissions,
  Permissions,
  StreamPermissions,
  TopicPermissions,
} from "../../protocol/permissions.ts";

/**
 * Whether a user with `permissions` has a right, where it matters in that stream and topic.
 * `undefined` permissions are those of a user without any.
 */
export function allows(
  permissions: Permissions | undefined,
  right: Right,
  streamId?: number,
  topicId?: number,
): boolean {
  if (right === "none" || right === "authenticated") return true;
  if (permissions === undefined) return false;
  const row = FLAGS_BY_RIGHT[right];
  if (hasAny(permissions.global, row.global)) return true;
  if (streamId === undefined) return false;
  const stream = permissions.streams.get(streamId);
  if (stream === undefined) return false;
  if (hasAny(stream, row.stream)) return true;
  if (topicId === undefined) return false;
  const topic = stream.topics.get(topicId);
  return topic !== undefined && hasAny(topic, row.topic);
}

function hasAny<Name extends string>(
  flags: { readonly [name in Name]: boolean },
  names: readonly Name[],
): boolean {
  for (const name of names) {
    if (flags[name]) return true;
  }
  return false;
}

interface Row {
  readonly global: readonly (keyof GlobalPermissions)[];
  readonly stream: readonly Exclude<keyof StreamPermissions, "topics">[];
  readonly topic: readonly (keyof TopicPermissions)[];
}

const READ_USERS = {
  global: ["manageUsers", "readUsers"],
  stream: [],
  topic: [],
} as const satisfies Row;

const READ_TOPICS = {
  global: ["readStreams", "manageStreams", "readTopics", "manageTopics"],
  stream: ["manageStream", "readStream", "manageTopics", "readTopics"],
  topic: [],
} as const satisfies Row;

const CREATE_TOPIC = {
  global: ["manageStreams", "manageTopics"],
  stream: ["manageStream", "manageTopics"],
  topic: [],
} as const satisfies Row;

const FLAGS_BY_RIGHT: Record<Exclude<Right, "none" | "authenticated">, Row> = {
  read_servers: { global: ["manageServers", "readServers"], stream: [], topic: [] },
  read_users: READ_USERS,
  read_user: READ_USERS,
  manage_users: { global: ["manageUsers"], stream: [], topic: [] },
  read_streams: { global: ["manageStreams", "readStreams"], stream: [], topic: [] },
  read_stream: {
    global: ["manageStreams", "readStreams"],
    stream: ["manageStream", "readStream"],
    topic: [],
  },
  create_stream: { global: ["manageStreams"], stream: [], topic: [] },
  manage_stream: { global: ["manageStreams"], stream: ["manageStream"], topic: [] },
  read_topics: READ_TOPICS,
  read_topic: { ...READ_TOPICS, topic: ["manageTopic", "readTopic"] },
  create_topic: CREATE_TOPIC,
  manage_topic: { ...CREATE_TOPIC, topic: ["manageTopic"] },
  poll_messages: {
    global: [...READ_TOPICS.global, "pollMessages"],
    stream: [...READ_TOPICS.stream, "pollMessages"],
    topic: ["manageTopic", "readTopic", "pollMessages"],
  },
  send_messages: {
    global: [...CREATE_TOPIC.global, "sendMessages"],
    stream: [...CREATE_TOPIC.stream, "sendMessages"],
    topic: ["manageTopic", "sendMessages"],
  },
};
