/**
 * Makes a provider of its parts: every provider differs in these only.
 *
 * @module
 */
import { CipherSuiteId } from "../registry.ts";
import { curveGroup, hybrid, kemGroup, type SizedGroup, x25519Group } from "./groups.ts";
import { loadKey } from "./keys.ts";
import type { Parts } from "./parts.ts";
import type { CipherSuite, Provider } from "./provider.ts";
import { SIGNATURE_ALGORITHMS, verifier } from "./signatures.ts";
import { generateKey } from "./signing.ts";

/** A frozen provider named `name`. */
export function assemble(name: string, parts: Parts): Provider {
  return Object.freeze(
    {
      name,
      hashes: parts.hashes,
      cipherSuites: cipherSuites(parts),
      groups: groupsOf(parts).preferred,
      signatureAlgorithms: SIGNATURE_ALGORITHMS,
      verify: verifier(parts),
      loadKey: (der, random) => loadKey(parts, der, random),
      generateKey: (type, random) => generateKey(parts, type, random),
      buffers: parts.buffers,
    } satisfies Provider,
  );
}

/** Groups that are there to be asked for, as in `{ ...provider, groups: [...provider.groups, ...moreGroups(parts)] }`. */
export function moreGroups(parts: Parts): readonly SizedGroup[] {
  return groupsOf(parts).more;
}

/** ChaCha20-Poly1305 first: without AES instructions it is the fast one. */
function cipherSuites(parts: Parts): readonly CipherSuite[] {
  const { sha256, sha384 } = parts.hashes;
  return [
    {
      id: CipherSuiteId.TLS_CHACHA20_POLY1305_SHA256,
      aead: parts.chacha20Poly1305,
      hash: sha256,
      recordsMax: Infinity,
    },
    {
      id: CipherSuiteId.TLS_AES_128_GCM_SHA256,
      aead: parts.aes128Gcm,
      hash: sha256,
      recordsMax: AES_GCM_RECORDS_MAX,
    },
    {
      id: CipherSuiteId.TLS_AES_256_GCM_SHA384,
      aead: parts.aes256Gcm,
      hash: sha384,
      recordsMax: AES_GCM_RECORDS_MAX,
    },
  ];
}

function groupsOf(parts: Parts): { preferred: SizedGroup[]; more: SizedGroup[] } {
  const x25519 = x25519Group(parts.x25519);
  const secp256r1 = curveGroup(parts.secp256r1);
  const secp384r1 = curveGroup(parts.secp384r1);
  const secp521r1 = curveGroup(parts.secp521r1);
  const mlKem768 = kemGroup("MLKEM768", parts.mlKem768);
  const mlKem1024 = kemGroup("MLKEM1024", parts.mlKem1024);
  return {
    preferred: [
      // RFC 10024 §3: this hybrid alone has ML-KEM in front.
      hybrid("X25519MLKEM768", mlKem768, x25519),
      x25519,
      secp256r1,
      secp384r1,
    ],
    more: [
      hybrid("SecP256r1MLKEM768", secp256r1, mlKem768),
      hybrid("SecP384r1MLKEM1024", secp384r1, mlKem1024),
      mlKem768,
      mlKem1024,
      secp521r1,
    ],
  };
}

/** RFC 8446 §5.5: about 2^24.5 full-size records keep the margin of 2^-57. */
const AES_GCM_RECORDS_MAX = Math.floor(2 ** 24.5);
