/**
 * What HTTP answers when something is wrong (HTTP.md section 1.3): Iggy's error body for what a
 * handler refuses, plain text for what is refused before one is asked.
 *
 * @module
 */
import * as error from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import { jsonResponse } from "./json.ts";

/** A request that no handler gets to see: a status and a text for people. */
export class Rejection extends Error {
  override readonly name = "Rejection";

  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** The refusal of a body, or a part of one, that is over its limit. */
export function tooLarge(): Rejection {
  // The rest of the body is not read, so the connection cannot go on.
  return new Rejection(413, "Failed to buffer the request body: length limit exceeded", {
    connection: "close",
  });
}

/** The body of an error. */
export interface ErrorBody {
  /** Iggy's code, or the HTTP status where HTTP itself refuses. */
  readonly id: number;
  /** The code's name in snake case. */
  readonly code: string;
  /** For people; never to be parsed. */
  readonly reason: string;
  /** The field of the request that is wrong, if one is. */
  readonly field: string | null;
}

/** What a client that named something absent in a GET is told. */
const NOT_FOUND: ErrorBody = {
  id: 404,
  code: "not_found",
  reason: "Resource not found",
  field: null,
};

/** The answer to a refusal. */
export function errorResponse(fault: IggyError | Rejection): Response {
  if (fault instanceof Rejection) {
    const headers = { "content-type": "text/plain; charset=utf-8", ...fault.headers };
    return new Response(fault.message, { status: fault.status, headers });
  }
  const status = error.httpStatus(fault.code);
  return jsonResponse(status, errorBody(fault), status === 503 ? { "retry-after": "1" } : {});
}

/** The body that tells of a refusal. */
export function errorBody({ code, message }: IggyError): ErrorBody {
  const name = error.errorName(code);
  return {
    id: code,
    code: snakeCase(name),
    reason: message === name ? sentence(name) : message,
    field: FIELDS.get(code) ?? null,
  };
}

/** The answer to a GET of something that is not there. */
export function notFoundResponse(): Response {
  return jsonResponse(404, NOT_FOUND);
}

/** `StreamIdNotFound` as `stream_id_not_found`. */
function snakeCase(name: string): string {
  return words(name).join("_");
}

/** `StreamIdNotFound` as `Stream id not found`. */
function sentence(name: string): string {
  const text = words(name).join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function words(name: string): string[] {
  return name.match(/[A-Z][a-z0-9]*/g)!.map((word) => word.toLowerCase());
}

/** HTTP.md section 1.3: the field that an error is about, for forms. */
const FIELDS: ReadonlyMap<number, string> = new Map<number, string>([
  [error.STREAM_ID_NOT_FOUND, "stream_id"],
  [error.INVALID_STREAM_ID, "stream_id"],
  [error.TOPIC_ID_NOT_FOUND, "topic_id"],
  [error.INVALID_TOPIC_ID, "topic_id"],
  [error.PARTITION_NOT_FOUND, "partition_id"],
  [error.SEGMENT_NOT_FOUND, "segment_id"],
  [error.CLIENT_NOT_FOUND, "client_id"],
  [error.STREAM_NAME_ALREADY_EXISTS, "name"],
  [error.INVALID_STREAM_NAME, "name"],
  [error.TOPIC_NAME_ALREADY_EXISTS, "name"],
  [error.INVALID_TOPIC_NAME, "name"],
  [error.CONSUMER_GROUP_NAME_ALREADY_EXISTS, "name"],
  [error.PERSONAL_ACCESS_TOKEN_ALREADY_EXISTS, "name"],
  [error.INVALID_OFFSET, "offset"],
  [error.INVALID_CONSUMER_GROUP_ID, "consumer_group_id"],
  [error.USER_ALREADY_EXISTS, "username"],
]);
