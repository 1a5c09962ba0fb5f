/**
 * Authorities and certificates for tests, made on the spot.
 *
 * @module
 */
import { certificatesPem, keyPem } from "../../lib/certificates/credentials.ts";
import { provider } from "../../lib/certificates/provider.ts";
import type { Credential } from "../../tls/config.ts";
import type { SigningKey } from "../../tls/provider/provider.ts";
import { toPem } from "../../tls/x509/pem.ts";
import { issueAuthority, issueLeaf, type LeafSubject } from "../../tls/x509/issue.ts";

/** An authority that issues at will. */
export class TestAuthority {
  readonly der: Uint8Array;
  readonly #key: SigningKey;

  static async make(commonName = "Test CA"): Promise<TestAuthority> {
    const key = provider.generateKey("secp256r1", random);
    const der = await issueAuthority({ commonName, lifetimeMs: 3650 * DAY_MS }, key, means());
    return new TestAuthority(der, key);
  }

  private constructor(der: Uint8Array, key: SigningKey) {
    this.der = der;
    this.#key = key;
  }

  get pem(): string {
    return certificatesPem([this.der]);
  }

  /** A leaf with its key, as PEM. For localhost and 127.0.0.1 unless said otherwise. */
  async issue(
    leaf: Partial<LeafSubject> = {},
    nowMs = Date.now(),
  ): Promise<Issued> {
    const key = provider.generateKey("secp256r1", random);
    const subject: LeafSubject = {
      publicKey: key.publicKey,
      lifetimeMs: 30 * DAY_MS,
      purposes: ["serverAuth"],
      ...(hasName(leaf) ? {} : { dnsNames: ["localhost"], ipAddresses: ["127.0.0.1"] }),
      ...leaf,
    };
    const der = await issueLeaf(subject, this.der, this.#key, means(nowMs));
    const credential = { chain: [der], key };
    return { certificate: certificatesPem([der]), key: keyPem(key), der, credential };
  }
}

/** PEM of a fresh key that signs slowly. */
export async function rsaKeyPem(): Promise<string> {
  const { privateKey } = await crypto.subtle.generateKey(
    {
      name: "RSA-PSS",
      hash: "SHA-256",
      modulusLength: 2048,
      publicExponent: Uint8Array.of(1, 0, 1),
    },
    true,
    ["sign", "verify"],
  );
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", privateKey);
  return toPem("PRIVATE KEY", new Uint8Array(pkcs8));
}

/** A leaf, as PEM and as the engine takes it. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
  readonly der: Uint8Array;
  readonly credential: Credential;
}

export function random(into: Uint8Array): void {
  crypto.getRandomValues(into as Uint8Array<ArrayBuffer>);
}

function hasName({ dnsNames, ipAddresses, emails, uris }: Partial<LeafSubject>): boolean {
  return [dnsNames, ipAddresses, emails, uris].some((names) => names !== undefined);
}

function means(nowMs = Date.now()) {
  return { random, sha256: provider.hashes.sha256, nowMs };
}

const DAY_MS = 86_400_000;
