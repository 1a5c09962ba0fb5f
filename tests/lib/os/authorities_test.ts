import { assertEquals } from "@std/assert";
import { systemAuthorities } from "../../../lib/os/authorities.ts";

Deno.test("systemAuthorities() gives the PEM of a well-known place, if there is one", () => {
  const text = systemAuthorities();
  assertEquals(text?.includes("-----BEGIN CERTIFICATE-----") ?? true, true);
});
