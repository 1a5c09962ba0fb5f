/**
 * The server's side from its own Finished on: early data, the client's proof of who it is, the end of
 * the handshake, and after (RFC 8446 §4.4, §4.5, §4.6).
 *
 * @module
 */
import { TlsError } from "./alert.ts";
import type { ServerConfig } from "./config.ts";
import type { EarlyDataReason, Negotiated } from "./connection.ts";
import type { ChosenCredential } from "./credentials.ts";
import type { ServerEch } from "./ech_server.ts";
import type { HandshakeMessage } from "./handshake_joiner.ts";
import { KeyLog } from "./key_log.ts";
import { finishedMac, MasterSecret } from "./key_schedule.ts";
import { type Certificate, checkFinished, decodeCertificateVerify } from "./messages.ts";
import { readCertificate, verifyPeer } from "./peer_certificate.ts";
import type { CipherSuite, KxGroup } from "./provider/provider.ts";
import { CertificateType, HandshakeType, SignatureScheme } from "./registry.ts";
import type { SessionPeer } from "./resumption.ts";
import type { Proof } from "./server_choices.ts";
import { sendTickets } from "./server_sessions.ts";
import { checkSignature, DEFAULT_VERIFY_SCHEMES, signedContent } from "./signatures.ts";
import { expectType, type Exporter, type HandshakeIo, type State } from "./state.ts";
import { Transcript } from "./transcript.ts";
/** What later states need of it. */
export interface Agreed {
  readonly config: ServerConfig;
  readonly transcript: Transcript;
  readonly suite: CipherSuite;
  readonly group: KxGroup;
  readonly serverName: string | undefined;
  readonly alpnProtocol: string | undefined;
  readonly retried: boolean;
  readonly resumed: boolean;
  readonly acceptsTickets: boolean;
  readonly earlyDataReason: EarlyDataReason;
  readonly log: KeyLog;
  readonly clientSecret: Uint8Array;
  readonly serverSecret: Uint8Array;
  /** `undefined` where a session is the proof. */
  readonly proof: Proof | undefined;
  /** Who the client is, by its session. */
  readonly peer: SessionPeer | undefined;
  /** What the client is asked for; `undefined` when it is not asked. */
  readonly clientCertificateType: CertificateType | undefined;
  readonly ech: ServerEch;
  /** The client's. */
  readonly quicTransportParameters: Uint8Array | undefined;
}

/** What is left to do after the server's flight. */
export interface Ending extends Agreed {
  readonly masterSecret: MasterSecret;
  readonly clientTrafficSecret: Uint8Array;
  readonly exporter: Exporter;
}

export class ExpectEndOfEarlyData implements State {
  readonly name = "ExpectEndOfEarlyData";
  readonly #ending: Ending;
  #bytesLeft: number;

  constructor(ending: Ending) {
    this.#ending = ending;
    this.#bytesLeft = ending.config.tickets?.earlyDataBytesMax ?? 0;
  }

  data(bytes: Uint8Array, io: HandshakeIo): void {
    this.#bytesLeft -= bytes.length;
    if (this.#bytesLeft < 0) {
      throw new TlsError("tooMuchEarlyData", "Client sends more early data than its ticket allows");
    }
    io.emit({ type: "early-data", bytes });
  }

  handle(message: HandshakeMessage, io: HandshakeIo): State {
    const ending = this.#ending;
    const body = expectType(message, HandshakeType.end_of_early_data, this);
    if (body.length > 0) throw new TlsError("decodeError", "EndOfEarlyData is not empty");
    ending.transcript.add(message.bytes);
    io.readWith(ending.suite, ending.clientSecret, "handshake");
    return new ExpectFinished(ending, ending.peer, undefined);
  }
}

export class ExpectCertificate implements State {
  readonly name = "ExpectCertificate";
  readonly #ending: Ending;

  constructor(ending: Ending) {
    this.#ending = ending;
  }

