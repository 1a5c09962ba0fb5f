import { assert } from "@std/assert";
import { bundledAuthorities, systemAuthorities } from "../../../lib/os/authorities.ts";
import { usableAuthorities } from "../../../lib/certificates/credentials.ts";

Deno.test("systemAuthorities() gives PEM, whatever the system", () => {
  assert(systemAuthorities().includes("-----BEGIN CERTIFICATE-----"));
});

Deno.test("bundledAuthorities() gives certificates that can be anchors", () => {
  assert(usableAuthorities(bundledAuthorities()).length > 100);
});
