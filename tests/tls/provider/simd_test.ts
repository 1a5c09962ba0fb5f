import { assert, assertEquals } from "@std/assert";
import type { Random } from "../../../tls/provider/provider.ts";
import { reference } from "../../../tls/provider/reference.ts";
import { simd } from "../../../tls/provider/simd.ts";
import { NamedGroup, nameOf } from "../../../tls/registry.ts";

/** The same bytes for both providers. */
function seeded(seed: number): Random {
  let calls = 0;
  return (into) => {
    into.set(reference.hashes.sha512.digest(Uint8Array.of(seed, calls++)).subarray(0, into.length));
  };
}

Deno.test("simd has all that reference has", () => {
  assertEquals(simd.name, "simd");
  assert(Object.isFrozen(simd));
  assertEquals(Object.keys(simd), Object.keys(reference));
  assertEquals(simd.groups.map(({ name }) => name), reference.groups.map(({ name }) => name));
  assertEquals(simd.cipherSuites.map(({ id }) => id), reference.cipherSuites.map(({ id }) => id));
});

for (const [at, group] of simd.groups.entries()) {
  Deno.test(`simd's ${nameOf(NamedGroup, group.name)} gives the shares and secrets of reference's`, () => {
    const twin = reference.groups[at];
    const [client, clientTwin] = [group.start(seeded(1)), twin.start(seeded(1))];
    assertEquals(client.share, clientTwin.share);
    const [server, serverTwin] = [
      group.respond(client.share, seeded(2)),
      twin.respond(client.share, seeded(2)),
    ];
    assertEquals(server, serverTwin);
    assertEquals(client.complete(server.share), clientTwin.complete(server.share));
  });
}

for (const [at, suite] of simd.cipherSuites.entries()) {
  Deno.test(`simd's cipher suite ${suite.id.toString(16)} seals and hashes as reference's does`, () => {
    const twin = reference.cipherSuites[at];
    const key = new Uint8Array(suite.aead.keyBytes).fill(1);
    const nonce = new Uint8Array(12).fill(2);
    const [record, recordTwin] = [new Uint8Array(316), new Uint8Array(316)];
    suite.aead.load(key).seal(nonce, key, record);
    twin.aead.load(key).seal(nonce, key, recordTwin);
    assertEquals(record, recordTwin);
    assertEquals(suite.hash.hmac(key, record), twin.hash.hmac(key, record));
  });
}
