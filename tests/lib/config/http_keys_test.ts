import { assertEquals } from "@std/assert";
import { HTTP_KEYS } from "../../../lib/config/http_keys.ts";

Deno.test("HTTP_KEYS are below http, and Iggy's but for a few", () => {
  const paths = Object.keys(HTTP_KEYS) as (keyof typeof HTTP_KEYS)[];
  assertEquals(paths.filter((path) => !path.startsWith("http.")), []);
  assertEquals(paths.filter((path) => HTTP_KEYS[path].own), ["http.metrics.access"]);
});
