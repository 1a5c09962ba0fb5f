/**
 * Object identifiers that keys, signatures and their parameters share.
 *
 * @module
 */
import type { HashName, KeyType } from "../provider/provider.ts";

/** Algorithms of keys, named curves, and the hashes and mask generation of RSA. */
export const Oid = {
  "rsa": "1.2.840.113549.1.1.1",
  "rsa-pss": "1.2.840.113549.1.1.10",
  "mgf1": "1.2.840.113549.1.1.8",
  "ecPublicKey": "1.2.840.10045.2.1",
  "secp256r1": "1.2.840.10045.3.1.7",
  "secp384r1": "1.3.132.0.34",
  "secp521r1": "1.3.132.0.35",
  "ed25519": "1.3.101.112",
  "mldsa44": "2.16.840.1.101.3.4.3.17",
  "mldsa65": "2.16.840.1.101.3.4.3.18",
  "mldsa87": "2.16.840.1.101.3.4.3.19",
  "sha256": "2.16.840.1.101.3.4.2.1",
  "sha384": "2.16.840.1.101.3.4.2.2",
  "sha512": "2.16.840.1.101.3.4.2.3",
} as const satisfies Record<KeyType | HashName | "mgf1" | "ecPublicKey", string>;
