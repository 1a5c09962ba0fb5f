/**
 * A certificate and its key in files that somebody else renews: looked at every so often, and taken
 * over when they have changed. Connections that are up keep what they were shown.
 *
 * @module
 */
import type { Credential } from "../../tls/config.ts";
import type { Provider, Random } from "../../tls/provider/provider.ts";
import { CredentialError, readCredential, type SourceText } from "./credentials.ts";

/** What reading files takes. */
export interface FileMeans {
  readonly provider: Provider;
  readonly random: Random;
  /** A whole file, `undefined` when there is none; throws when it may not be read. */
  readFile(path: string): Uint8Array | undefined;
}

/** What was found when the files were looked at again. */
export type FilesChange =
  | { readonly kind: "same" }
  | { readonly kind: "renewed"; readonly credential: Credential }
  /** The old ones stay in use. Told once for each state of the files. */
  | { readonly kind: "broken"; readonly error: Error };

/** See the module comment. */
export class CertificateFiles {
  readonly #means: FileMeans;
  readonly #certPath: string;
  readonly #keyPath: string;
  #seen: readonly (SourceText | undefined)[] = [];
  /** Why the files could not be read at the last look. */
  #unreadable: string | undefined;

  constructor(means: FileMeans, certPath: string, keyPath: string) {
    this.#means = means;
    this.#certPath = certPath;
    this.#keyPath = keyPath;
  }

  /** Whether there is a certificate; its key may be missing still. */
  get exist(): boolean {
    return this.#means.readFile(this.#certPath) !== undefined;
  }

  /** Reads both. Throws a {@link CredentialError} that says what is wrong. */
  load(): Credential {
    this.#seen = this.#texts();
    return this.#parsed();
  }

  /** Looks whether they have changed since the last look. Never throws. */
  look(): FilesChange {
    try {
      const texts = this.#texts();
      this.#unreadable = undefined;
      if (texts.every((text, at) => text?.text === this.#seen[at]?.text)) return { kind: "same" };
      this.#seen = texts;
      return { kind: "renewed", credential: this.#parsed() };
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      if (error.message === this.#unreadable) return { kind: "same" };
      if (!(error instanceof CredentialError)) this.#unreadable = error.message;
      return { kind: "broken", error };
    }
  }

  #texts(): readonly (SourceText | undefined)[] {
    return [this.#certPath, this.#keyPath].map((origin) => {
      const bytes = this.#means.readFile(origin);
      return bytes && { origin, text: new TextDecoder().decode(bytes) };
    });
  }

  #parsed(): Credential {
    const [certificates, key] = this.#seen;
    const missing = certificates === undefined ? this.#certPath : this.#keyPath;
    if (certificates === undefined || key === undefined) {
      throw new CredentialError(
        `There is no file ${missing}: put it there, or name another in cert_file and key_file`,
      );
    }
    return readCredential(this.#means.provider, this.#means.random, certificates, key);
  }
}
