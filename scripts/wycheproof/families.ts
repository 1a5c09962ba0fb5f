/**
 * Which code answers which type of test group, and the run over all tests of a file.
 *
 * @module
 */
import {
  ecdhFamily,
  mlKemDecapsFamily,
  mlKemEncapsFamily,
  mlKemFamily,
  mlKemKeygenFamily,
  x25519Family,
} from "./exchange.ts";
import {
  ecdsaFamily,
  eddsaFamily,
  mlDsaSignFamily,
  mlDsaVerifyFamily,
  rsaGenerateFamily,
  rsaPkcs1Family,
  rsaPssFamily,
} from "./signature.ts";
import { aeadFamily, hkdfFamily, hmacFamily } from "./symmetric.ts";
import {
  type Answer,
  broken,
  type Family,
  skipped,
  type Subject,
  type Vectors,
} from "./vectors.ts";
import { verdictOn } from "./verdict.ts";

/** What one file came to. */
export interface Outcome {
  readonly file: string;
  readonly right: number;
  /** Tests that were asked: right ones and wrong ones. */
  readonly asked: number;
  readonly wrong: readonly WrongAnswer[];
  /** Why tests were not asked, and how many. */
  readonly skipped: ReadonlyMap<string, number>;
}

export interface WrongAnswer {
  /** `ed25519_test.json#17` */
  readonly id: string;
  readonly comment: string;
  readonly expected: string;
  readonly got: string;
}

/** Asks a subject all tests of a file. Never throws: an exception is a wrong answer. */
export async function examine(subject: Subject, vectors: Vectors): Promise<Outcome> {
  const wrong: WrongAnswer[] = [];
  const skippedTests = new Map<string, number>();
  let asked = 0;
  for (const group of vectors.groups) {
    const family = familyOf(group.type, vectors.algorithm);
    for (const test of group.tests ?? []) {
      const verdict = verdictOn(test, await answerOf(() => family(subject, group, test)));
      if (verdict.kind === "skipped") {
        skippedTests.set(verdict.why, (skippedTests.get(verdict.why) ?? 0) + 1);
        continue;
      }
      asked++;
      if (verdict.kind === "right") continue;
      const comment = [test.comment, ...(test.flags ?? [])].filter(Boolean).join(", ");
      const { expected, got } = verdict;
      wrong.push({ id: `${vectors.name}#${test.tcId}`, comment, expected, got });
    }
  }
  const right = asked - wrong.length;
  return { file: vectors.name, right, asked, wrong, skipped: skippedTests };
}

async function answerOf(ask: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    return broken(`threw ${error}`);
  }
}

function familyOf(type: string, algorithm: string): Family {
  switch (type) {
    case "AeadTest":
      return aeadFamily(algorithm);
    case "MacTest":
      return algorithm.startsWith("HMAC") ? hmacFamily(algorithm) : () => skipped(algorithm);
    case "HkdfTest":
      return hkdfFamily(algorithm);
    case "MlDsaSign":
    case "MlDsaSignSeed":
    case "MlDsaSignNoSeed":
      return mlDsaSignFamily(algorithm);
  }
  return FAMILIES[type] ?? (() => skipped(`Tests of type ${type}`));
}

const FAMILIES: Readonly<Record<string, Family>> = {
  EcdhTest: ecdhFamily,
  EcdhPemTest: ecdhFamily,
  EcdhEcpointTest: ecdhFamily,
  EcdhWebcryptoTest: ecdhFamily,
  XdhComp: x25519Family,
  XdhAsnComp: x25519Family,
  XdhPemComp: x25519Family,
  XdhJwkComp: x25519Family,
  MLKEMTest: mlKemFamily,
  MLKEMEncapsTest: mlKemEncapsFamily,
  MLKEMKeyGen: mlKemKeygenFamily,
  MLKEMDecapsValidationTest: mlKemDecapsFamily,
  EcdsaVerify: ecdsaFamily,
  EcdsaP1363Verify: ecdsaFamily,
  EddsaVerify: eddsaFamily,
  RsassaPkcs1Verify: rsaPkcs1Family,
  RsassaPkcs1Generate: rsaGenerateFamily,
  RsassaPssVerify: rsaPssFamily,
  RsassaPssWithParametersVerify: rsaPssFamily,
  MlDsaVerify: mlDsaVerifyFamily,
};
