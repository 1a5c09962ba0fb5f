/**
 * Which certificate to show to a peer, and what to staple to it (RFC 8446 §4.4.2); either role.
 *
 * @module
 */
import { TlsError } from "./alert.ts";
import { equal } from "./bytes.ts";
import type { Credential } from "./config.ts";
import type { CertificateEntry } from "./messages.ts";
import type { SignatureScheme } from "./registry.ts";
import { chooseScheme } from "./signatures.ts";

/** A credential and the scheme to sign with. */
export interface ChosenCredential {
  readonly credential: Credential;
  readonly scheme: SignatureScheme;
}

/** The first of `candidates` whose key and issuer suit the peer. */
export function firstFitting(
  candidates: readonly Credential[],
  peerSchemes: readonly number[],
  peerAuthorities: readonly Uint8Array[] | undefined,
): ChosenCredential | undefined {
  for (const credential of candidates) {
    if (!matchesIssuer(credential, peerAuthorities)) continue;
    const scheme = chooseScheme(credential, peerSchemes);
    if (scheme !== undefined) return { credential, scheme };
  }
  return undefined;
}

/** Why none of `candidates` fitted: the last reason, as with who tries one after the other. */
export function refusal(
  candidates: readonly Credential[],
  peerAuthorities: readonly Uint8Array[] | undefined,
): TlsError {
  const last = candidates.at(-1);
  if (last !== undefined && !matchesIssuer(last, peerAuthorities)) {
    return new TlsError("noMatchingIssuer", "Peer trusts none of the certificates' issuers");
  }
  return new TlsError("noCommonSignatureScheme", "No certificate's key fits the peer's schemes");
}

function matchesIssuer(
  { mustMatchIssuers }: Credential,
  peerAuthorities: readonly Uint8Array[] | undefined,
): boolean {
  if (mustMatchIssuers === undefined) return true;
  return mustMatchIssuers.some((own) => peerAuthorities?.some((each) => equal(own, each)));
}

/** The chain as Certificate carries it, with the staples that the peer asked for (§4.4.2.1). */
export function certificateEntries(
  { chain, ocspResponse, signedCertificateTimestamps }: Credential,
  asked: { readonly statusRequest?: boolean; readonly signedCertificateTimestamp?: boolean },
): CertificateEntry[] {
  const staples = {
    ...(asked.statusRequest && ocspResponse !== undefined ? { ocspResponse } : {}),
    ...(asked.signedCertificateTimestamp && signedCertificateTimestamps !== undefined
      ? { signedCertificateTimestamps }
      : {}),
  };
  return chain.map((data, at) => ({ data, ...(at === 0 ? staples : {}) }));
}
