/**
 * The certificates of the node in words, for its dashboard.
 *
 * @module
 */
import { certificateFacts } from "../cli/describe_certificate.ts";
import { certificatesPem } from "../certificates/credentials.ts";
import { provider } from "../certificates/provider.ts";
import type { CertificateFacts, TlsFacts } from "../http/services.ts";
import { parseCertificate } from "../../tls/x509/certificate.ts";
import { namesOf } from "../../tls/x509/identity.ts";
import { nameText } from "../../tls/x509/name.ts";
import type { NodeTls } from "./tls.ts";

/** What is shown at this moment. `nowMs`: since the Unix epoch. */
export function shownCertificates(
  tls: Pick<NodeTls, "chains" | "authority">,
  nowMs: number,
): TlsFacts {
  const { authority } = tls;
  return {
    chains: tls.chains().map(({ transports, chain }) => ({
      transports,
      certificates: withAuthority(chain, authority).map((der) => factsOf(der, nowMs)),
    })),
    authorityPem: authority === undefined ? undefined : certificatesPem([authority]),
  };
}

/** Clients know the node's authority already, so it is not sent: people want to see it all the same. */
function withAuthority(
  chain: readonly Uint8Array[],
  authority: Uint8Array | undefined,
): readonly Uint8Array[] {
  if (authority === undefined) return chain;
  const { subject } = parseCertificate(authority.slice());
  const { issuer } = parseCertificate(chain.at(-1)!.slice());
  return nameText(issuer) === nameText(subject) ? [...chain, authority] : chain;
}

function factsOf(der: Uint8Array, nowMs: number): CertificateFacts {
  const certificate = parseCertificate(der.slice());
  const [first] = namesOf(certificate);
  return {
    // The name of a server is among its alternative names; its subject may say nothing.
    name: first?.value ?? nameText(certificate.subject),
    isAuthority: certificate.extensions.basicConstraints?.ca ?? false,
    notAfterMs: certificate.notAfterMs,
    facts: certificateFacts(certificate, nowMs, provider.hashes.sha256),
  };
}
