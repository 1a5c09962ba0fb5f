/**
 * Signing keys of the runtime's own cryptography: an oracle for what the product signs and verifies.
 *
 * @module
 */
import type { SigningKey } from "../../tls/provider/provider.ts";
import { SignatureScheme } from "../../tls/registry.ts";

/** An Ed25519 key, with a way to verify what it signed. */
export async function webCryptoKey(): Promise<
  SigningKey & { verify(signature: Uint8Array, message: Uint8Array): Promise<boolean> }
> {
  const pair = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]);
  const { privateKey, publicKey } = pair as CryptoKeyPair;
  const bytes = new Uint8Array(await crypto.subtle.exportKey("raw", publicKey));
  return {
    publicKey: { type: "ed25519", bytes },
    schemes: [SignatureScheme.ed25519],
    async sign(_scheme, message) {
      return new Uint8Array(await crypto.subtle.sign("Ed25519", privateKey, message.slice()));
    },
    verify: (signature, message) =>
      crypto.subtle.verify("Ed25519", publicKey, signature.slice(), message.slice()),
  };
}
