import { assertEquals } from "@std/assert";
import { ROUTES } from "../../../../lib/http/routes/all.ts";

Deno.test("ROUTES has each method and path once", () => {
  const names = ROUTES.map(({ method, path }) => `${method} ${path}`);
  assertEquals(names, [...new Set(names)]);
});

Deno.test("ROUTES says of each what it is for and what it answers", () => {
  for (const { path, summary, tag, answers } of ROUTES) {
    assertEquals(summary !== "" && tag !== "" && Object.keys(answers).length > 0, true, path);
  }
});
