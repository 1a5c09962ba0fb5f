/**
 * The live tail: messages as they come, for as long as the reader stays (docs/http.md).
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { IggyError } from "../../../protocol/errors.ts";
import { logs } from "../../telemetry.ts";
import { authenticateBearer } from "../bearer.ts";
import { Rejection } from "../errors.ts";
import { TOPIC_PARAMS, U64_TEXT } from "../fields.ts";
import { plainLine } from "../plain_message.ts";
import { type Call, type Route, route } from "../route.ts";
import { Tail, type TailStart } from "../tail.ts";
import {
  eventId,
  NDJSON,
  parseEventId,
  SERVER_SENT_EVENTS,
  type TailFormat,
} from "../tail_formats.ts";
import { topicAddress } from "./topics.ts";

const QUERY = z.object({
  from: z.enum(["latest", "first", "offset", "timestamp"]).default("latest"),
  offset: U64_TEXT.default(0).describe("Where `from=offset` begins, in every partition"),
  timestamp: U64_TEXT.default(0).describe("Where `from=timestamp` begins, microseconds"),
  partitions: z.string().regex(/^\d{1,10}(,\d{1,10})*$/, "no list of numbers").optional()
    .transform((text) => text === undefined ? undefined : [...new Set(text.split(",").map(Number))])
    .openapi({ type: "string", example: "0,2", description: "All when it is missing" }),
  format: z.enum(["sse", "ndjson"]).optional().describe("Or by the header `accept`"),
});

type TailCall = Call<z.output<typeof TOPIC_PARAMS>, z.output<typeof QUERY>>;

export const TAIL_ROUTES: readonly Route[] = [
  route({
    method: "get",
    path: "/streams/{stream_id}/topics/{topic_id}/messages/tail",
    tag: "Messages",
    summary: "Messages as they come",
    description:
      "Server-sent events, whose ids make a reader with `last-event-id` go on where it " +
      "was, or NDJSON. The answer ends when the node stops, or the token or the right is lost; why " +
      "is the last thing it says.",
    access: "token",
    params: TOPIC_PARAMS,
    query: QUERY,
    answers: {
      200: {
        description: "Messages without end",
        mediaType: "text/event-stream",
        others: { "application/x-ndjson": "One message a line, an empty one as a sign of life" },
      },
    },
    async handle(call) {
      const format = formatOf(call);
      const { broker, client } = call;
      const tail = await Tail.begin(
        broker,
        client,
        topicAddress(call.params),
        startOf(call),
        (message, partitionId) => plainLine(partitionId, message),
      );
      return new Response(new TailStream(call, tail, format).readable, {
        headers: { "content-type": format.mediaType, "cache-control": "no-store" },
      });
    },
  }),
];

/** Turns a tail into the body of an answer. */
class TailStream {
  readonly #call: TailCall;
  readonly #tail: Tail<string>;
  readonly #format: TailFormat;
  readonly #gone = new AbortController();
  readonly #ended: AbortSignal;
  /** Monotonic milliseconds at which the bearer was found good. */
  #checkedMs: number;

  constructor(call: TailCall, tail: Tail<string>, format: TailFormat) {
    this.#call = call;
    this.#tail = tail;
    this.#format = format;
    this.#ended = AbortSignal.any([call.ended(), this.#gone.signal]);
    this.#checkedMs = call.broker.clock.monotonicMs();
  }

  get readable(): ReadableStream<Uint8Array> {
    return new ReadableStream({
      start: (controller) => {
        if (this.#format.opening !== "") controller.enqueue(UTF8.encode(this.#format.opening));
      },
      pull: (controller) => this.#pull(controller),
      cancel: () => this.#gone.abort(),
    }, { highWaterMark: 1 });
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    try {
      const text = await this.#next();
      if (this.#gone.signal.aborted) return;
      if (text !== undefined) controller.enqueue(UTF8.encode(text));
      else controller.close();
    } catch (fault) {
      if (!(fault instanceof IggyError)) {
        logs.http.error("A tail of {address} fails: {fault}", {
          address: this.#call.client.address,
          fault,
        });
        throw fault;
      }
      controller.enqueue(UTF8.encode(this.#format.end(fault)));
      controller.close();
    }
  }

  /** What to write next; `undefined` at the end. */
  async #next(): Promise<string | undefined> {
    const messages = await this.#tail.next(SIGN_OF_LIFE_MS, this.#ended);
    if (this.#ended.aborted) return undefined;
    await this.#checkBearer();
    if (messages.length === 0) return this.#format.signOfLife;
    const places = new Map(this.#tail.positions());
    return messages.map(({ partitionId, offset, value }) => {
      places.set(partitionId, offset);
      const isShort = places.size <= ID_PLACES_MAX;
      return this.#format.message(value, eventId(isShort ? places : [[partitionId, offset]]));
    }).join("");
  }

  /** Nobody reads on with a token that was revoked, or is over. */
  async #checkBearer(): Promise<void> {
    const { broker, services, request } = this.#call;
    const nowMs = broker.clock.monotonicMs();
    if (nowMs - this.#checkedMs < BEARER_CHECK_MS) return;
    this.#checkedMs = nowMs;
    await authenticateBearer(services, request);
  }
}

function formatOf({ query, request }: TailCall): TailFormat {
  if (query.format !== undefined) return query.format === "sse" ? SERVER_SENT_EVENTS : NDJSON;
  const accept = request.headers.get("accept") ?? "";
  return accept.includes(NDJSON.mediaType) ? NDJSON : SERVER_SENT_EVENTS;
}

function startOf({ query, request }: TailCall): TailStart {
  const { from, offset, timestamp, partitions } = query;
  const lastEventId = request.headers.get("last-event-id") ?? "";
  const resume = lastEventId === "" ? new Map<number, number>() : parseEventId(lastEventId);
  if (resume === undefined) {
    throw new Rejection(400, `Last-Event-ID ${lastEventId} is no list of partition:offset`);
  }
  if (from === "offset") return { from: { kind: from, value: offset }, resume, partitions };
  if (from === "timestamp") return { from: { kind: from, value: timestamp }, resume, partitions };
  return { from, resume, partitions };
}

const UTF8 = new TextEncoder();

/** Proxies and browsers give up on connections that are silent for a minute or less. */
const SIGN_OF_LIFE_MS = 15_000;

const BEARER_CHECK_MS = 1000;

/** Beyond that many partitions an id tells of its own only. */
const ID_PLACES_MAX = 64;
