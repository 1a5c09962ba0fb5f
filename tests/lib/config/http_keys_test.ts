import { assertEquals } from "@std/assert";
import { HTTP_KEYS } from "../../../lib/config/http_keys.ts";

Deno.test("HTTP_KEYS are Iggy's own, by their names", () => {
  for (const [path, { own }] of Object.entries(HTTP_KEYS)) {
    assertEquals([path.startsWith("http."), own], [true, false], path);
  }
});
