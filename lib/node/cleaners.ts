/**
 * What a node clears away as time passes: messages beyond their topic's limits, and personal access
 * tokens that have expired.
 *
 * @module
 */
import { isTokenExpired } from "../auth/tokens.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { TokenView, TopicView } from "../catalog/views.ts";
import type { Config } from "../config.ts";
import type { Clock } from "../ports.ts";
import { logs } from "../telemetry.ts";
import { every } from "./every.ts";
import type { Parts } from "./parts.ts";

type Cleaned = Pick<Parts, "catalog" | "partitions">;

/** Starts the cleaners that are configured; gives what to call to stop each. */
export function startCleaners(
  { messageCleaner, personalAccessToken: { cleaner } }: Config,
  parts: Cleaned,
  clock: Clock,
): (() => void)[] {
  const stops: (() => void)[] = [];
  if (messageCleaner.enabled) {
    stops.push(every(clock, messageCleaner.intervalMs, () => cleanMessages(parts)));
  }
  if (cleaner.enabled) {
    stops.push(every(clock, cleaner.intervalMs, () => cleanTokens(parts.catalog, clock)));
  }
  return stops;
}

/** Topic by topic, with one line for each that lost something. */
async function cleanMessages(parts: Cleaned): Promise<void> {
  const topics = [...parts.catalog.streams.values()].flatMap(({ topics }) => [...topics.values()]);
  for (const topic of topics) {
    try {
      await cleanTopic(parts, topic);
    } catch (cause) {
      logs.log.error("Topic {name} cannot be cleaned: {cause}", { name: topic.name, cause });
    }
  }
}

/** The topic is looked up again and again: it may be deleted while it is cleaned. */
async function cleanTopic({ catalog, partitions }: Cleaned, topic: TopicView): Promise<void> {
  const { segmentsCount, sizeBytes } = await partitions.clean(() => {
    const current = catalog.streams.find(topic.streamId)?.topics.find(topic.id);
    return current === topic ? topic : undefined;
  });
  if (segmentsCount === 0) return;
  logs.log.info(
    "Removed {segmentsCount} segments of {sizeBytes} bytes beyond the limits of topic {name} " +
      "({topicId} in stream {streamId})",
    { segmentsCount, sizeBytes, name: topic.name, topicId: topic.id, streamId: topic.streamId },
  );
}

/** A part of them when there are very many; the next cleaning goes on. */
function cleanTokens(catalog: Catalog, clock: Clock): Promise<void> {
  const now = clock.nowMicros();
  const expired = [...catalog.users.values()]
    .flatMap(({ tokens }) => [...tokens.values()])
    .filter(({ expiryAt }) => isTokenExpired(expiryAt, now))
    .slice(0, TOKENS_CLEANED_MAX);
  if (expired.length === 0) return Promise.resolve();
  return removeTokens(catalog, expired)
    .catch((cause) => logs.catalog.error("Expired tokens cannot be removed: {cause}", { cause }));
}

async function removeTokens(catalog: Catalog, expired: readonly TokenView[]): Promise<void> {
  for (const { userId, name } of expired) catalog.tokens.delete(userId, name);
  await catalog.durable();
  const count = expired.length;
  logs.catalog.info("Removed {count} personal access tokens that have expired", { count });
}

/** Each takes an entry of the journal, written at once. */
const TOKENS_CLEANED_MAX = 1000;
