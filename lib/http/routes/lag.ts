/**
 * How far consumers are behind, over HTTP.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { OFFSET, TOPIC_PARAMS, U32 } from "../fields.ts";
import { jsonResponse } from "../json.ts";
import { type Route, route } from "../route.ts";
import { topicAddress } from "./topics.ts";

const LAG = z.object({
  stream_id: U32,
  topic_id: U32,
  partition_id: U32,
  kind: z.enum(["consumer", "consumer_group"]),
  id: U32.describe("Of the group, or under which a consumer's offsets are kept"),
  name: z.string().nullable().describe("Of the group; of a consumer only the number is known"),
  stored_offset: OFFSET.nullable().describe("The last one that was processed"),
  end_offset: OFFSET.describe("After the last message"),
  lag: OFFSET.describe("Messages that are there and were not processed"),
}).openapi("Lag");

export const LAG_ROUTES: readonly Route[] = [
  route({
    method: "get",
    path: "/streams/{stream_id}/topics/{topic_id}/lag",
    tag: "Consumer offsets",
    summary: "How far consumers and groups are behind, by partition",
    access: "token",
    params: TOPIC_PARAMS,
    answers: { 200: { description: "A row for each reader and partition", schema: z.array(LAG) } },
    async handle(call) {
      const rows = await call.perform("getLag", topicAddress(call.params));
      const body = rows.map((row): z.input<typeof LAG> => ({
        stream_id: row.streamId,
        topic_id: row.topicId,
        partition_id: row.partitionId,
        kind: row.kind,
        id: row.id,
        name: row.name ?? null,
        stored_offset: row.storedOffset ?? null,
        end_offset: row.endOffset,
        lag: row.lag,
      }));
      return jsonResponse(200, body);
    },
  }),
];
