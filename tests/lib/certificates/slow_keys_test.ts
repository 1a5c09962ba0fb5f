import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { readKey } from "../../../lib/certificates/credentials.ts";
import { provider } from "../../../lib/certificates/provider.ts";
import { AsideKey, isSlow } from "../../../lib/certificates/slow_keys.ts";
import { SignatureScheme } from "../../../tls/registry.ts";
import { random, rsaKeyPem } from "../../support/test_authority.ts";

const MESSAGE = new TextEncoder().encode("to be signed");

async function rsaKey() {
  return readKey(provider, random, { origin: "key", text: await rsaKeyPem() });
}

Deno.test("isSlow() is true of RSA only", async () => {
  assert(isSlow(await rsaKey()));
  assert(!isSlow(provider.generateKey("secp256r1", random)));
});

Deno.test("AsideKey signs as the key does, on a worker, also after it has retired", async () => {
  const key = new AsideKey(await rsaKey());
  assertEquals(key.schemes[0], SignatureScheme.rsa_pss_rsae_sha256);
  const verifies = async () => {
    const signature = await key.sign(SignatureScheme.rsa_pss_rsae_sha256, MESSAGE);
    return provider.verify("rsa_pss_sha256", key.publicKey, MESSAGE, signature);
  };
  const both = Promise.all([verifies(), verifies()]);
  key.retire();
  assertEquals(await both, [true, true]);
  assert(await verifies());
});

Deno.test("AsideKey refuses a signature when too many wait", async () => {
  const key = new AsideKey(await rsaKey(), 1);
  const first = key.sign(SignatureScheme.rsa_pss_rsae_sha256, MESSAGE);
  await assertRejects(
    () => key.sign(SignatureScheme.rsa_pss_rsae_sha256, MESSAGE),
    Error,
    "1 signatures wait already",
  );
  await first;
  key.retire();
});

Deno.test("AsideKey says why a key cannot sign", async () => {
  const key = new AsideKey(await rsaKey());
  await assertRejects(
    () => key.sign(SignatureScheme.ed25519, MESSAGE),
    Error,
    "Key cannot sign: ",
  );
  key.retire();
});

Deno.test("AsideKey takes no key that is elsewhere", () => {
  const { publicKey, schemes } = provider.generateKey("secp256r1", random);
  const elsewhere = { publicKey, schemes, sign: () => new Uint8Array() };
  assertThrows(() => new AsideKey(elsewhere), TypeError);
});
