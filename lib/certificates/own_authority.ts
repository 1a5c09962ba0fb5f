/**
 * The node's own certificate authority and the server certificate under it, made at the first start
 * and kept in the data directory, so that TLS is there without anybody doing anything.
 *
 * ```text
 * tls/ca.pem      to be trusted by clients      tls/ca.key      only this user may read it
 * tls/server.pem  made anew when it is due      tls/server.key  the same
 * ```
 *
 * @module
 */
import { equal } from "../../tls/bytes.ts";
import type { Credential } from "../../tls/config.ts";
import type { Provider, Random, SigningKey } from "../../tls/provider/provider.ts";
import type { Certificate } from "../../tls/x509/certificate.ts";
import { parseIpAddress } from "../../tls/x509/ip_address.ts";
import { issueAuthority, issueLeaf } from "../../tls/x509/issue.ts";
import type { Storage } from "../ports.ts";
import {
  certificatesPem,
  CredentialError,
  keyPem,
  type LoadedCredential,
  readCredential,
} from "./credentials.ts";

/** What making certificates takes. */
export interface AuthorityMeans {
  readonly storage: Storage;
  readonly provider: Provider;
  readonly random: Random;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** What a server is reached by. */
export interface ServerNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/** See the module comment. */
export class OwnAuthority {
  /** Where clients find the certificate to trust, below the data directory. */
  static readonly path = "tls/ca.pem";
  readonly #means: AuthorityMeans;
  readonly #authority: LoadedCredential;

  /**
   * Reads the authority, or makes it. `hostname` goes into its name.
   *
   * @throws {CredentialError} when its files are there and cannot be read
   */
  static async open(means: AuthorityMeans, hostname: string): Promise<OwnAuthority> {
    const { provider, random, storage } = means;
    const kept = readKept(means, "ca");
    if (kept !== undefined && kept.leaf.notAfterMs > means.now()) {
      return new OwnAuthority(means, kept);
    }
    const key = provider.generateKey("secp256r1", random);
    const commonName = `whippet local CA ${hostname} ${randomHex(random)}`.slice(0, NAME_BYTES_MAX);
    const der = await issueAuthority(
      { commonName, lifetimeMs: AUTHORITY_MS },
      key,
      issuing(means),
    );
    storage.makeDirectory("tls");
    write(storage, "ca", [der], key);
    return new OwnAuthority(means, readKept(means, "ca")!);
  }

  private constructor(means: AuthorityMeans, authority: LoadedCredential) {
    this.#means = means;
    this.#authority = authority;
  }

  /** DER of the certificate that clients trust. */
  get certificate(): Uint8Array {
    return this.#authority.chain[0];
  }

  /** The server's certificate with its key: the kept one, unless it is due or `names` are not its own. */
  async serverCredential(names: ServerNames): Promise<Credential> {
    const kept = this.#readServer();
    if (kept !== undefined && !this.#isDue(kept.leaf) && isFor(kept.leaf, names)) return kept;
    const { provider, random, storage } = this.#means;
    const key = provider.generateKey("secp256r1", random);
    const der = await issueLeaf(
      { publicKey: key.publicKey, lifetimeMs: LEAF_MS, purposes: ["serverAuth"], ...names },
      this.certificate,
      this.#authority.key,
      issuing(this.#means),
    );
    // Who trusts the authority has its certificate already.
    write(storage, "server", [der], key);
    return { chain: [der], key };
  }

  /** A server certificate that cannot be read is made anew, for nobody gave it. */
  #readServer(): LoadedCredential | undefined {
    try {
      return readKept(this.#means, "server");
    } catch (error) {
      if (error instanceof CredentialError) return undefined;
      throw error;
    }
  }

  #isDue({ notAfterMs, issuer }: Certificate): boolean {
    const isOurs = equal(issuer.der, this.#authority.leaf.subject.der);
    return !isOurs || notAfterMs - this.#means.now() < LEAF_MS * RENEWED_AT;
  }
}

function readKept(
  { storage, provider, random }: AuthorityMeans,
  name: "ca" | "server",
): LoadedCredential | undefined {
  const [certificates, key] = [`tls/${name}.pem`, `tls/${name}.key`].map((origin) => {
    const bytes = storage.readFile(origin);
    return bytes && { origin, text: new TextDecoder().decode(bytes) };
  });
  // A start that was cut short leaves a key without its certificate, which nobody has seen.
  if (certificates === undefined) return undefined;
  if (key === undefined) {
    throw new CredentialError(
      `tls/${name}.key is missing beside tls/${name}.pem: put it back, or remove both for new ones`,
    );
  }
  return readCredential(provider, random, certificates, key);
}

/** The key first: a certificate without its key would be no use. */
function write(
  storage: Storage,
  name: string,
  chain: readonly Uint8Array[],
  key: SigningKey,
): void {
  const files = [[`tls/${name}.key`, keyPem(key)], [`tls/${name}.pem`, certificatesPem(chain)]];
  for (const [path, text] of files) {
    storage.remove(`${path}.new`);
    const file = storage.open(`${path}.new`, { create: true, secret: true });
    try {
      file.append(new TextEncoder().encode(text));
    } finally {
      file.close();
    }
    storage.rename(`${path}.new`, path);
  }
}

/** Whether a certificate has all of `names`. */
function isFor(leaf: Certificate, { dnsNames, ipAddresses }: ServerNames): boolean {
  const names = leaf.extensions.subjectAltName ?? [];
  const hasAddress = (octets: Uint8Array) =>
    names.some((name) => name.kind === "ip" && equal(name.octets, octets));
  return dnsNames.every((text) =>
    names.some((name) => name.kind === "dns" && name.text === text)
  ) &&
    ipAddresses.every((address) => hasAddress(parseIpAddress(address) ?? new Uint8Array(0)));
}

function issuing({ provider, random, now }: AuthorityMeans) {
  return { random, sha256: provider.hashes.sha256, nowMs: now() };
}

function randomHex(random: Random): string {
  const bytes = new Uint8Array(4);
  random(bytes);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const DAY_MS = 86_400_000;
const AUTHORITY_MS = 3650 * DAY_MS;
const LEAF_MS = 90 * DAY_MS;
/** As a share of its life that is left. */
const RENEWED_AT = 1 / 3;
/** RFC 5280 appendix A.1, ub-common-name. */
const NAME_BYTES_MAX = 64;
