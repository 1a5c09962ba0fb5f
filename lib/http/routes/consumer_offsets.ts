/**
 * Stored offsets over HTTP (HTTP.md section 6).
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import {
  IDENTIFIER,
  IDENTIFIER_TEXT,
  OFFSET,
  TOPIC_PARAMS,
  U32,
  U32_TEXT,
  U64_CLAMPED,
} from "../fields.ts";
import type { Consumer, Identifier } from "../../../protocol/primitives.ts";
import { notFoundResponse } from "../errors.ts";
import { jsonResponse } from "../json.ts";
import { type Route, route } from "../route.ts";
import { noContent } from "./answers.ts";
import { asMember } from "./membership.ts";
import { topicAddress } from "./topics.ts";

const PATH = "/streams/{stream_id}/topics/{topic_id}/consumer-offsets";

const OFFSET_INFO = z.object({
  partition_id: U32,
  current_offset: OFFSET.describe("Of the partition's last message"),
  stored_offset: OFFSET.describe("The last one the consumer processed"),
}).openapi("ConsumerOffsetInfo");

export const CONSUMER_OFFSET_ROUTES: readonly Route[] = [
  route({
    method: "get",
    path: PATH,
    tag: "Consumer offsets",
    summary: "The offset a consumer has stored",
    access: "token",
    params: TOPIC_PARAMS,
    query: z.object({
      consumer_id: IDENTIFIER_TEXT.default(1),
      partition_id: U32_TEXT.default(0),
      consumer_group: IDENTIFIER_TEXT.optional().describe("Whose offset, in place of a consumer's"),
    }),
    answers: { 200: { description: "The offset", schema: OFFSET_INFO } },
    async handle(call) {
      const { consumer_id: id, partition_id: partitionId, consumer_group: group } = call.query;
      const found = await call.perform("getConsumerOffset", {
        ...topicAddress(call.params),
        consumer: consumerOf(id, group),
        partitionId,
      });
      if (found === undefined) return notFoundResponse();
      return jsonResponse(200, {
        partition_id: found.partitionId,
        current_offset: found.currentOffset,
        stored_offset: found.storedOffset,
      });
    },
  }),
  route({
    method: "put",
    path: PATH,
    tag: "Consumer offsets",
    summary: "Store an offset",
    access: "token",
    params: TOPIC_PARAMS,
    body: z.object({
      consumer_id: IDENTIFIER.optional().describe("1 when it is missing"),
      partition_id: U32.nullish().describe(
        "When it is missing: 0, or that of a member's last poll",
      ),
      offset: U64_CLAMPED,
      consumer_group: IDENTIFIER.nullish().describe("Whose offset, in place of a consumer's"),
      member: z.string().nullish().describe("Of the group: one that has the partition"),
    }),
    answers: { 204: { description: "Done" } },
    async handle(call) {
      const { consumer_id: id = 1, partition_id: partitionId, offset } = call.body;
      const { consumer_group: group, member } = call.body;
      const topic = topicAddress(call.params);
      const isGroup = group !== null && group !== undefined;
      const request = {
        ...topic,
        consumer: consumerOf(id, group),
        partitionId: partitionId ?? (isGroup ? undefined : 0),
        offset,
        ack: "quorum",
      } as const;
      await asMember(call, group, member, (as) => as.perform("storeConsumerOffset", request));
      return noContent();
    },
  }),
  route({
    method: "delete",
    path: `${PATH}/{consumer_id}`,
    tag: "Consumer offsets",
    summary: "Forget a stored offset",
    access: "token",
    params: TOPIC_PARAMS.extend({ consumer_id: IDENTIFIER_TEXT }),
    query: z.object({
      partition_id: U32_TEXT.default(0),
    }),
    answers: { 204: { description: "Done" } },
    async handle(call) {
      await call.perform("deleteConsumerOffset", {
        ...topicAddress(call.params),
        consumer: { kind: "consumer", id: call.params.consumer_id },
        partitionId: call.query.partition_id,
        ack: "quorum",
      });
      return noContent();
    },
  }),
];

function consumerOf(id: Identifier, group: Identifier | null | undefined): Consumer {
  return group === null || group === undefined
    ? { kind: "consumer", id }
    : { kind: "consumer_group", id: group };
}
