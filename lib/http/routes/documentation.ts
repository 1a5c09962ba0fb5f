/**
 * The documentation of the API itself: the OpenAPI document, and a page to read it.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { DOCUMENTATION_STYLE, documentationPage } from "../documentation_page.ts";
import { jsonResponse } from "../json.ts";
import { openApiDocument } from "../openapi.ts";
import { type Route, route } from "../route.ts";

/** Routes that tell of `routes`, and of themselves. */
export function documentationRoutes(routes: readonly Route[]): readonly Route[] {
  const own: readonly Route[] = [
    route({
      method: "get",
      path: "/openapi.json",
      tag: "Documentation",
      summary: "This API as an OpenAPI 3.1 document",
      access: "public",
      answers: { 200: { description: "The document", schema: z.record(z.string(), z.unknown()) } },
      handle: ({ broker }) => jsonResponse(200, documentOf(broker.version)),
    }),
    route({
      method: "get",
      path: "/docs",
      tag: "Documentation",
      summary: "The same as a page",
      access: "public",
      answers: { 200: { description: "The page", mediaType: "text/html" } },
      async handle({ broker }) {
        const page = await documentationPage(documentOf(broker.version), STYLESHEET);
        return new Response(String(page), { headers: PAGE_HEADERS });
      },
    }),
    route({
      method: "get",
      path: STYLESHEET,
      tag: "Documentation",
      summary: "What the page looks like",
      access: "public",
      answers: { 200: { description: "The stylesheet", mediaType: "text/css" } },
      handle: () =>
        new Response(DOCUMENTATION_STYLE, {
          headers: { "content-type": "text/css; charset=utf-8" },
        }),
    }),
  ];
  const documentOf = (version: string) => openApiDocument([...routes, ...own], version);
  return own;
}

const STYLESHEET = "/docs/style.css";

const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'; style-src 'self'; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'",
};
