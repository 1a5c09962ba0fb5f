/**
 * Who may do what: the table of C4 as it stands there, for the model of a broker (broker_model.ts). A
 * right comes with any one of the flags behind it: `G` global, `S` of the stream, `T` of the topic.
 *
 * @module
 */
import type { Permissions } from "../../protocol/permissions.ts";

const READ_TOPICS = "G.readStreams G.manageStreams G.readTopics G.manageTopics " +
  "S.manageStream S.readStream S.manageTopics S.readTopics";
const CREATE_TOPIC = "G.manageStreams G.manageTopics S.manageStream S.manageTopics";

const FLAGS = {
  read_servers: "G.manageServers G.readServers",
  read_users: "G.manageUsers G.readUsers",
  manage_users: "G.manageUsers",
  read_streams: "G.manageStreams G.readStreams",
  read_stream: "G.manageStreams G.readStreams S.manageStream S.readStream",
  create_stream: "G.manageStreams",
  manage_stream: "G.manageStreams S.manageStream",
  read_topics: READ_TOPICS,
  read_topic: `${READ_TOPICS} T.manageTopic T.readTopic`,
  create_topic: CREATE_TOPIC,
  manage_topic: `${CREATE_TOPIC} T.manageTopic`,
  poll_messages: `${READ_TOPICS} G.pollMessages S.pollMessages ` +
    "T.manageTopic T.readTopic T.pollMessages",
  send_messages: `${CREATE_TOPIC} G.sendMessages S.sendMessages T.manageTopic T.sendMessages`,
} as const;

export type Right = keyof typeof FLAGS;

/** Whether a user with those permissions may; nobody without any may anything. */
export function allowed(
  permissions: Permissions | undefined,
  right: Right,
  streamId?: number,
  topicId?: number,
): boolean {
  const stream = permissions?.streams.get(streamId ?? -1);
  const levels: Record<string, object | undefined> = {
    G: permissions?.global,
    S: stream,
    T: stream?.topics.get(topicId ?? -1),
  };
  return FLAGS[right].split(" ").some((flag) => {
    const [level, name] = flag.split(".");
    return (levels[level] as Record<string, boolean> | undefined)?.[name] === true;
  });
}
