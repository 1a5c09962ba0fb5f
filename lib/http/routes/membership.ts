/**
 * Polls and offsets of members of a consumer group that came over HTTP.
 *
 * @module
 */
import type { z } from "@hono/zod-openapi";
import type { Identifier } from "../../../protocol/primitives.ts";
import { Rejection } from "../errors.ts";
import type { TOPIC_PARAMS } from "../fields.ts";
import type { Call } from "../route.ts";
import { topicAddress } from "./topics.ts";

type TopicParams = z.output<typeof TOPIC_PARAMS>;

/**
 * Acts as the member that a request names, or as the caller when it names no group.
 *
 * @throws {Rejection} 400 for a group without a member, or the other way round.
 */
export async function asMember<Query, Body, T>(
  call: Call<TopicParams, Query, Body>,
  groupId: Identifier | null | undefined,
  memberId: string | null | undefined,
  action: (as: Call<TopicParams, Query, Body>) => Promise<T>,
): Promise<T> {
  const isGroup = groupId !== null && groupId !== undefined;
  const isMember = memberId !== null && memberId !== undefined;
  if (isGroup !== isMember) throw new Rejection(400, "consumer_group and member go together");
  if (!isGroup || !isMember) return await action(call);
  const address = { ...topicAddress(call.params), groupId };
  return await call.services.members
    .act(call.client, address, memberId, (client) => action(call.as(client)));
}
