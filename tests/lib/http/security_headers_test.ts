import { assertEquals } from "@std/assert";
import { SECURITY_HEADERS } from "../../../lib/http/security_headers.ts";

Deno.test("SECURITY_HEADERS names each header once, in lower case", () => {
  const names = SECURITY_HEADERS.map(([name]) => name);
  assertEquals(names, [...new Set(names)].map((name) => name.toLowerCase()));
});
