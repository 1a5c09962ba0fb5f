import { assert, assertEquals } from "@std/assert";
import { mldsa44, mldsa65, mldsa87, mlKem1024, mlKem768 } from "../../../tls/provider/lattices.ts";
import { toHex, utf8 } from "../../support/bytes.ts";

const KEMS = { mlKem768, mlKem1024 };
const SIGNERS = { mldsa44, mldsa65, mldsa87 };

for (const [name, kem] of Object.entries(KEMS)) {
  const seed = new Uint8Array(64).fill(3);
  const message = new Uint8Array(32).fill(4);

  Deno.test(`${name} agrees with itself on a secret of 32 bytes`, () => {
    const { encapsulationKey, decapsulationKey } = kem.keygen(seed);
    const { ciphertext, secret } = kem.encapsulate(encapsulationKey, message)!;
    assertEquals(encapsulationKey.length, kem.encapsulationKeyBytes);
    assertEquals(ciphertext.length, kem.ciphertextBytes);
    assertEquals(secret.length, 32);
    assertEquals(kem.decapsulate(decapsulationKey, ciphertext), secret);
  });

  Deno.test(`${name}.encapsulate() gives nothing for a coefficient beyond the modulus`, () => {
    const { encapsulationKey } = kem.keygen(seed);
    // FIPS 203 §7.2: 12 bits of ones are 4095, which is not below 3329.
    encapsulationKey.set([0xff, 0x0f | encapsulationKey[1] & 0xf0]);
    assertEquals(kem.encapsulate(encapsulationKey, message), undefined);
    assertEquals(kem.encapsulate(encapsulationKey.subarray(1), message), undefined);
  });

  Deno.test(`${name}.decapsulate() gives another secret for a ciphertext that was changed`, () => {
    const { encapsulationKey, decapsulationKey } = kem.keygen(seed);
    const { ciphertext, secret } = kem.encapsulate(encapsulationKey, message)!;
    ciphertext[7] ^= 1;
    const implicit = kem.decapsulate(decapsulationKey, ciphertext)!;
    assertEquals(implicit.length, 32);
    assert(toHex(implicit) !== toHex(secret));
    assertEquals(kem.decapsulate(decapsulationKey, ciphertext.subarray(1)), undefined);
    decapsulationKey[decapsulationKey.length - 40] ^= 1;
    assertEquals(kem.decapsulate(decapsulationKey, ciphertext), undefined);
  });
}

for (const [name, signer] of Object.entries(SIGNERS)) {
  const seed = new Uint8Array(32).fill(6);

  Deno.test(`${name} verifies what it signs, hedged or not, and nothing else`, () => {
    const { publicKey, secretKey } = signer.keygen(seed);
    assertEquals(publicKey.length, signer.publicKeyBytes);
    assertEquals(secretKey.length, signer.secretKeyBytes);
    const signature = signer.sign(secretKey, utf8("one"));
    const hedged = signer.sign(secretKey, utf8("one"), seed);
    assertEquals(signature, signer.sign(secretKey, utf8("one")));
    assert(toHex(hedged) !== toHex(signature));
    for (const each of [signature, hedged]) {
      assert(signer.verify(publicKey, utf8("one"), each));
      assert(!signer.verify(publicKey, utf8("two"), each));
      assert(!signer.verify(publicKey, utf8("one"), each, utf8("context")));
      assert(!signer.verify(publicKey, utf8("one"), each.subarray(1)));
      assert(!signer.verify(publicKey.subarray(1), utf8("one"), each));
    }
  });

  Deno.test(`${name}.publicKeyOf() finds the public key of an expanded key`, () => {
    const { publicKey, secretKey } = signer.keygen(seed);
    assertEquals(signer.publicKeyOf(secretKey), publicKey);
    assertEquals(signer.publicKeyOf(secretKey.subarray(1)), undefined);
  });
}
