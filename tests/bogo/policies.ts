/**
 * What BoringSSL negotiates by default and under its compliance policies: the runner's tests take
 * these lists for granted.
 *
 * @module
 */
import { CipherSuiteId, NamedGroup, SignatureScheme } from "../../tls/registry.ts";
import type { Policy } from "./settings.ts";

/** In order of preference. */
export interface Negotiable {
  readonly cipherSuites: readonly CipherSuiteId[];
  readonly groups: readonly NamedGroup[];
  /** Of the peer's signatures. */
  readonly verifySchemes: readonly SignatureScheme[];
  /** Of our own signatures; `undefined`: whatever the key can. */
  readonly signSchemes: readonly SignatureScheme[] | undefined;
}

const { TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256 } =
  CipherSuiteId;

/** Without AES instructions, ChaCha20 comes first. */
export const DEFAULTS: Negotiable = {
  cipherSuites: [TLS_CHACHA20_POLY1305_SHA256, TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384],
  groups: [
    NamedGroup.X25519MLKEM768,
    NamedGroup.x25519,
    NamedGroup.secp256r1,
    NamedGroup.secp384r1,
  ],
  verifySchemes: [
    SignatureScheme.ecdsa_secp256r1_sha256,
    SignatureScheme.rsa_pss_rsae_sha256,
    SignatureScheme.rsa_pkcs1_sha256,
    SignatureScheme.ecdsa_secp384r1_sha384,
    SignatureScheme.rsa_pss_rsae_sha384,
    SignatureScheme.rsa_pkcs1_sha384,
    SignatureScheme.rsa_pss_rsae_sha512,
    SignatureScheme.rsa_pkcs1_sha512,
  ],
  signSchemes: undefined,
};

const FIPS_SCHEMES = [
  SignatureScheme.rsa_pkcs1_sha256,
  SignatureScheme.rsa_pkcs1_sha384,
  SignatureScheme.rsa_pkcs1_sha512,
  SignatureScheme.ecdsa_secp256r1_sha256,
  SignatureScheme.ecdsa_secp384r1_sha384,
  SignatureScheme.rsa_pss_rsae_sha256,
  SignatureScheme.rsa_pss_rsae_sha384,
  SignatureScheme.rsa_pss_rsae_sha512,
];
const WPA_SCHEMES = [
  SignatureScheme.rsa_pkcs1_sha384,
  SignatureScheme.rsa_pkcs1_sha512,
  SignatureScheme.ecdsa_secp384r1_sha384,
  SignatureScheme.rsa_pss_rsae_sha384,
  SignatureScheme.rsa_pss_rsae_sha512,
];
const CNSA_SCHEMES = [
  SignatureScheme.ecdsa_secp384r1_sha384,
  SignatureScheme.rsa_pss_rsae_sha384,
  SignatureScheme.rsa_pkcs1_sha384,
];

/** SP 800-52r2, WPA 3.1 §3.5, CNSA 1.0 (RFC 9151) and 2.0. */
export const POLICIES: Readonly<Record<Policy, Negotiable>> = {
  "fips-202205": {
    cipherSuites: [TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384],
    groups: [NamedGroup.secp256r1, NamedGroup.secp384r1],
    verifySchemes: FIPS_SCHEMES,
    signSchemes: FIPS_SCHEMES,
  },
  "wpa-202304": {
    cipherSuites: [TLS_AES_256_GCM_SHA384],
    groups: [NamedGroup.secp384r1],
    verifySchemes: WPA_SCHEMES,
    signSchemes: WPA_SCHEMES,
  },
  "cnsa-202407": {
    ...DEFAULTS,
    cipherSuites: [TLS_AES_256_GCM_SHA384, TLS_AES_128_GCM_SHA256, TLS_CHACHA20_POLY1305_SHA256],
  },
  "cnsa1-202603": {
    cipherSuites: [TLS_AES_256_GCM_SHA384],
    groups: [NamedGroup.MLKEM1024, NamedGroup.secp384r1],
    verifySchemes: CNSA_SCHEMES,
    signSchemes: CNSA_SCHEMES,
  },
  "cnsa2-202603": {
    cipherSuites: [TLS_AES_256_GCM_SHA384],
    groups: [NamedGroup.MLKEM1024],
    verifySchemes: CNSA_SCHEMES,
    signSchemes: CNSA_SCHEMES,
  },
};
