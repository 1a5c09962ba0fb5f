/**
 * ML-KEM (FIPS 203) and ML-DSA (FIPS 204), from noble.
 *
 * @module
 */
import { ml_dsa44, ml_dsa65, ml_dsa87 } from "@noble/post-quantum/ml-dsa.js";
import { ml_kem1024, ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import type { Kem, MlDsa } from "./parts.ts";

export const mlKem768: Kem = kem(ml_kem768, 1184, 1088);
export const mlKem1024: Kem = kem(ml_kem1024, 1568, 1568);

export const mldsa44: MlDsa = mlDsa(ml_dsa44, 1312, 2560);
export const mldsa65: MlDsa = mlDsa(ml_dsa65, 1952, 4032);
export const mldsa87: MlDsa = mlDsa(ml_dsa87, 2592, 4896);

function kem(
  noble: typeof ml_kem768,
  encapsulationKeyBytes: number,
  ciphertextBytes: number,
): Kem {
  return {
    encapsulationKeyBytes,
    ciphertextBytes,
    keygen(seed) {
      const { publicKey, secretKey } = noble.keygen(seed);
      return { encapsulationKey: publicKey, decapsulationKey: secretKey };
    },
    encapsulate(encapsulationKey, message) {
      return attempt(() => {
        const { cipherText, sharedSecret } = noble.encapsulate(encapsulationKey, message);
        return { ciphertext: cipherText, secret: sharedSecret.slice() };
      });
    },
    decapsulate: (decapsulationKey, ciphertext) =>
      attempt(() => noble.decapsulate(ciphertext, decapsulationKey).slice()),
  };
}

function mlDsa(noble: typeof ml_dsa44, publicKeyBytes: number, secretKeyBytes: number): MlDsa {
  return {
    publicKeyBytes,
    secretKeyBytes,
    keygen: (seed) => noble.keygen(seed),
    publicKeyOf: (secretKey) => attempt(() => noble.getPublicKey(secretKey)),
    sign: (secretKey, message, random) =>
      noble.sign(message, secretKey, { extraEntropy: random ?? false }),
    verify: (publicKey, message, signature, context) =>
      attempt(() => noble.verify(signature, message, publicKey, { context })) ?? false,
  };
}

/** noble throws for input of a wrong length or that fails FIPS's checks; those are answers here. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
