import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { diffieHellman, generateKeyPairSync } from "node:crypto";
import { examine } from "../../../scripts/wycheproof/families.ts";
import { type Group, readVectors, type Subject } from "../../../scripts/wycheproof/vectors.ts";
import { assemble } from "../../../tls/provider/assemble.ts";
import type { Curve } from "../../../tls/provider/parts.ts";
import { mldsa44 } from "../../../tls/provider/lattices.ts";
import { reference, referenceParts } from "../../../tls/provider/reference.ts";
import { simd, simdParts } from "../../../tls/provider/simd.ts";
import { toHex, utf8 } from "../../support/bytes.ts";

const REFERENCE: Subject = { name: "reference", provider: reference, parts: referenceParts };
const SIMD: Subject = { name: "simd", provider: simd, parts: simdParts };
const VECTORS = await readVectors([new URL("../../vectors/wycheproof", import.meta.url).pathname]);

for (const subject of [REFERENCE, SIMD]) {
  for (const vectors of VECTORS) {
    Deno.test(`${subject.name} answers the sample of ${vectors.name} rightly`, async () => {
      const { wrong, asked } = await examine(subject, vectors);
      assertEquals(wrong, []);
      assert(asked > 0);
    });
  }
}

Deno.test("examine() finds out a provider that takes every signature", async () => {
  const credulous = (curve: Curve): Curve => ({ ...curve, verify: () => true });
  const parts = { ...referenceParts, secp256r1: credulous(referenceParts.secp256r1) };
  const subject = { name: "credulous", provider: assemble("credulous", parts), parts };
  const vectors = VECTORS.find(({ name }) => name === "ecdsa_secp256r1_sha256_p1363_test.json")!;
  const { wrong } = await examine(subject, vectors);
  assert(wrong.some(({ expected, got }) => expected === "refused" && got === "accepted"));
});

Deno.test("examine() finds out a provider that refuses everything, or gives other bytes", async () => {
  const x25519 = { ...referenceParts.x25519, shared: () => new Uint8Array(32).fill(1) };
  const parts = { ...referenceParts, x25519 };
  const subject = { name: "other", provider: assemble("other", parts), parts };
  const vectors = VECTORS.find(({ name }) => name === "x25519_test.json")!;
  const { wrong } = await examine(subject, vectors);
  assertStringIncludes(wrong[0].got, "gave 0101");
  assertStringIncludes(wrong[0].id, "x25519_test.json#");
});

Deno.test("examine() counts an exception as a wrong answer", async () => {
  const groups: Group[] = [
    { type: "EddsaVerify", tests: [{ tcId: 7, result: "invalid", comment: "no key" }] },
  ];
  const { wrong } = await examine(REFERENCE, { name: "x.json", algorithm: "EDDSA", groups });
  assertEquals(wrong.length, 1);
  assertEquals([wrong[0].id, wrong[0].comment], ["x.json#7", "no key"]);
  assertStringIncludes(wrong[0].got, "threw TypeError");
});

Deno.test("examine() skips, with a reason, what TLS does not have", async () => {
  const tests = [{ tcId: 1, result: "valid" }, { tcId: 2, result: "invalid" }] as const;
  const cases: [algorithm: string, group: Group, why: string][] = [
    ["AES-CCM", { type: "AeadTest", keySize: 128, tests }, "AES-CCM with keys of 128 bits"],
    ["AES-GCM", { type: "AeadTest", keySize: 192, tests }, "AES-GCM with keys of 192 bits"],
    ["KMAC128", { type: "MacTest", tests }, "KMAC128"],
    ["HMACSHA1", { type: "MacTest", tests }, "HMACSHA1"],
    ["HKDF-SHA-1", { type: "HkdfTest", tests }, "HKDF-SHA-1"],
    ["ECDH", { type: "EcdhTest", curve: "brainpoolP256r1", tests }, "ECDH on brainpoolP256r1"],
    ["XDH", { type: "XdhComp", curve: "curve448", tests }, "curve448"],
    ["ML-KEM", { type: "MLKEMTest", parameterSet: "ML-KEM-512", tests }, "ML-KEM-512"],
    ["X", { type: "PrimalityTest", tests }, "Tests of type PrimalityTest"],
  ];
  for (const [algorithm, group, why] of cases) {
    const outcome = await examine(REFERENCE, { name: "x.json", algorithm, groups: [group] });
    assertEquals([...outcome.skipped], [[why, 2]]);
    assertEquals([outcome.asked, outcome.right], [0, 0]);
  }
});

