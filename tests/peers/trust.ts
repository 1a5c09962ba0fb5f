/**
 * Verifiers that believe what the lab's authority issued.
 *
 * @module
 */
import type { PeerVerifier } from "../../tls/config.ts";
import { simd } from "../../tls/provider/simd.ts";
import { TrustAnchors } from "../../tls/x509/trust.ts";
import { clientCertificateVerifier, serverCertificateVerifier } from "../../tls/x509/verifier.ts";

/** Of a peer of that role, by a PEM file of anchors. */
export function trusting(ca: string, role: "client" | "server"): PeerVerifier {
  const anchors = TrustAnchors.fromPem(Deno.readTextFileSync(ca));
  const options = { verify: simd.verify, anchors };
  return role === "server"
    ? serverCertificateVerifier(options)
    : clientCertificateVerifier(options);
}
