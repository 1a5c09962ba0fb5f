import { assertEquals } from "@std/assert";
import { NamedGroup, nameOf } from "../../tls/registry.ts";

Deno.test("nameOf() gives IANA's name of a number", () => {
  assertEquals(nameOf(NamedGroup, 29), "x25519");
});

Deno.test("nameOf() writes a number that has no name in hexadecimal", () => {
  assertEquals(nameOf(NamedGroup, 0x0a0a), "0x0a0a");
});
