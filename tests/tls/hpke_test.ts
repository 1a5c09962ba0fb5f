import { assert, assertEquals } from "@std/assert";
import { setupReceiver, setupSender, supportsHpke } from "../../tls/hpke.ts";
import { reference } from "../../tls/provider/reference.ts";
import { simd } from "../../tls/provider/simd.ts";
import { fromHex, scriptedRandom, toHex } from "../support/bytes.ts";
import { assertRefused } from "../support/refusals.ts";

/** RFC 9180 §A.1.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode. */
const VECTOR = {
  suite: { kdfId: 1, aeadId: 1 },
  info: fromHex("4f6465206f6e2061204772656369616e2055726e"),
  ephemeralKey: fromHex("52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736"),
  enc: "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
  publicKey: fromHex("3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d"),
  privateKey: fromHex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8"),
  plaintext: fromHex("4265617574792069732074727574682c20747275746820626561757479"),
  messages: [
    {
      aad: fromHex("436f756e742d30"),
      ciphertext: "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a9" +
        "6d8770ac83d07bea87e13c512a",
    },
    {
      aad: fromHex("436f756e742d31"),
      ciphertext: "af2d7e9ac9ae7e270f46ba1f975be53c09f8d875bdc8535458c2494e8a6eab25" +
        "1c03d0c22a56b8ca42c2063b84",
    },
  ],
};

for (const provider of [reference, simd]) {
  Deno.test(`setupSender() and setupReceiver() do as RFC 9180 §A.1.1, with the provider ${provider.name}`, () => {
    const { suite, info, publicKey, privateKey, plaintext } = VECTOR;
    const random = scriptedRandom(VECTOR.ephemeralKey);
    const sender = setupSender(provider, suite, publicKey, info, random);
    assertEquals(toHex(sender.enc), VECTOR.enc);
    const receiver = setupReceiver(provider, suite, privateKey, sender.enc, info);
    for (const { aad, ciphertext } of VECTOR.messages) {
      const sealed = new Uint8Array([...plaintext, ...new Uint8Array(16)]);
      sender.context.seal(aad, sealed);
      assertEquals(toHex(sealed), ciphertext);
      assertEquals(receiver.open(aad, sealed), plaintext);
    }
  });
}

Deno.test("HpkeContext.open() gives nothing for a message that is not authentic, and stays where it is (RFC 9180 §5.2)", () => {
  const { suite, info, privateKey, messages, plaintext } = VECTOR;
  const receiver = setupReceiver(reference, suite, privateKey, fromHex(VECTOR.enc), info);
  const [{ aad, ciphertext }] = messages;
  const wrong = fromHex(ciphertext);
  wrong[0] ^= 1;
  assertEquals(receiver.open(aad, wrong), undefined);
  assertEquals(receiver.open(new Uint8Array(), fromHex(ciphertext)), undefined);
  assertEquals(receiver.open(aad, new Uint8Array(15)), undefined);
  assertEquals(receiver.open(aad, fromHex(ciphertext)), plaintext);
});

Deno.test("setupReceiver() refuses what is no key, and a secret of zeros (RFC 9180 §7.1.4)", () => {
  const { suite, info, privateKey } = VECTOR;
  for (const enc of [new Uint8Array(31), new Uint8Array(0), new Uint8Array(32)]) {
    assertRefused(() => setupReceiver(reference, suite, privateKey, enc, info), "badKeyShare");
  }
});

Deno.test("supportsHpke() knows HKDF-SHA256 with the AEADs of the provider's suites", () => {
  for (const aeadId of [1, 2, 3]) assert(supportsHpke(reference, { kdfId: 1, aeadId }));
  assert(!supportsHpke(reference, { kdfId: 2, aeadId: 1 }));
  assert(!supportsHpke(reference, { kdfId: 1, aeadId: 4 }));
  assert(!supportsHpke({ ...reference, cipherSuites: [] }, { kdfId: 1, aeadId: 1 }));
});
