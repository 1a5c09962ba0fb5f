/**
 * Where things are in the dashboard and in the REST API, and which of them a user may see.
 *
 * @module
 */
import type { StreamView, TopicView } from "../../catalog/views.ts";
import type { GroupFigures, TopicFigures } from "./census.ts";
import { identifierOf } from "../fields.ts";
import type { Visit } from "./visit.ts";

/** Where a topic's page is. */
export function topicPath({ streamId, id }: Pick<TopicView, "streamId" | "id">): string {
  return `/ui/streams/${streamId}/topics/${id}`;
}

/** Where the REST API has a topic. */
export function topicResource({ streamId, id }: Pick<TopicView, "streamId" | "id">): string {
  return `/streams/${streamId}/topics/${id}`;
}

/** Where a group's page is. */
export function groupPath({ topic, group }: Pick<GroupFigures, "topic" | "group">): string {
  return `/ui/groups/${topic.streamId}/${topic.id}/${group.id}`;
}

/** The topics a user may see. */
export async function visibleTopics(visit: Visit): Promise<TopicFigures[]> {
  const topics = await visit.services.census.topics();
  return topics.filter(({ stream, topic }) =>
    visit.may("getTopic", { streamId: stream.id, topicId: topic.id })
  );
}

/** The stream in a page's address. Throws an `IggyError` when there is none, or it may not be seen. */
export async function requiredStream(visit: Visit): Promise<StreamView> {
  const streamId = identifierOf(decoded(visit.params.stream));
  await visit.perform("getStream", { streamId });
  return visit.broker.catalog.streams.require(streamId);
}

/** The topic in a page's address, in numbers. Throws as {@link requiredStream}. */
export async function requiredTopic(visit: Visit): Promise<TopicFigures> {
  const address = {
    streamId: identifierOf(decoded(visit.params.stream)),
    topicId: identifierOf(decoded(visit.params.topic)),
  };
  await visit.perform("getTopic", address);
  const view = visit.broker.catalog.topics.require(address.streamId, address.topicId);
  const { census } = visit.services;
  const isIt = ({ topic }: TopicFigures) => topic === view;
  // One that was made after the last census is in the next.
  return (await census.topics()).find(isIt) ?? (await census.topicsNow()).find(isIt)!;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
