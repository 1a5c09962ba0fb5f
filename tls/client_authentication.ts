/**
 * The client's side from the server's proof of who it is to the end of the handshake, and after
 * (RFC 8446 §4.3.2, §4.4, §4.6).
 *
 * @module
 */
import { EchRejected, TlsError } from "./alert.ts";
import { isSession, type Offer, type OfferedPsk, offeredTypes } from "./client_offer.ts";
import type { ClientConfig, Credential } from "./config.ts";
import type { EarlyDataReason, Negotiated } from "./connection.ts";
import { certificateEntries, type ChosenCredential, fit, isPsk } from "./credentials.ts";
import type { EchAttempt } from "./ech_client.ts";
import type { UsableEchConfig } from "./ech_config.ts";
import type { HandshakeMessage } from "./handshake_joiner.ts";
import { KeyLog } from "./key_log.ts";
import { finishedMac, MasterSecret, resumptionPsk } from "./key_schedule.ts";
import {
  type Certificate,
  type CertificateRequest,
  checkFinished,
  decodeCertificateRequest,
  decodeCertificateVerify,
  decodeNewSessionTicket,
  encodeCertificateVerify,
  encodeFinished,
  type EncryptedExtensions,
  END_OF_EARLY_DATA,
} from "./messages.ts";
import { makeCertificate, readCertificate, verifyPeer } from "./peer_certificate.ts";
import type { CipherSuite, Hash, KxGroup } from "./provider/provider.ts";
import { CertificateType, CipherSuiteId, HandshakeType, SignatureScheme } from "./registry.ts";
import { type SessionPeer, TICKET_LIFETIME_SECONDS_MAX } from "./resumption.ts";
import { checkSignature, DEFAULT_VERIFY_SCHEMES, signedContent } from "./signatures.ts";
import { expectType, type HandshakeIo, type State } from "./state.ts";
import { Transcript } from "./transcript.ts";
/** What stays the same from the first message to the last. */
export interface Course {
  readonly config: ClientConfig;
  readonly offer: Offer;
  readonly transcript: Transcript;
  readonly log: KeyLog;
  /** An inner hello that the server may have taken. */
  readonly ech?: EchAttempt;
  /** Whether the inner hello is the one that counts. */
  readonly tookEch?: boolean;
  /** Set when the outer hello is the one that counts: the server is to prove its public name. */
  readonly refusedEch?: UsableEchConfig;
}

/** What is agreed once the ServerHello is there. */
export interface Agreed extends Course {
  readonly suite: CipherSuite;
  readonly group: KxGroup;
  readonly retried: boolean;
  /** What the server proved itself with, when that is no certificate. */
  readonly psk: OfferedPsk | undefined;
  readonly clientSecret: Uint8Array;
  readonly serverSecret: Uint8Array;
  readonly masterSecret: MasterSecret;
  readonly earlyDataReason: EarlyDataReason;
  readonly extensions: EncryptedExtensions;
}

export class ExpectCertificateRequest implements State {
  readonly name = "ExpectCertificateRequest";
  readonly #agreed: Agreed;

  constructor(agreed: Agreed) {
    this.#agreed = agreed;
  }

