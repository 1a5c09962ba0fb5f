/**
 * The documentation of the API itself: the OpenAPI document, and a page to read it.
 *
 * @module
 */
import { jsonResponse } from "../json.ts";
import { openApiDocument } from "../openapi.ts";
import { type Route, route } from "../route.ts";

/** Routes that tell of `routes`, and of themselves. */
export function documentationRoutes(routes: readonly Route[]): readonly Route[] {
  const own: Route = route({
    method: "get",
    path: "/openapi.json",
    tag: "Documentation",
    summary: "This API as an OpenAPI 3.1 document",
    access: "public",
    answers: { 200: { description: "The document", mediaType: "application/json" } },
    handle: ({ broker }) => jsonResponse(200, openApiDocument([...routes, own], broker.version)),
  });
  return [own];
}
