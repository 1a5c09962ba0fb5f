/**
 * What a connection is configured with: plain values, shared by many connections and never changed.
 * The outside world (time, randomness, the verifier's trust) comes in here, and only here.
 *
 * @module
 */
import type { HashName, Provider, PublicKey, Random, SigningKey } from "./provider/provider.ts";
import type { CertificateType, CipherSuiteId, NamedGroup, SignatureScheme } from "./registry.ts";
import type { ClientSession } from "./resumption.ts";

/** What both roles have in common. */
export interface CommonConfig {
  readonly provider: Provider;
  readonly random: Random;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** In order of preference; the provider's when left out. */
  readonly cipherSuites?: readonly CipherSuiteId[];
  /** In order of preference; the provider's when left out. */
  readonly groups?: readonly NamedGroup[];
  /** Schemes that the peer may sign its handshake with, preferred first; all that the provider verifies when left out. */
  readonly verifySchemes?: readonly SignatureScheme[];
  /** ALPN names (RFC 7301), preferred first. None: the extension is not used. */
  readonly alpnProtocols?: readonly string[];
  /** Takes lines of the SSLKEYLOGFILE format, without line ends. For debugging only: it gives away the traffic. */
  readonly keyLog?: (line: string) => void;
  /** Largest TLSInnerPlaintext content to send and to ask the peer for (RFC 8449); 64 to 16384. */
  readonly recordSizeLimit?: number;
  /** Largest content to send, without a word to the peer; 16384 unless said otherwise. */
  readonly sendContentBytesMax?: number;
  /** Largest Certificate message taken from the peer, in bytes; 100 KiB unless said otherwise. */
  readonly certificateBytesMax?: number;
  /** Pads each record's content to a multiple of so many bytes (RFC 8446 §5.4); 0, the default, for none. */
  readonly paddingMultiple?: number;
  /** What QUIC tells the peer (RFC 9001 §8.2), opaque here. */
  readonly quicTransportParameters?: Uint8Array;
  /** Sends values nobody knows, so that peers stay tolerant (RFC 8701). */
  readonly grease?: boolean;
  /** Whether the peer's certificate is verified again when a session is resumed; false unless said otherwise. */
  readonly reverifyOnResumption?: boolean;
  /** What the peer may prove itself with (RFC 7250), preferred first; X.509 alone unless said otherwise. */
  readonly acceptedCertificateTypes?: readonly CertificateType[];
  /** Certificate compression (RFC 8879), preferred first. */
  readonly certificateCompression?: readonly CertificateCompression[];
}

export interface ServerConfig extends CommonConfig {
  /** Chooses what the server shows; a list stands for "the first that fits the client". */
  readonly credentials: readonly (Credential | ExternalPsk)[] | CredentialResolver;
  /** Asks clients for a certificate. Left out: they are not asked. */
  readonly clientAuth?: ClientAuth;
  /** Makes and opens tickets; left out: no resumption. */
  readonly tickets?: TicketConfig;
  /** What happens when the client offers ALPN and nothing is in common: an alert (RFC 7301 §3.2), or no ALPN. */
  readonly alpnMismatch?: "alert" | "ignore";
  /** Keys for encrypted ClientHellos (RFC 9849). None: ECH is not noticed. */
  readonly ech?: readonly EchKey[];
  /**
   * When a HelloRetryRequest asks for another key share: when the preferred group has none, or, a round
   * trip being worth more than the preference, only when no group has one; "preferred" unless said otherwise.
   */
  readonly groupRetry?: "preferred" | "needed";
  /** Whose order of cipher suites and groups counts; "server" unless said otherwise. */
  readonly preference?: "server" | "client";
}

export interface ClientConfig extends CommonConfig {
  /** The name or address to be verified, and sent as SNI when it is a DNS name. */
  readonly serverName: string;
  /** Says whether the server's certificate is right for `serverName`. Left out: only a PSK will do. */
  readonly verifier?: PeerVerifier;
  /** PSKs to offer, and what to show when the server asks for a certificate; none: an empty Certificate. */
  readonly credentials?: readonly (Credential | ExternalPsk)[];
  /** Types of certificate to offer for this side (RFC 7250); those of `credentials` when left out. */
  readonly offeredCertificateTypes?: readonly CertificateType[];
  /** A session to resume; it is used once. */
  readonly session?: ClientSession;
  /** Sends what {@link sendEarlyData} is given before the server has answered, if the session allows. */
  readonly earlyData?: boolean;
  /** Groups to send a key share for; the first of `groups` when left out. */
  readonly keyShares?: readonly NamedGroup[];
  /** Whether SNI is sent; true unless said otherwise. */
  readonly sendServerName?: boolean;
  /** Asks for an OCSP response (RFC 6066 §8). */
  readonly requestOcsp?: boolean;
  /** Asks for certificate timestamps (RFC 6962). */
  readonly requestTimestamps?: boolean;
  /** ECHConfigList of the server (RFC 9849), from DNS: encrypts the ClientHello, `serverName` included. */
  readonly echConfigList?: Uint8Array;
  /** Whether the connection fails before it begins when nothing in `echConfigList` can be used. */
  readonly echRequired?: boolean;
  /** Sends what looks like ECH where there is no configuration to use (RFC 9849 §6.2). */
  readonly echGrease?: boolean;
  /** Sends extensions in random order. */
  readonly permuteExtensions?: boolean;
}

