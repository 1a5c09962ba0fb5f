import { assert, assertEquals } from "@std/assert";
import { provider } from "../../../lib/certificates/provider.ts";
import type { Answer, Task } from "../../../lib/certificates/signing_worker.ts";
import { SignatureScheme } from "../../../tls/registry.ts";
import { random } from "../../support/test_authority.ts";

Deno.test("The signing worker takes a key, then answers each message under its number", async () => {
  const key = provider.generateKey("secp256r1", random);
  const url = new URL("../../../lib/certificates/signing_worker.ts", import.meta.url);
  const worker = new Worker(url, { type: "module" });
  const post = (task: Task) => worker.postMessage(task);
  const answers: Answer[] = [];
  const done = Promise.withResolvers<void>();
  worker.onmessage = ({ data }: MessageEvent<Answer>) => {
    if (answers.push(data) === 2) done.resolve();
  };
  const message = Uint8Array.of(1, 2, 3);
  post({ kind: "key", pkcs8: key.toPkcs8!() });
  post({ kind: "sign", id: 7, scheme: SignatureScheme.ecdsa_secp256r1_sha256, message });
  post({ kind: "sign", id: 8, scheme: SignatureScheme.ed25519, message });
  await done.promise;
  worker.terminate();

  assertEquals(answers.map(({ id }) => id), [7, 8]);
  const [signed, refused] = answers;
  assert("signature" in signed && "error" in refused);
  assert(provider.verify("ecdsa_sha256", key.publicKey, message, signed.signature));
});