/** Test groups in forms that the files at hand do not have: keys from node:crypto. */
function exchangeGroups(): Group[] {
  const [one, two] = [generateKeyPairSync("x25519"), generateKeyPairSync("x25519")];
  const ec = () => generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const [ecOne, ecTwo] = [ec(), ec()];
  const shared = toHex(diffieHellman({ privateKey: one.privateKey, publicKey: two.publicKey }));
  const ecShared = toHex(
    diffieHellman({ privateKey: ecOne.privateKey, publicKey: ecTwo.publicKey }),
  );
  const [spki, pkcs8] = [{ format: "der", type: "spki" }, {
    format: "der",
    type: "pkcs8",
  }] as const;
  const group = (type: string, curve: string, test: object): Group => {
    return { type, curve, tests: [{ tcId: 1, result: "valid", ...test }] };
  };
  return [
    group("XdhAsnComp", "curve25519", {
      private: toHex(one.privateKey.export(pkcs8)),
      public: toHex(two.publicKey.export(spki)),
      shared,
    }),
    group("XdhPemComp", "curve25519", {
      private: one.privateKey.export({ format: "pem", type: "pkcs8" }),
      public: two.publicKey.export({ format: "pem", type: "spki" }),
      shared,
    }),
    group("XdhJwkComp", "curve25519", {
      private: one.privateKey.export({ format: "jwk" }),
      public: two.publicKey.export({ format: "jwk" }),
      shared,
    }),
    group("EcdhWebcryptoTest", "P-256", {
      private: ecOne.privateKey.export({ format: "jwk" }),
      public: ecTwo.publicKey.export({ format: "jwk" }),
      shared: ecShared,
    }),
  ];
}

/** Public keys that are none, in each form. */
const NO_KEY: Readonly<Record<string, unknown>> = {
  XdhAsnComp: "3000",
  XdhPemComp: "-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n",
  XdhJwkComp: { kty: "EC" },
  EcdhWebcryptoTest: { crv: "P-384" },
};

for (const group of exchangeGroups()) {
  Deno.test(`examine() reads keys of ${group.type}, and refuses what is none`, async () => {
    const [test] = group.tests;
    const tests = [test, { ...test, result: "invalid", public: NO_KEY[group.type] } as const];
    const groups: Group[] = [{ ...group, tests }];
    const outcome = await examine(REFERENCE, { name: "x.json", algorithm: "XDH", groups });
    assertEquals([outcome.wrong, outcome.asked], [[], 2]);
  });
}

Deno.test("examine() signs ML-DSA from a seed or an expanded key, without randomness", async () => {
  const seed = new Uint8Array(32).fill(1);
  const { secretKey } = mldsa44.keygen(seed);
  const sig = toHex(mldsa44.sign(secretKey, utf8("m")));
  const tests = [{ tcId: 1, result: "valid", msg: toHex(utf8("m")), sig }] as const;
  const groups: Group[] = [
    { type: "MlDsaSign", privateSeed: toHex(seed), tests },
    { type: "MlDsaSign", privateKey: toHex(secretKey), tests },
  ];
  const outcome = await examine(REFERENCE, { name: "x.json", algorithm: "ML-DSA-44", groups });
  assertEquals([outcome.right, outcome.asked], [2, 2]);
});
