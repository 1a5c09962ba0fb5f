/**
 * Partitions and segments over HTTP (HTTP.md section 2).
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { TOPIC_PARAMS, U32, U32_TEXT } from "../fields.ts";
import { type Route, route } from "../route.ts";
import { noContent } from "./answers.ts";
import { topicAddress } from "./topics.ts";

export const PARTITION_ROUTES: readonly Route[] = [
  route({
    method: "post",
    path: "/streams/{stream_id}/topics/{topic_id}/partitions",
    tag: "Partitions",
    summary: "Add partitions to a topic",
    access: "token",
    params: TOPIC_PARAMS,
    body: z.object({ partitions_count: U32.describe("1 to 1000") }),
    answers: { 201: { description: "Done" } },
    async handle(call) {
      const partitionsCount = call.body.partitions_count;
      await call.perform("createPartitions", { ...topicAddress(call.params), partitionsCount });
      return new Response(null, { status: 201 });
    },
  }),
  route({
    method: "delete",
    path: "/streams/{stream_id}/topics/{topic_id}/partitions",
    tag: "Partitions",
    summary: "Remove the last partitions of a topic, with all in them",
    access: "token",
    params: TOPIC_PARAMS,
    query: z.object({ partitions_count: U32_TEXT.describe("1 to as many as there are") }),
    answers: { 204: { description: "Done" } },
    async handle(call) {
      const partitionsCount = call.query.partitions_count;
      await call.perform("deletePartitions", { ...topicAddress(call.params), partitionsCount });
      return noContent();
    },
  }),
  route({
    method: "delete",
    path: "/streams/{stream_id}/topics/{topic_id}/partitions/{partition_id}",
    tag: "Partitions",
    summary: "Delete the oldest sealed segments of a partition",
    description: "Only segments that every stored offset has passed go.",
    access: "token",
    params: TOPIC_PARAMS.extend({ partition_id: U32_TEXT }),
    query: z.object({ segments_count: U32_TEXT }),
    answers: { 204: { description: "Done" } },
    async handle(call) {
      await call.perform("deleteSegments", {
        ...topicAddress(call.params),
        partitionId: call.params.partition_id,
        segmentsCount: call.query.segments_count,
      });
      return noContent();
    },
  }),
];
