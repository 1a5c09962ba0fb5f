/**
 * RSA signing beside BigInt and node:crypto.
 *
 * @module
 */
import { generateKeyPairSync, sign } from "node:crypto";
import { reference } from "../../../tls/provider/reference.ts";
import { simd } from "../../../tls/provider/simd.ts";
import { SignatureScheme } from "../../../tls/registry.ts";
import type { Race } from "../interleave.ts";

export function rsaRaces(): Race[] {
  return [2048, 3072, 4096].map((modulusLength) => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength });
    const der = new Uint8Array(privateKey.export({ format: "der", type: "pkcs8" }));
    const [kernel, bigint] = [simd, reference].map((provider) => provider.loadKey(der));
    const message = crypto.getRandomValues(new Uint8Array(130));
    const scheme = SignatureScheme.rsa_pss_rsae_sha256;
    return {
      name: `rsa-${modulusLength}, sign with PSS`,
      rivals: {
        "kernel": () => kernel.sign(scheme, message),
        "BigInt": () => bigint.sign(scheme, message),
        "node:crypto": () => sign("sha256", message, { key: privateKey, padding: 6 }),
      },
    };
  });
}
