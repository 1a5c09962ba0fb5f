import { assert, assertEquals } from "@std/assert";
import { openApiDocument } from "../../../lib/http/openapi.ts";
import { ROUTES } from "../../../lib/http/routes/all.ts";

Deno.test("openApiDocument() has every route, with its summary, tag and answers", () => {
  const { paths, openapi } = openApiDocument(ROUTES, "1.2.3");
  assertEquals(openapi, "3.1.0");
  for (const { method, path, summary, answers } of ROUTES) {
    const operation = paths?.[path]?.[method];
    assertEquals(operation?.summary, summary, `${method} ${path}`);
    for (const status of Object.keys(answers)) assert(operation?.responses?.[status]);
  }
});

Deno.test("openApiDocument() gives each operation an id of its own", () => {
  const { paths } = openApiDocument(ROUTES, "1.2.3");
  const ids = ROUTES.map(({ method, path }) => paths?.[path]?.[method]?.operationId);
  assertEquals(new Set(ids).size, ROUTES.length);
});

Deno.test("openApiDocument() names every parameter of a path", () => {
  const { paths } = openApiDocument(ROUTES, "1.2.3");
  for (const { method, path } of ROUTES) {
    const named = (paths?.[path]?.[method]?.parameters ?? []) as { name: string; in: string }[];
    const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    assertEquals(named.filter((each) => each.in === "path").map(({ name }) => name), wanted);
  }
});
