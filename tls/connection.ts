/**
 * One TLS 1.3 connection, either role, without a socket: bytes in, bytes out, events.
 *
 * ```text
 * Handshaking --Finished both ways--> Traffic --close_notify both ways--> Closed
 *      any state --TlsError--> its alert is in `out`, once --> Closed
 * ```
 *
 * @module
 */
import type { Credential, ExternalPsk, PeerIdentity } from "./config.ts";
import type { Outgoing } from "./outgoing.ts";
import type { ClientSession } from "./resumption.ts";
import type { CipherSuiteId, NamedGroup, SignatureScheme } from "./registry.ts";

/** What happened while bytes were received, in order. */
export type TlsEvent =
  /** Application data: a view into the input, valid until the next call. */
  | { readonly type: "data"; readonly bytes: Uint8Array }
  /** 0-RTT data: may have been replayed (RFC 8446 §8). A view as above. */
  | { readonly type: "early-data"; readonly bytes: Uint8Array }
  /** The handshake is complete and the peer authenticated as configured. */
  | { readonly type: "connected" }
  /** Client: the server took, or did not take, the 0-RTT data. What was not taken is to be sent again. */
  | { readonly type: "early-data-accepted" | "early-data-rejected" }
  /** Client: the server sent a ticket. */
  | { readonly type: "session"; readonly session: ClientSession }
  /** The key answered with a promise: the connection waits for `provideSignature`, or for `fail`. */
  | {
    readonly type: "signature-wanted";
    readonly scheme: SignatureScheme;
    /** What `SigningKey.sign` gave. */
    readonly signature: Promise<Uint8Array>;
  }
  /** The peer sent close_notify: there is no more data from it. */
  | { readonly type: "end" }
  /** Without a record layer (QUIC): handshake bytes to be sent at a level. */
  | { readonly type: "handshake-bytes"; readonly level: Level; readonly bytes: Uint8Array }
  /** Without a record layer (QUIC): the secret of a level for one direction. */
  | {
    readonly type: "secret";
    readonly direction: "read" | "write";
    readonly level: Level;
    readonly cipherSuite: CipherSuiteId;
    readonly secret: Uint8Array;
  };

/** Where traffic secrets and handshake bytes belong (RFC 9001 §4 names them so). */
export type Level = "initial" | "early" | "handshake" | "application";

/** What was agreed. */
export interface Negotiated {
  readonly cipherSuite: CipherSuiteId;
  readonly group: NamedGroup;
  readonly alpnProtocol: string | undefined;
  readonly serverName: string | undefined;
  readonly resumed: boolean;
  readonly helloRetried: boolean;
  readonly earlyDataAccepted: boolean;
  readonly peerIdentity: PeerIdentity | undefined;
  /** Scheme of the peer's CertificateVerify; `undefined` where there was none. */
  readonly peerSignatureScheme: SignatureScheme | undefined;
  /** What this side showed. */
  readonly credential: Credential | ExternalPsk | undefined;
  /** Why 0-RTT data was, or was not, accepted. */
  readonly earlyDataReason: EarlyDataReason;
  /** What the peer tells QUIC. */
  readonly quicTransportParameters: Uint8Array | undefined;
  /** Whether the hello that was answered came encrypted (RFC 9849). */
  readonly echAccepted: boolean;
}

/** Why 0-RTT data was, or was not, accepted. */
export type EarlyDataReason =
  | "accepted"
  | "disabled"
  | "no session offered"
  | "session not resumed"
  | "unsupported for session"
  | "hello retry request"
  | "ALPN mismatch"
  | "ticket age skew"
  | "replayed"
  | "peer declined";

/** The calls that drivers use; `ServerConnection` and `ClientConnection` implement them. */
export interface TlsConnection {
  /** Once, before all else: a client puts its ClientHello into `out`. */
  start(out: Outgoing, events: TlsEvent[]): void;
  /**
   * Takes in what the peer sent: whole records are opened in place in `input`, what they cause to be
   * sent is put in `out`, what they mean is appended to `events`.
   *
   * @returns how many bytes were consumed; the rest is the beginning of a record, to be handed in
   * again with more behind it (a record has at most 16,645 bytes)
   * @throws TlsError when the connection has failed; the alert is in `out`, and everything later
   * is refused. Events before the failure are in `events`.
   */
  receive(input: Uint8Array, out: Outgoing, events: TlsEvent[]): number;
  /** The peer's stream ended. Throws a `TlsError` (`truncated`) unless close_notify came before. */
  receiveEnd(): void;
  /** Seals `data` into `out`, in as many records as it takes: one for none. Only when `maySend`. */
  send(data: Uint8Array, out: Outgoing): void;
  /** Whether `send` may be called: after `connected`, before `close`; a server also right after its own flight. */
  readonly maySend: boolean;
  /**
   * Client: sends 0-RTT data after `start`, as far as the session allows. Data that may be replayed
   * must not do harm (RFC 8446 §8). An event says whether the server took it.
   *
   * @returns how many bytes were sent
   */
  sendEarlyData(data: Uint8Array, out: Outgoing): number;
  /** How many bytes `sendEarlyData` takes now. */
  readonly earlyDataBytesLeft: number;
  /** Hands in the signature that `signature-wanted` asked for. */
  provideSignature(signature: Uint8Array, out: Outgoing, events: TlsEvent[]): void;
  /** Fails the connection for a reason of the caller's, such as a key that cannot sign. */
  fail(error: Error, out: Outgoing): void;
  /** Changes the key this side sends with, and asks the peer to do the same (RFC 8446 §4.6.3). */
  updateKeys(out: Outgoing, requestPeer: boolean): void;
  /** RFC 8446 §7.5. Throws before the handshake is complete. */
  exportKeyingMaterial(label: string, context: Uint8Array, bytes: number): Uint8Array;
  /** Sends close_notify; nothing is sent after it. Receiving goes on until the peer's. */
  close(out: Outgoing): void;
  /** What was agreed, from `connected` on. */
  readonly negotiated: Negotiated | undefined;
}
