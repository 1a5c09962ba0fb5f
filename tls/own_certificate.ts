/**
 * The Certificate message that a server shows (RFC 8446 §4.4.2), made once for all clients that ask
 * for the same: nothing of it belongs to a connection.
 *
 * @module
 */
import type { ClientHello } from "./client_hello.ts";
import type { CommonConfig, Credential } from "./config.ts";
import { certificateEntries } from "./credentials.ts";
import { makeCertificate } from "./peer_certificate.ts";

/** What clients ask of the message. */
export type CertificateWishes = Pick<
  ClientHello,
  "statusRequest" | "signedCertificateTimestamp" | "compressCertificate"
>;

/** The message for `credential`, header included; not to be written to. */
export function ownCertificate(
  credential: Credential,
  asked: CertificateWishes,
  config: CommonConfig,
): Uint8Array {
  const { statusRequest = false, signedCertificateTimestamp = false, compressCertificate } = asked;
  const algorithm = config.certificateCompression
    ?.find((each) => compressCertificate?.includes(each.algorithm))?.algorithm;
  const wishes = `${statusRequest} ${signedCertificateTimestamp} ${algorithm}`;
  const known = messages.get(credential) ?? new Map<string, Uint8Array>();
  messages.set(credential, known);
  let message = known.get(wishes);
  if (message === undefined) {
    const entries = certificateEntries(credential, asked);
    message = makeCertificate({ context: NOTHING, entries }, config, compressCertificate);
    known.set(wishes, message);
  }
  return message;
}

/** By what was asked for; a credential is never changed. */
const messages = new WeakMap<Credential, Map<string, Uint8Array>>();

const NOTHING = new Uint8Array(0);
