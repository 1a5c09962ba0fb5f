/**
 * The authorities that certificates of clients must come from, in a file that somebody else keeps.
 *
 * @module
 */
import type { PeerCertificates, PeerIdentity, PeerVerifier } from "../../tls/config.ts";
import { TrustAnchors } from "../../tls/x509/trust.ts";
import { clientCertificateVerifier } from "../../tls/x509/verifier.ts";
import { CredentialError, readCertificates } from "./credentials.ts";
import { provider } from "./provider.ts";

/** A verifier whose trust changes with its file. */
export class ClientAuthorities implements PeerVerifier {
  readonly #path: string;
  readonly #readFile: (path: string) => Uint8Array | undefined;
  #text: string | undefined;
  #verifier: PeerVerifier;

  /** Throws a {@link CredentialError} when there is no such file, or nothing in it that can be trusted. */
  constructor(path: string, readFile: (path: string) => Uint8Array | undefined) {
    this.#path = path;
    this.#readFile = readFile;
    this.#text = this.#read();
    this.#verifier = this.#parsed();
  }

  verify(peer: PeerCertificates): PeerIdentity {
    return this.#verifier.verify(peer);
  }

  /** Takes over what has changed; throws for what cannot be used, once, and keeps what was trusted. */
  look(): "same" | "renewed" {
    const text = this.#read();
    if (text === this.#text) return "same";
    this.#text = text;
    this.#verifier = this.#parsed();
    return "renewed";
  }

  #read(): string | undefined {
    const bytes = this.#readFile(this.#path);
    return bytes && new TextDecoder().decode(bytes);
  }

  #parsed(): PeerVerifier {
    const origin = this.#path;
    const text = this.#text;
    if (text === undefined) {
      throw new CredentialError(
        `There is no file ${origin}: put it there, or name another in client_certificates.ca_file`,
      );
    }
    return verifierOf(readCertificates({ origin, text }).map(({ der }) => der));
  }
}

/** Believes certificates of clients that come from `authorities`, in DER. */
export function verifierOf(authorities: readonly Uint8Array[]): PeerVerifier {
  return clientCertificateVerifier({
    verify: provider.verify,
    anchors: new TrustAnchors(authorities),
  });
}
