/**
 * Which certificate to show to a peer, and what to staple to it (RFC 8446 §4.4.2); either role.
 *
 * @module
 */
import { TlsError } from "./alert.ts";
import { equal } from "./bytes.ts";
import type { Credential, ExternalPsk } from "./config.ts";
import type { CertificateEntry } from "./messages.ts";
import { CertificateType, nameOf, type SignatureScheme } from "./registry.ts";
import { chooseScheme } from "./signatures.ts";

/** What one side shows, with what it takes to prove it. */
export interface ChosenCredential {
  readonly credential: Credential;
  readonly scheme: SignatureScheme;
}

/** What a peer asks of a certificate. */
export interface CertificateDemands {
  readonly types: readonly number[];
  readonly schemes: readonly number[];
  /** DER names that the peer trusts; `undefined` when it did not say. */
  readonly authorities: readonly Uint8Array[] | undefined;
}

export function isPsk(credential: Credential | ExternalPsk): credential is ExternalPsk {
  return "externalIdentity" in credential;
}

export function certificateType(credential: Credential): CertificateType {
  return credential.type ?? CertificateType.X509;
}

/** How `credential` meets the demands, or the error that says why it does not. */
export function fit(
  credential: Credential,
  demands: CertificateDemands,
): ChosenCredential | TlsError {
  const type = certificateType(credential);
  if (!demands.types.includes(type)) {
    const name = nameOf(CertificateType, type);
    return new TlsError(
      "unknownCertificateType",
      `Peer does not take certificates of type ${name}`,
    );
  }
  const { mustMatchIssuers } = credential;
  const trusted = demands.authorities ?? [];
  if (mustMatchIssuers?.some((own) => trusted.some((each) => equal(own, each))) === false) {
    return new TlsError("noMatchingIssuer", "Peer trusts none of the certificates' issuers");
  }
  const scheme = chooseScheme(credential, demands.schemes);
  if (scheme !== undefined) return { credential, scheme };
  return new TlsError("noCommonSignatureScheme", "No certificate's key fits the peer's schemes");
}

/** The chain as Certificate carries it, with the staples that the peer asked for (§4.4.2.1). */
export function certificateEntries(
  { chain, ocspResponse, signedCertificateTimestamps }: Credential,
  asked: { readonly statusRequest?: boolean; readonly signedCertificateTimestamp?: boolean },
): CertificateEntry[] {
  const staples = {
    ocspResponse: asked.statusRequest ? ocspResponse : undefined,
    signedCertificateTimestamps: asked.signedCertificateTimestamp
      ? signedCertificateTimestamps
      : undefined,
  };
  return chain.map((data, at) => ({ data, ...(at === 0 ? staples : {}) }));
}
