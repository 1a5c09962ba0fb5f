/**
 * The OpenAPI document, made from the routes themselves.
 *
 * @module
 */
import { OpenAPIHono, z } from "@hono/zod-openapi";
import { ERROR } from "./fields.ts";
import type { Answer, Route } from "./route.ts";

/** An OpenAPI 3.1 document as an object that JSON can hold. */
export type OpenApiDocument = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;

/** The document of these routes, of a node of that version. */
export function openApiDocument(routes: readonly Route[], version: string): OpenApiDocument {
  const app = new OpenAPIHono();
  app.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
    type: "http",
    scheme: "bearer",
    description: "An access token of a login, or a personal access token",
  });
  for (const route of routes) app.openAPIRegistry.registerPath(pathOf(route));
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "whippet",
      version,
      description: "The REST API of a whippet node, compatible with Apache Iggy's. Whole numbers " +
        "of 64 and 128 bits are bare integers: read them with a reader that keeps their digits.",
      license: { name: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
  });
}

type PathConfig = Parameters<OpenAPIHono["openAPIRegistry"]["registerPath"]>[0];

function pathOf(route: Route): PathConfig {
  const { method, path, tag, summary, description } = route;
  const { params, query } = route as { params?: z.ZodObject; query?: z.ZodObject };
  return {
    method,
    path,
    tags: [tag],
    summary,
    description,
    operationId: operationId(route),
    security: route.access === "token" ? [{ bearer: [] }] : [],
    request: { params, query, body: requestBody(route) },
    responses: { ...refusals(route), ...succeeding(route) },
  };
}

function requestBody({ body, rawBody }: Route) {
  if (body === undefined && rawBody === undefined) return undefined;
  const content: Record<string, { schema: z.ZodType }> = {};
  if (body !== undefined) content["application/json"] = { schema: body };
  for (const [mediaType, meaning] of Object.entries(rawBody ?? {})) {
    content[mediaType] = { schema: z.string().describe(meaning) };
  }
  return { required: true, content };
}

function succeeding({ answers }: Route) {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [status, responseOf(answer)]),
  );
}

function responseOf({ description, schema, mediaType, others = {} }: Answer) {
  if (schema === undefined && mediaType === undefined) return { description };
  const content = { [mediaType ?? "application/json"]: { schema: schema ?? z.string() } };
  for (const [type, meaning] of Object.entries(others)) {
    content[type] = { schema: z.string().describe(meaning) };
  }
  return { description, content };
}

/** What any such route may be refused with (HTTP.md section 1.3). */
function refusals(route: Route) {
  const refusal = (description: string) => ({
    description,
    content: { "application/json": { schema: ERROR } },
  });
  const plain = (description: string) => ({
    description,
    content: { "text/plain": { schema: z.string() } },
  });
  const takesBody = route.body !== undefined || route.rawBody !== undefined;
  return {
    400: {
      description: "The request cannot be meant, or is refused",
      content: {
        "application/json": { schema: ERROR },
        "text/plain": { schema: z.string() },
      },
    },
    ...(route.access === "token"
      ? { 401: refusal("No valid token"), 403: refusal("The user lacks the right") }
      : { 401: refusal("No valid token or credentials") }),
    404: refusal("Something that was named does not exist"),
    ...(takesBody
      ? {
        413: plain("The body is too long"),
        415: plain("The body is of a type that is not taken here"),
        422: plain("The body has another form"),
      }
      : {}),
    429: plain("Too many attempts; the answer says when to try again"),
    503: refusal("Not now; try again"),
  };
}

/** `GET /streams/{stream_id}` as `get_streams_stream_id`. */
function operationId({ method, path }: Route): string {
  return [method, ...path.match(/\w+/g) ?? ["root"]].join("_").replaceAll("-", "_");
}
