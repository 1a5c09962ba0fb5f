import { assertEquals, assertThrows } from "@std/assert";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { secp256r1 } from "../../../tls/provider/curves.ts";
import { mldsa44 } from "../../../tls/provider/lattices.ts";
import { SALT_BYTES, writeEc, writeEd25519, writeMlDsa } from "../../../tls/provider/pkcs8.ts";
import { KeyError, type KeyType } from "../../../tls/provider/provider.ts";
import { reference, referenceParts } from "../../../tls/provider/reference.ts";
import { generateKey } from "../../../tls/provider/signing.ts";
import { publicKeyInfoDer } from "../../../tls/x509/algorithms.ts";
import { systemRandom, toHex } from "../../support/bytes.ts";

for (const type of ["secp256r1", "secp384r1", "ed25519", "rsa"] as const satisfies KeyType[]) {
  Deno.test(`toPkcs8() of a ${type} key is what node:crypto reads`, () => {
    const key = generateKey(referenceParts, type, systemRandom);
    const read = createPrivateKey({
      key: key.toPkcs8!() as never,
      format: "der",
      type: "pkcs8",
    });
    const spki = createPublicKey(read).export({ format: "der", type: "spki" });
    assertEquals(toHex(spki), toHex(publicKeyInfoDer(key.publicKey)));
  });
}

Deno.test("writeMlDsa() writes the seed when it is known, else the expanded key", () => {
  const seed = new Uint8Array(32).fill(1);
  const { secretKey, publicKey } = mldsa44.keygen(seed);
  const short = writeMlDsa("mldsa44", secretKey, seed);
  assertEquals(short.length, 54);
  const long = writeMlDsa("mldsa44", secretKey);
  assertEquals(reference.loadKey(short).publicKey.bytes, publicKey);
  assertEquals(reference.loadKey(long).publicKey.bytes, publicKey);
  assertEquals(reference.loadKey(long).toPkcs8!(), long);
});

Deno.test("writeEd25519() is the example of RFC 8410 §10.3", () => {
  const secret = Uint8Array.from(
    atob("MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC"),
    (char) => char.charCodeAt(0),
  );
  assertEquals(writeEd25519(secret.subarray(-32)), secret);
});

Deno.test("writeEc() holds the public key, which loading checks", () => {
  const secret = new Uint8Array(32).fill(1);
  const other = secp256r1.publicKey(new Uint8Array(32).fill(2));
  const wrong = writeEc("secp256r1", secret, other);
  assertThrows(() => reference.loadKey(wrong), KeyError, "belongs to another key");
});

Deno.test("SALT_BYTES are the lengths of the hashes", () => {
  for (const hash of Object.values(reference.hashes)) {
    assertEquals(SALT_BYTES[hash.name], hash.outputBytes);
  }
});
