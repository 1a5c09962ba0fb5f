import { assert, assertEquals } from "@std/assert";
import { reference, referenceMoreGroups, referenceParts } from "../../../tls/provider/reference.ts";
import { systemRandom, utf8 } from "../../support/bytes.ts";

Deno.test("reference is a whole provider by noble", async () => {
  assertEquals(reference.name, "reference");
  assertEquals(referenceMoreGroups.length, 5);
  assert(Object.isFrozen(referenceParts));
  const key = reference.generateKey("secp384r1", systemRandom);
  const signature = await key.sign(key.schemes[0], utf8("message"));
  assert(reference.verify("ecdsa_sha384", key.publicKey, utf8("message"), signature));
});