/** A key that clients encrypt their hellos to. */
export interface EchKey {
  /** ECHConfig, as clients have it. */
  readonly config: Uint8Array;
  /** The X25519 private key: 32 bytes. */
  readonly privateKey: Uint8Array;
  /** Whether clients that used an old configuration are told this one. */
  readonly isRetryConfig: boolean;
}

/** A secret both sides were given before (RFC 8446 §2.2), imported as RFC 9258 says, unless it is plain. */
export interface ExternalPsk {
  readonly externalIdentity: Uint8Array;
  /** Random or otherwise unguessable: it is the key of everything. */
  readonly key: Uint8Array;
  /** Of which hash `key` is. */
  readonly hash: HashName;
  /** Binds the key to a use; none unless said otherwise. */
  readonly context?: Uint8Array;
  /** Used as it is, for peers that import nothing: with suites of `hash` alone, and without `context`. */
  readonly isPlain?: boolean;
}

/** A certificate chain, or a raw public key, with its private key. */
export interface Credential {
  /** DER certificates, the leaf first; for a raw public key one DER SubjectPublicKeyInfo. */
  readonly chain: readonly Uint8Array[];
  /** X.509 unless said otherwise. */
  readonly type?: CertificateType;
  readonly key: SigningKey;
  /** Schemes to sign with, preferred first; the key's when left out. */
  readonly schemes?: readonly SignatureScheme[];
  /** DER OCSPResponse to staple. */
  readonly ocspResponse?: Uint8Array;
  /** SignedCertificateTimestampList (RFC 6962 §3.3) to staple. */
  readonly signedCertificateTimestamps?: Uint8Array;
  /** DER names of those who issued the chain: it is passed over for a peer that trusts none of them. */
  readonly mustMatchIssuers?: readonly Uint8Array[];
}

/** What of a ClientHello decides which certificate is shown. */
export interface ClientHelloInfo {
  /** Lower-case DNS name of SNI. */
  readonly serverName: string | undefined;
  readonly alpnProtocols: readonly string[];
  readonly signatureSchemes: readonly number[];
  readonly cipherSuites: readonly number[];
  readonly groups: readonly number[];
  /** DER names of certificate authorities the client trusts (RFC 8446 §4.2.4). */
  readonly certificateAuthorities: readonly Uint8Array[];
}

/** Chooses credentials by ClientHello; those whose key fits none of the client's schemes are passed over. */
export interface CredentialResolver {
  /** Candidates, preferred first; none: the handshake fails with `unrecognized_name`. */
  resolve(hello: ClientHelloInfo): readonly (Credential | ExternalPsk)[];
}

export interface ClientAuth {
  readonly mode: "optional" | "required";
  readonly verifier: PeerVerifier;
  /** DER names sent as hints (certificate_authorities). */
  readonly certificateAuthorities?: readonly Uint8Array[];
}

/** Decides whether a certificate is believed. The proof that the peer has its key is the engine's business. */
export interface PeerVerifier {
  /**
   * Throws a `TlsError` with a certificate alert when `peer` is not believed. What it returns is
   * kept as the connection's `peerIdentity`.
   */
  verify(peer: PeerCertificates): PeerIdentity;
}

/** What the peer showed. */
export interface PeerCertificates {
  /** DER certificates as sent, the peer's own first, at least one; or one DER SubjectPublicKeyInfo. */
  readonly chain: readonly Uint8Array[];
  readonly type: CertificateType;
  /** DER OCSPResponse, if one was stapled. */
  readonly ocspResponse?: Uint8Array;
  readonly signedCertificateTimestamps?: Uint8Array;
  /** Client only: the name that was dialled. */
  readonly serverName?: string;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number;
}

/** A believed peer: its key, and whatever names the verifier took from its certificate. */
export interface PeerIdentity {
  readonly publicKey: PublicKey;
  /** Subject alternative names by kind, as the certificate has them. */
  readonly names: readonly {
    readonly kind: "dns" | "ip" | "email" | "uri";
    readonly value: string;
  }[];
}

export interface TicketConfig {
  /** Seals and opens the session that a ticket stands for. */
  readonly ticketer: Ticketer;
  /** Tickets sent after a full handshake; 2 unless said otherwise. A resumed one brings one at most. */
  readonly count?: number;
  /** At most seven days (RFC 8446 §4.6.1); 6 hours unless said otherwise. */
  readonly lifetimeSeconds?: number;
  /** Bytes of 0-RTT data a client may send; 0, the default, forbids it. Needs `replays`. */
  readonly earlyDataBytesMax?: number;
  /** Remembers 0-RTT ClientHellos (RFC 8446 §8). */
  readonly replays?: ReplayStore;
}

/** Turns session state into an opaque ticket and back. */
export interface Ticketer {
  seal(state: Uint8Array): Uint8Array;
  /** `undefined` for a ticket of another key, an expired key or another program. */
  open(ticket: Uint8Array): Uint8Array | undefined;
}

/** Says of each 0-RTT ClientHello whether it was there before. */
export interface ReplayStore {
  /** `true` the first time `id` is seen; the id can be forgotten after `untilMs`. `false` also when it has no room. */
  admit(id: Uint8Array, untilMs: number): boolean;
}

/** A way to compress Certificate messages (RFC 8879 §3). */
export interface CertificateCompression {
  /** IANA's number: 1 zlib, 2 brotli, 3 zstd. */
  readonly algorithm: number;
  compress(message: Uint8Array): Uint8Array;
  /** Throws or gives another length than `uncompressedLength` when the bytes are not what they claim. */
  decompress(bytes: Uint8Array, uncompressedLength: number): Uint8Array;
}