  handle(message: HandshakeMessage, _io: HandshakeIo): State {
    const ending = this.#ending;
    const { config, transcript } = ending;
    const certificate = readCertificate(message, this, config, {
      extensions: NO_EXTENSIONS,
      type: ending.clientCertificateType!,
    });
    transcript.add(message.bytes);
    if (certificate.context.length > 0) {
      throw new TlsError("decodeError", "Certificate has a context, none was given");
    }
    if (certificate.entries.length === 0) {
      if (config.clientAuth!.mode === "required") {
        throw new TlsError("certificateRequired", "Client has no certificate");
      }
      return new ExpectFinished(ending, undefined, undefined);
    }
    return new ExpectCertificateVerify(ending, certificate);
  }
}

class ExpectCertificateVerify implements State {
  readonly name = "ExpectCertificateVerify";
  readonly #ending: Ending;
  readonly #certificate: Certificate;

  constructor(ending: Ending, certificate: Certificate) {
    this.#ending = ending;
    this.#certificate = certificate;
  }

  handle(message: HandshakeMessage, _io: HandshakeIo): State {
    const ending = this.#ending;
    const { config, transcript } = ending;
    const verify = decodeCertificateVerify(
      expectType(message, HandshakeType.certificate_verify, this),
    );
    const peer = verifyPeer(config.clientAuth!.verifier, this.#certificate, {
      type: ending.clientCertificateType!,
      nowMs: config.now(),
    });
    const content = signedContent("client", transcript.digest());
    const { publicKey } = peer.identity;
    checkSignature(config.provider, verifySchemes(config), publicKey, verify, content);
    transcript.add(message.bytes);
    return new ExpectFinished(ending, peer, verify.scheme as SignatureScheme);
  }
}

export class ExpectFinished implements State {
  readonly name = "ExpectFinished";
  readonly #ending: Ending;
  readonly #peer: SessionPeer | undefined;
  readonly #peerScheme: SignatureScheme | undefined;

  constructor(
    ending: Ending,
    peer: SessionPeer | undefined,
    peerScheme: SignatureScheme | undefined,
  ) {
    this.#ending = ending;
    this.#peer = peer;
    this.#peerScheme = peerScheme;
  }

  handle(message: HandshakeMessage, io: HandshakeIo): State {
    const ending = this.#ending;
    const { suite, transcript, masterSecret, exporter } = ending;
    const body = expectType(message, HandshakeType.finished, this);
    checkFinished(body, finishedMac(suite.hash, ending.clientSecret, transcript.digest()));
    transcript.add(message.bytes);
    io.readWith(suite, ending.clientTrafficSecret, "application");
    io.connected(this.#negotiated(), exporter);
    if (ending.acceptsTickets) {
      const secret = masterSecret.resumptionSecret(transcript.digest());
      sendTickets(ending, this.#peer, secret, io);
    }
    return new Traffic();
  }

  #negotiated(): Negotiated {
    const { suite, group, alpnProtocol, serverName, resumed, retried, earlyDataReason, proof } =
      this.#ending;
    return {
      cipherSuite: suite.id,
      group: group.name,
      alpnProtocol,
      serverName,
      resumed,
      helloRetried: retried,
      earlyDataAccepted: earlyDataReason === "accepted",
      earlyDataReason,
      quicTransportParameters: this.#ending.quicTransportParameters,
      // What a proxy opened was not accepted here.
      echAccepted: this.#ending.ech.status === "accepted" && this.#ending.ech.opener !== undefined,
      peerIdentity: this.#peer?.identity,
      peerSignatureScheme: this.#peerScheme,
      credential: byCertificate(proof) ? proof.credential : proof?.psk.external,
    };
  }
}

/** After the handshake: application data, and new keys. */
class Traffic implements State {
  readonly name = "Traffic";

  data(bytes: Uint8Array, io: HandshakeIo): void {
    io.emit({ type: "data", bytes });
  }

  handle(message: HandshakeMessage, io: HandshakeIo): State {
    io.receiveKeyUpdate(expectType(message, HandshakeType.key_update, this));
    return this;
  }
}

/** Whether a certificate is the proof. */
export function byCertificate(proof: Proof | undefined): proof is ChosenCredential {
  return proof !== undefined && "credential" in proof;
}

/** Schemes that clients may sign with. */
export function verifySchemes(config: ServerConfig): readonly SignatureScheme[] {
  return config.verifySchemes ?? DEFAULT_VERIFY_SCHEMES;
}

/** Of a client's certificate nothing more is asked. */
const NO_EXTENSIONS: ReadonlySet<number> = new Set();
