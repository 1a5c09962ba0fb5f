/**
 * Streams over HTTP (HTTP.md sections 2 and 4).
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { INVALID_STREAM_NAME } from "../../../protocol/error_codes.ts";
import type { Stream, StreamDetails } from "../../../protocol/streams.ts";
import { formatByteSize } from "../byte_size.ts";
import { BYTE_SIZE, IDENTIFIER_TEXT, OFFSET, TIMESTAMP, U32 } from "../fields.ts";
import { jsonResponse } from "../json.ts";
import { checkName } from "../names.ts";
import { type Route, route } from "../route.ts";
import { refuseOptions } from "../topic_options.ts";
import { absentIsNotFound, noContent } from "./answers.ts";
import { TOPIC, topicBody } from "./topics.ts";

const PARAMS = z.object({ stream_id: IDENTIFIER_TEXT });

const STREAM = z.object({
  id: U32,
  created_at: TIMESTAMP,
  name: z.string(),
  size: BYTE_SIZE,
  messages_count: OFFSET,
  topics_count: U32,
  options: z.object({}),
}).openapi("Stream");

const STREAM_DETAILS = STREAM.extend({ topics: z.array(TOPIC) }).openapi("StreamDetails");

const NAMED = z.object({
  name: z.string().describe("1 to 255 bytes"),
  options: z.record(z.string(), z.string()).nullish().describe("Has no keys yet"),
});

export const STREAM_ROUTES: readonly Route[] = [
  route({
    method: "get",
    path: "/streams",
    tag: "Streams",
    summary: "All streams",
    access: "token",
    answers: { 200: { description: "The streams, by id", schema: z.array(STREAM) } },
    async handle(call) {
      const streams = await call.perform("getStreams", undefined);
      return jsonResponse(200, streams.map(streamBody));
    },
  }),
  route({
    method: "post",
    path: "/streams",
    tag: "Streams",
    summary: "Create a stream",
    access: "token",
    body: NAMED,
    answers: { 200: { description: "The stream", schema: STREAM_DETAILS } },
    async handle(call) {
      const { name, options } = call.body;
      checkName(name, INVALID_STREAM_NAME);
      refuseOptions(options);
      const stream = await call.perform("createStream", { name });
      return jsonResponse(200, { ...streamBody(stream), topics: [] });
    },
  }),
  route({
    method: "get",
    path: "/streams/{stream_id}",
    tag: "Streams",
    summary: "One stream with its topics",
    access: "token",
    params: PARAMS,
    answers: { 200: { description: "The stream", schema: STREAM_DETAILS } },
    handle: (call) =>
      absentIsNotFound(async () => {
        const stream = await call.perform("getStream", { streamId: call.params.stream_id });
        return jsonResponse(200, streamDetailsBody(stream!));
      }),
  }),
  route({
    method: "put",
    path: "/streams/{stream_id}",
    tag: "Streams",
    summary: "Rename a stream",
    access: "token",
    params: PARAMS,
    body: NAMED,
    answers: { 204: { description: "Done" } },
    async handle(call) {
      const { name, options } = call.body;
      checkName(name, INVALID_STREAM_NAME);
      refuseOptions(options);
      await call.perform("updateStream", { streamId: call.params.stream_id, name });
      return noContent();
    },
  }),
  route({
    method: "delete",
    path: "/streams/{stream_id}",
    tag: "Streams",
    summary: "Delete a stream with all in it",
    access: "token",
    params: PARAMS,
    answers: { 204: { description: "Done" } },
    async handle(call) {
      await call.perform("deleteStream", { streamId: call.params.stream_id });
      return noContent();
    },
  }),
  route({
    method: "delete",
    path: "/streams/{stream_id}/purge",
    tag: "Streams",
    summary: "Remove all messages of a stream, and the stored offsets with them",
    access: "token",
    params: PARAMS,
    answers: { 204: { description: "Done" } },
    async handle(call) {
      await call.perform("purgeStream", { streamId: call.params.stream_id });
      return noContent();
    },
  }),
];

function streamBody(stream: Stream): z.input<typeof STREAM> {
  return {
    id: stream.id,
    created_at: stream.createdAt,
    name: stream.name,
    size: formatByteSize(stream.sizeBytes),
    messages_count: stream.messagesCount,
    topics_count: stream.topicsCount,
    options: {},
  };
}

function streamDetailsBody(stream: StreamDetails): z.input<typeof STREAM_DETAILS> {
  return { ...streamBody(stream), topics: stream.topics.map(topicBody) };
}
