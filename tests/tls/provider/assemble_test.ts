import { assert, assertEquals } from "@std/assert";
import { assemble, moreGroups } from "../../../tls/provider/assemble.ts";
import { referenceParts } from "../../../tls/provider/reference.ts";
import { CipherSuiteId, NamedGroup, nameOf } from "../../../tls/registry.ts";
import { systemRandom } from "../../support/bytes.ts";

const provider = assemble("test", referenceParts);

function namesOf(groups: readonly { name: NamedGroup }[]): string[] {
  return groups.map((group) => nameOf(NamedGroup, group.name));
}

Deno.test("assemble() puts ChaCha20 and the hybrid first", () => {
  assertEquals(provider.name, "test");
  assertEquals(provider.cipherSuites.map((suite) => nameOf(CipherSuiteId, suite.id)), [
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
  ]);
  assertEquals(namesOf(provider.groups), ["X25519MLKEM768", "x25519", "secp256r1", "secp384r1"]);
});

Deno.test("assemble() limits AES-GCM to 2^24.5 records (RFC 8446 §5.5)", () => {
  const limits = provider.cipherSuites.map((suite) => suite.recordsMax);
  assertEquals(limits, [Infinity, 23726566, 23726566]);
});

Deno.test("assemble() uses the parts it is given", () => {
  let calls = 0;
  const x25519 = {
    ...referenceParts.x25519,
    publicKey(secret: Uint8Array) {
      calls++;
      return referenceParts.x25519.publicKey(secret);
    },
  };
  const replaced = assemble("replaced", { ...referenceParts, x25519 });
  for (const group of replaced.groups) group.start(systemRandom);
  assertEquals(calls, 2);
  assert(Object.isFrozen(replaced));
});

Deno.test("moreGroups() are the groups that are not preferred", () => {
  assertEquals(namesOf(moreGroups(referenceParts)), [
    "SecP256r1MLKEM768",
    "SecP384r1MLKEM1024",
    "MLKEM768",
    "MLKEM1024",
    "secp521r1",
  ]);
});
