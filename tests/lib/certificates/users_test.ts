import { assertEquals } from "@std/assert";
import { userNamed, userUri } from "../../../lib/certificates/users.ts";
import type { PeerIdentity } from "../../../tls/config.ts";

function named(...names: [kind: PeerIdentity["names"][number]["kind"], value: string][]) {
  return userNamed({
    publicKey: { type: "ed25519", bytes: new Uint8Array(32) },
    names: names.map(([kind, value]) => ({ kind, value })),
  });
}

Deno.test("userNamed() takes the user of the whippet URI, whatever else is named", () => {
  assertEquals(named(["dns", "client.example"], ["uri", "whippet:user:alice"]), "alice");
  assertEquals(named(["uri", "WHIPPET:User:Bob"]), "Bob");
  assertEquals(named(["uri", "whippet:user:a%20b%C3%A4"]), "a bä");
});

Deno.test("userNamed() takes nothing else for a user", () => {
  assertEquals(named(["dns", "alice"], ["email", "alice@example.com"]), undefined);
  assertEquals(named(["uri", "whippet:user:"]), undefined);
  assertEquals(named(["uri", "whippet:user:%ff"]), undefined);
  assertEquals(named(["uri", "spiffe://whippet:user:alice"]), undefined);
  assertEquals(named(), undefined);
});

Deno.test("userNamed() does not choose between two users", () => {
  assertEquals(named(["uri", "whippet:user:alice"], ["uri", "whippet:user:bob"]), undefined);
  assertEquals(named(["uri", "whippet:user:al"], ["uri", "whippet:user:al"]), "al");
});

Deno.test("userUri() is what userNamed() reads", () => {
  for (const name of ["iggy", "a b", "ä/ö:?#%", "x@y"]) {
    assertEquals(named(["uri", userUri(name)]), name);
  }
});
