/**
 * A route as a value: method, path, schemas and what it does. From it come the Hono route, the checks
 * of what arrives, and the OpenAPI document (`openapi.ts`).
 *
 * Bodies are not read by Hono's own validators: Iggy's integers pass 2^53, and its refusals are texts
 * and statuses of their own (HTTP.md section 1.3).
 *
 * @module
 */
import type { z } from "zod";
import type { Broker } from "../handlers/broker.ts";
import type { CommandName, COMMANDS } from "../../protocol/commands.ts";
import type { Command } from "../../protocol/command.ts";
import { perform } from "../session/dispatch.ts";
import type { HttpClient } from "./client.ts";
import { Rejection, tooLarge } from "./errors.ts";
import { parseJson } from "./json.ts";
import type { HttpServices } from "./services.ts";

export type Method = "get" | "post" | "put" | "delete";

/** One answer that a route gives when all is well. */
export interface Answer {
  readonly description: string;
  readonly schema?: z.ZodType;
  /** `application/json` when there is a schema and nothing is said. */
  readonly mediaType?: string;
  /** Other media types that may be asked for, by what is in them. */
  readonly others?: Readonly<Record<string, string>>;
}

/** See the module comment. Handlers throw an `IggyError` or a `Rejection`. */
export interface Route {
  readonly method: Method;
  /** As OpenAPI writes it: `/streams/{stream_id}`. */
  readonly path: string;
  /** The heading it is found under in the documentation. */
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** `token`: a bearer is asked for first; what it may is the command's business. */
  readonly access: "public" | "token";
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Media types of a body that is read by the route itself, by what is in it; `body` is `undefined` then. */
  readonly rawBody?: Readonly<Record<string, string>>;
  readonly answers: Readonly<Record<number, Answer>>;
  readonly handle: (call: Call) => Response | Promise<Response>;
}

type Schema<T> = z.ZodType<T, unknown>;

/** A route whose call has the types of its schemas. */
export function route<Params = undefined, Query = undefined, Body = undefined>(
  spec: Omit<Route, "params" | "query" | "body" | "handle"> & {
    readonly params?: Schema<Params>;
    readonly query?: Schema<Query>;
    readonly body?: Schema<Body>;
    readonly handle: (call: Call<Params, Query, Body>) => Response | Promise<Response>;
  },
): Route {
  return spec as Route;
}

/** One request, checked against its route's schemas. */
export class Call<Params = unknown, Query = unknown, Body = unknown> {
  constructor(
    readonly services: HttpServices,
    readonly client: HttpClient,
    readonly request: Request,
    readonly params: Params,
    readonly query: Query,
    readonly body: Body,
  ) {}

  get broker(): Broker {
    return this.services.broker;
  }

  /** Aborted when the client is gone, or the node stops: for what waits, or has no end. */
  readonly ended = (): AbortSignal =>
    AbortSignal.any([this.request.signal, this.services.draining]);

  /** The same call of another client. */
  as(client: HttpClient): Call<Params, Query, Body> {
    return new Call(this.services, client, this.request, this.params, this.query, this.body);
  }

  /** Performs a command as the binary protocols do: the same right, the same handler. */
  perform<Name extends CommandName>(
    name: Name,
    request: RequestOf<Name>,
  ): Promise<ResponseOf<Name>> {
    return perform(this.broker, this.client, name, request) as Promise<ResponseOf<Name>>;
  }
}

type Bodies<Name extends CommandName> = (typeof COMMANDS)[Name] extends
  Omit<Command<infer Request, infer Response>, "name"> ? [Request, Response] : never;
type RequestOf<Name extends CommandName> = Bodies<Name>[0];
type ResponseOf<Name extends CommandName> = Bodies<Name>[1];

/** Checks what a request brings against its route. */
export async function checkedCall(
  route: Route,
  services: HttpServices,
  client: HttpClient,
  request: Request,
  pathTexts: Readonly<Record<string, string>>,
): Promise<Call> {
  const params = check(
    route.params,
    pathTexts,
    (issue) => new Rejection(400, `Invalid URL: ${issue}`),
  );
  const texts = Object.fromEntries(new URL(request.url).searchParams);
  const query = check(
    route.query,
    texts,
    (issue) => new Rejection(400, `Failed to deserialize query string: ${issue}`),
  );
  const isRaw = (mediaTypeOf(request) ?? "") in (route.rawBody ?? {});
  const body = route.body === undefined || isRaw ? undefined : check(
    route.body,
    await readJson(request, services.config.maxRequestSizeBytes),
    (issue) =>
      new Rejection(422, `Failed to deserialize the JSON body into the target type: ${issue}`),
  );
  return new Call(services, client, request, params, query, body);
}

/** The media type of a request's body in lower case, without parameters. */
export function mediaTypeOf({ headers }: Request): string | undefined {
  return headers.get("content-type")?.split(";")[0].trim().toLowerCase();
}

/** Reads a whole body of at most `bytesMax`. Throws a `Rejection` 413 for a longer one. */
export async function readBody(request: Request, bytesMax: number): Promise<Uint8Array> {
  const announced = Number(request.headers.get("content-length") ?? 0);
  if (announced > bytesMax) throw tooLarge();
  if (request.body === null) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of request.body) {
    length += part.length;
    if (length > bytesMax) throw tooLarge();
    parts.push(part);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function readJson(request: Request, bytesMax: number): Promise<unknown> {
  const type = request.headers.get("content-type") ?? "";
  if (!JSON_TYPE.test(type)) {
    throw new Rejection(415, "Expected request with `Content-Type: application/json`");
  }
  const bytes = await readBody(request, bytesMax);
  try {
    return parseJson(UTF8.decode(bytes));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Rejection(400, `Failed to parse the request body as JSON: ${why}`);
  }
}

function check(
  schema: z.ZodType | undefined,
  value: unknown,
  refusal: (issue: string) => Rejection,
): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0];
  throw refusal(path.length === 0 ? message : `${path.join(".")}: ${message}`);
}

const JSON_TYPE = /^\s*application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;
const UTF8 = new TextDecoder("utf-8", { fatal: true });
