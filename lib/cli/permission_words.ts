/**
 * Rights in the words of Iggy's CLI (CONFIG-CLI.md section 4): `m_srv,r_str` everywhere, and
 * `STREAM[:m_str,...][#TOPIC[:m_top,...]]...` within a stream.
 *
 * @module
 */
import type {
  GlobalPermissions,
  Permissions,
  StreamPermissions,
  TopicPermissions,
} from "../../protocol/permissions.ts";
import { UsageError } from "./exit_codes.ts";

/** Reads rights; `undefined` for none at all. Throws a {@link UsageError} for a word that is none. */
export function permissionsOf(
  global?: string,
  streams: readonly string[] = [],
): Permissions | undefined {
  if (global === undefined && streams.length === 0) return undefined;
  return { global: flagsOf(global ?? "", GLOBAL), streams: new Map(streams.map(streamOf)) };
}

/** Rights for people: the words that {@link permissionsOf} reads. */
export function permissionsText(permissions: Permissions | undefined): string {
  if (permissions === undefined) return "none";
  const { global, streams } = permissions;
  const parts = [wordsOf(global, GLOBAL)];
  for (const [id, stream] of streams) {
    const topics = [...stream.topics ?? []].map(([topicId, topic]) =>
      `#${topicId}:${wordsOf(topic, TOPIC)}`
    );
    parts.push(`${id}:${wordsOf(stream, STREAM)}${topics.join("")}`);
  }
  return parts.filter((part) => part !== "").join(" ") || "none";
}

function streamOf(text: string): [number, StreamPermissions] {
  const [head, ...topics] = text.split("#");
  const [id, words] = numbered(head);
  const flags = flagsOf<Omit<StreamPermissions, "topics">>(words, STREAM);
  return [id, { ...flags, topics: new Map(topics.map(topicOf)) }];
}

function topicOf(text: string): [number, TopicPermissions] {
  const [id, words] = numbered(text);
  return [id, flagsOf(words, TOPIC)];
}

function numbered(text: string): [number, string] {
  const match = /^(\d+)(?::(.*))?$/.exec(text);
  if (match === null || Number(match[1]) > 0xffff_ffff) {
    throw new UsageError(
      `Rights within a stream begin with its number, as in 1:r_str, not "${text}"`,
    );
  }
  return [Number(match[1]), match[2] ?? ""];
}

type Words<Flags> = Readonly<Record<string, keyof Flags>>;

function flagsOf<Flags>(text: string, words: Words<Flags>): Flags {
  const flags = Object.fromEntries(Object.values<keyof Flags>(words).map((name) => [name, false]));
  for (const word of text.split(",").map((each) => each.trim()).filter((each) => each !== "")) {
    const name = words[word] ?? words[ABBREVIATIONS.get(word) ?? ""];
    if (name === undefined) {
      throw new UsageError(
        `Right "${word}" does not exist: take of ${Object.keys(words).join(", ")}`,
      );
    }
    flags[name as string] = true;
  }
  return flags as Flags;
}

function wordsOf<Flags>(flags: Flags, words: Words<Flags>): string {
  return Object.entries<keyof Flags>(words).filter(([, name]) => flags[name])
    .map(([word]) => word).join(",");
}

const GLOBAL: Words<GlobalPermissions> = {
  m_srv: "manageServers",
  r_srv: "readServers",
  m_usr: "manageUsers",
  r_usr: "readUsers",
  m_str: "manageStreams",
  r_str: "readStreams",
  m_top: "manageTopics",
  r_top: "readTopics",
  p_msg: "pollMessages",
  s_msg: "sendMessages",
};

const STREAM: Words<Omit<StreamPermissions, "topics">> = {
  m_str: "manageStream",
  r_str: "readStream",
  m_top: "manageTopics",
  r_top: "readTopics",
  p_msg: "pollMessages",
  s_msg: "sendMessages",
};

const TOPIC: Words<TopicPermissions> = {
  m_top: "manageTopic",
  r_top: "readTopic",
  p_msg: "pollMessages",
  s_msg: "sendMessages",
};

/** Long words, as Iggy's CLI takes them too. */
const ABBREVIATIONS: ReadonlyMap<string, string> = new Map([
  ["manage_servers", "m_srv"],
  ["read_servers", "r_srv"],
  ["manage_users", "m_usr"],
  ["read_users", "r_usr"],
  ["manage_streams", "m_str"],
  ["manage_stream", "m_str"],
  ["read_streams", "r_str"],
  ["read_stream", "r_str"],
  ["manage_topics", "m_top"],
  ["manage_topic", "m_top"],
  ["read_topics", "r_top"],
  ["read_topic", "r_top"],
  ["poll_messages", "p_msg"],
  ["send_messages", "s_msg"],
]);
