/**
 * The ways in which the server under examination is set up, and the files its clients need.
 *
 * @module
 */
import { brotliCompressSync, brotliDecompressSync, deflateSync, inflateSync } from "node:zlib";
import type {
  CertificateCompression,
  Credential,
  ExternalPsk,
  ServerConfig,
} from "../../tls/config.ts";
import type { KeyType, Provider } from "../../tls/provider/provider.ts";
import { referenceMoreGroups } from "../../tls/provider/reference.ts";
import { simd } from "../../tls/provider/simd.ts";
import { SignatureScheme } from "../../tls/registry.ts";
import { RotatingTicketer } from "../../tls/ticketer.ts";
import { issueAuthority, issueLeaf } from "../../tls/x509/issue.ts";
import { toPem } from "../../tls/x509/pem.ts";
import { credulous } from "../support/tls_pair.ts";

/** One way to set the server up. */
export interface Setup {
  /** A certificate for each. */
  readonly keys: readonly KeyType[];
  /** Sends back what it gets, in place of a page. */
  readonly echoes?: true;
  /** Asks clients for a certificate. */
  readonly asksClients?: true;
  readonly compresses?: true;
  /** Knows a PSK that tlsfuzzer is told, too. */
  readonly hasPsk?: true;
  /** Schemes that clients may sign with; the engine's default when left out. */
  readonly verifies?: readonly SignatureScheme[];
}

const LATTICE_SCHEMES = [
  SignatureScheme.mldsa87,
  SignatureScheme.mldsa65,
  SignatureScheme.mldsa44,
  SignatureScheme.rsa_pss_rsae_sha256,
];

export const SETUPS = {
  rsa: { keys: ["rsa"] },
  rsaPss: { keys: ["rsa-pss"] },
  bothRsa: { keys: ["rsa", "rsa-pss"] },
  ecdsa: { keys: ["secp256r1", "secp384r1", "secp521r1"] },
  ed25519: { keys: ["ed25519"] },
  echo: { keys: ["rsa"], echoes: true },
  asking: { keys: ["rsa"], asksClients: true },
  askingLattices: { keys: ["rsa"], asksClients: true, verifies: LATTICE_SCHEMES },
  psk: { keys: ["rsa"], hasPsk: true },
  compressing: { keys: ["rsa"], compresses: true },
  askingCompressed: { keys: ["rsa"], asksClients: true, compresses: true },
} as const satisfies Record<string, Setup>;

export type SetupName = keyof typeof SETUPS;

/** For the set-ups that have one; no secret. */
export const PSK = {
  externalIdentity: new TextEncoder().encode("examiner"),
  key: new Uint8Array(32).fill(0xaa),
  hash: "sha256",
  isPlain: true,
} as const satisfies ExternalPsk;

/** Everything there is, whatever the default. */
const PROVIDER: Provider = { ...simd, groups: [...simd.groups, ...referenceMoreGroups] };

export async function configOf(setup: Setup): Promise<ServerConfig> {
  return {
    provider: PROVIDER,
    random: randomBytes,
    now: Date.now,
    credentials: [
      ...(setup.hasPsk ? [PSK] : []),
      ...await Promise.all(setup.keys.map((type) => makeCredential(type))),
    ],
    tickets: {
      ticketer: new RotatingTicketer({
        suite: PROVIDER.cipherSuites[0],
        random: randomBytes,
        now: Date.now,
      }),
    },
    ...(setup.asksClients ? { clientAuth: { mode: "optional", verifier: credulous } } : {}),
    ...(setup.verifies === undefined ? {} : { verifySchemes: setup.verifies }),
    ...(setup.compresses ? { certificateCompression: COMPRESSIONS } : {}),
  };
}

/** Writes a client's certificate and key into `folder`, as PEM; gives their paths. */
export async function writeClient(
  type: KeyType,
  folder: string,
): Promise<{ certificate: string; key: string }> {
  const { chain, key } = await makeCredential(type);
  const paths = { certificate: `${folder}/${type}.pem`, key: `${folder}/${type}.key` };
  Deno.writeTextFileSync(paths.certificate, toPem("CERTIFICATE", chain[0]));
  Deno.writeTextFileSync(paths.key, toPem("PRIVATE KEY", key.toPkcs8!()));
  return paths;
}

/** A leaf for `localhost` and the authority above it, both with keys of `type`. */
async function makeCredential(type: KeyType): Promise<Credential> {
  const means = { random: randomBytes, sha256: PROVIDER.hashes.sha256, nowMs: Date.now() };
  const key = PROVIDER.generateKey(type, randomBytes);
  const authorityKey = PROVIDER.generateKey(type, randomBytes);
  const subject = { commonName: `Examiner's authority with ${type}`, lifetimeMs: DAY_MS };
  const authority = await issueAuthority(subject, authorityKey, means);
  const leaf = await issueLeaf(
    {
      publicKey: key.publicKey,
      lifetimeMs: DAY_MS,
      purposes: ["serverAuth", "clientAuth"],
      dnsNames: ["localhost"],
    },
    authority,
    authorityKey,
    means,
  );
  return { chain: [leaf, authority], key };
}

function randomBytes(into: Uint8Array): void {
  crypto.getRandomValues(into as Uint8Array<ArrayBuffer>);
}

/** RFC 8879 §3. What claims to be short and is not stops where it should end. */
const COMPRESSIONS: readonly CertificateCompression[] = [
  {
    algorithm: 2,
    compress: (message) => brotliCompressSync(message),
    decompress: (bytes, length) => brotliDecompressSync(bytes, { maxOutputLength: length }),
  },
  {
    algorithm: 1,
    compress: (message) => deflateSync(message),
    decompress: (bytes, length) => inflateSync(bytes, { maxOutputLength: length }),
  },
];

const DAY_MS = 86_400_000;