  handle(message: HandshakeMessage, io: HandshakeIo): State {
    if (message.type !== HandshakeType.certificate_request) {
      return new ExpectCertificate(this.#agreed, undefined).handle(message, io);
    }
    const request = decodeCertificateRequest(message.body.slice());
    if (request.context.length > 0) {
      // §4.3.2: a context is for requests after the handshake.
      throw new TlsError("decodeError", "CertificateRequest of the handshake has a context");
    }
    this.#agreed.transcript.add(message.bytes);
    return new ExpectCertificate(this.#agreed, request);
  }
}

class ExpectCertificate implements State {
  readonly name = "ExpectCertificate";
  readonly #agreed: Agreed;
  readonly #request: CertificateRequest | undefined;

  constructor(agreed: Agreed, request: CertificateRequest | undefined) {
    this.#agreed = agreed;
    this.#request = request;
  }

  handle(message: HandshakeMessage, _io: HandshakeIo): State {
    const agreed = this.#agreed;
    const { config, offer, transcript } = agreed;
    const type = serverType(agreed);
    const certificate = readCertificate(message, this, config, {
      extensions: offeredTypes(offer),
      type,
    });
    if (!(config.acceptedCertificateTypes ?? [CertificateType.X509]).includes(type)) {
      throw new TlsError(
        "unsupportedCertificateType",
        "Server's certificate is of no type offered",
      );
    }
    transcript.add(message.bytes);
    if (certificate.context.length > 0) {
      throw new TlsError("decodeError", "Server's Certificate has a context");
    }
    if (certificate.entries.length === 0) {
      // §4.4.2.4
      throw new TlsError("certificateRequired", "Server has no certificate", {
        alert: "decode_error",
      });
    }
    return new ExpectCertificateVerify(agreed, this.#request, certificate);
  }
}

class ExpectCertificateVerify implements State {
  readonly name = "ExpectCertificateVerify";
  readonly #agreed: Agreed;
  readonly #request: CertificateRequest | undefined;
  readonly #certificate: Certificate;

  constructor(
    agreed: Agreed,
    request: CertificateRequest | undefined,
    certificate: Certificate,
  ) {
    this.#agreed = agreed;
    this.#request = request;
    this.#certificate = certificate;
  }

  handle(message: HandshakeMessage, _io: HandshakeIo): State {
    const agreed = this.#agreed;
    const { config, transcript } = agreed;
    const body = expectType(message, HandshakeType.certificate_verify, this);
    const verify = decodeCertificateVerify(body);
    const peer = verifyPeer(config.verifier!, this.#certificate, {
      type: serverType(agreed),
      nowMs: config.now(),
      serverName: agreed.refusedEch?.config.publicName ?? config.serverName,
    });
    const schemes = config.verifySchemes ?? DEFAULT_VERIFY_SCHEMES;
    const content = signedContent("server", transcript.digest());
    checkSignature(config.provider, schemes, peer.identity.publicKey, verify, content);
    transcript.add(message.bytes);
    return new ExpectFinished(agreed, peer, verify.scheme as SignatureScheme, this.#request);
  }
}

export class ExpectFinished implements State {
  readonly name = "ExpectFinished";
  readonly #agreed: Agreed;
  readonly #peer: SessionPeer | undefined;
  readonly #peerScheme: SignatureScheme | undefined;
  readonly #request: CertificateRequest | undefined;

  constructor(
    agreed: Agreed,
    peer: SessionPeer | undefined,
    peerScheme: SignatureScheme | undefined,
    request: CertificateRequest | undefined,
  ) {
    this.#agreed = agreed;
    this.#peer = peer;
    this.#peerScheme = peerScheme;
    this.#request = request;
  }

  handle(message: HandshakeMessage, io: HandshakeIo): State {
    const { suite, transcript, serverSecret, clientSecret, masterSecret, log } = this.#agreed;
    const body = expectType(message, HandshakeType.finished, this);
    checkFinished(body, finishedMac(suite.hash, serverSecret, transcript.digest()));
    transcript.add(message.bytes);
    const digest = transcript.digest();
    const secrets = {
      client: masterSecret.clientTrafficSecret(digest),
      server: masterSecret.serverTrafficSecret(digest),
      exporter: masterSecret.exporterSecret(digest),
    };
    log.note("CLIENT_TRAFFIC_SECRET_0", secrets.client);
    log.note("SERVER_TRAFFIC_SECRET_0", secrets.server);
    log.note("EXPORTER_SECRET", secrets.exporter);
    io.readWith(suite, secrets.server, "application");
    if (this.#agreed.earlyDataReason === "accepted" && io.hasRecords) {
      transcript.add(END_OF_EARLY_DATA);
      io.send(END_OF_EARLY_DATA);
      io.writeWith(suite, clientSecret, "handshake");
    }
    if (this.#request === undefined) return this.#finish(secrets, undefined, io);
    return this.#authenticate(this.#request, secrets, io);
  }

  /** Certificate and CertificateVerify (§4.4.2, §4.4.3). */
  #authenticate(request: CertificateRequest, secrets: Secrets, io: HandshakeIo): State {
    const { config, transcript } = this.#agreed;
    const chosen = this.#chooseCertificate(request);
    const put = (bytes: Uint8Array) => {
      transcript.add(bytes);
      io.send(bytes);
    };
    const entries = chosen === undefined ? [] : certificateEntries(chosen.credential, request);
    const { context, compressCertificate } = request;
    put(makeCertificate({ context, entries }, config, compressCertificate));
    if (chosen === undefined) return this.#finish(secrets, undefined, io);
    const { credential, scheme } = chosen;
    const content = signedContent("client", transcript.digest());
    return io.sign(credential.key, scheme, content, (signature) => {
      put(encodeCertificateVerify({ scheme, signature }));
      return this.#finish(secrets, credential, io);
    });
  }

  /** The first that fits; none where there is none at all (§4.4.2.3). */
  #chooseCertificate(request: CertificateRequest): ChosenCredential | undefined {
    const { config, extensions } = this.#agreed;
    const demands = {
      types: [extensions.clientCertificateType ?? CertificateType.X509],
      schemes: request.signatureAlgorithms,
      authorities: request.certificateAuthorities,
    };
    // RFC 9849 §6.1.7: whoever only proves a public name learns nothing of this side.
    if (this.#agreed.refusedEch !== undefined) return undefined;
    let refusal: TlsError | undefined;
    for (const candidate of config.credentials ?? []) {
      if (isPsk(candidate)) continue;
      const chosen = fit(candidate, demands);
      if (!(chosen instanceof TlsError)) return chosen;
      refusal = chosen;
    }
    if (refusal !== undefined) throw refusal;
    return undefined;
  }

  #finish(secrets: Secrets, credential: Credential | undefined, io: HandshakeIo): State {
    const { suite, transcript, clientSecret, masterSecret } = this.#agreed;
    const finished = encodeFinished(finishedMac(suite.hash, clientSecret, transcript.digest()));
    transcript.add(finished);
    io.send(finished);
    io.writeWith(suite, secrets.client, "application");
    const { refusedEch, extensions } = this.#agreed;
    if (refusedEch !== undefined) throw new EchRejected(extensions.retryConfigs);
    const negotiated = this.#negotiated(credential);
    io.connected(negotiated, { hash: suite.hash, secret: secrets.exporter });
    const resumptionSecret = masterSecret.resumptionSecret(transcript.digest());
    return new Traffic(this.#agreed.config, negotiated, this.#peer, suite.hash, resumptionSecret);
  }

  #negotiated(credential: Credential | undefined): Negotiated {
    const { suite, group, extensions, psk, retried, earlyDataReason, offer } = this.#agreed;
    return {
      cipherSuite: suite.id,
      group: group.name,
      alpnProtocol: extensions.alpnProtocol,
      serverName: offer.hello.serverName,
      resumed: psk !== undefined && isSession(psk),
      helloRetried: retried,
      earlyDataAccepted: earlyDataReason === "accepted",
      earlyDataReason,
      quicTransportParameters: extensions.quicTransportParameters,
      echAccepted: this.#agreed.tookEch ?? false,
      peerIdentity: this.#peer?.identity,
      peerSignatureScheme: this.#peerScheme,
      credential: psk === undefined || isSession(psk) ? credential : psk.external,
    };
  }
}

/** The type of the server's certificate (RFC 7250 §4.2). */
function serverType({ extensions }: Agreed): CertificateType {
  return (extensions.serverCertificateType ?? CertificateType.X509) as CertificateType;
}

interface Secrets {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
  readonly exporter: Uint8Array;
}

/** After the handshake: application data, tickets, and new keys. */
class Traffic implements State {
  readonly name = "Traffic";
  readonly #config: ClientConfig;
  readonly #negotiated: Negotiated;
  readonly #peer: SessionPeer | undefined;
  readonly #hash: Hash;
  readonly #resumptionSecret: Uint8Array;

  constructor(
    config: ClientConfig,
    negotiated: Negotiated,
    peer: SessionPeer | undefined,
    hash: Hash,
    resumptionSecret: Uint8Array,
  ) {
    this.#config = config;
    this.#negotiated = negotiated;
    this.#peer = peer;
    this.#hash = hash;
    this.#resumptionSecret = resumptionSecret;
  }

  data(bytes: Uint8Array, io: HandshakeIo): void {
    io.emit({ type: "data", bytes });
  }

  handle(message: HandshakeMessage, io: HandshakeIo): State {
    if (message.type === HandshakeType.new_session_ticket) this.#takeTicket(message.body, io);
    else io.receiveKeyUpdate(expectType(message, HandshakeType.key_update, this));
    return this;
  }

  #takeTicket(body: Uint8Array, io: HandshakeIo): void {
    const ticket = decodeNewSessionTicket(body);
    // §4.6.1: a lifetime of zero says to forget it at once.
    if (ticket.lifetimeSeconds === 0) return;
    io.emit({
      type: "session",
      session: {
        ticket: ticket.ticket.slice(),
        resumptionPsk: resumptionPsk(this.#hash, this.#resumptionSecret, ticket.nonce),
        cipherSuite: this.#negotiated.cipherSuite as CipherSuiteId,
        serverName: this.#config.serverName,
        alpnProtocol: this.#negotiated.alpnProtocol,
        receivedMs: this.#config.now(),
        lifetimeSeconds: Math.min(ticket.lifetimeSeconds, TICKET_LIFETIME_SECONDS_MAX),
        ageAdd: ticket.ageAdd,
        earlyDataBytesMax: ticket.earlyDataBytesMax,
        peer: this.#peer,
      },
    });
  }
}
