/**
 * The slow, short provider: all of it in TypeScript, over noble and BigInt, for reading and for
 * comparing with. It is not constant time: see the README.
 *
 * @module
 */
import { aes128Gcm, aes256Gcm, chacha20Poly1305, plainBuffers } from "./aeads.ts";
import { assemble, moreGroups } from "./assemble.ts";
import { ed25519, secp256r1, secp384r1, secp521r1, x25519 } from "./curves.ts";
import { hashes } from "./hashes.ts";
import { mldsa44, mldsa65, mldsa87, mlKem1024, mlKem768 } from "./lattices.ts";
import type { Parts } from "./parts.ts";
import type { Provider } from "./provider.ts";
import { modPow } from "./rsa.ts";

/** For other providers to take over what they do not replace. */
export const referenceParts: Parts = Object.freeze({
  hashes,
  chacha20Poly1305,
  aes128Gcm,
  aes256Gcm,
  buffers: plainBuffers,
  x25519,
  secp256r1,
  secp384r1,
  secp521r1,
  secretPower: modPow,
  mlKem768,
  mlKem1024,
  ed25519,
  mldsa44,
  mldsa65,
  mldsa87,
});

export const reference: Provider = assemble("reference", referenceParts);

/** SecP256r1MLKEM768, SecP384r1MLKEM1024, MLKEM768, MLKEM1024 and secp521r1, which few ask for. */
export const referenceMoreGroups = moreGroups(referenceParts);
