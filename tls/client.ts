/**
 * The client's side of the handshake (RFC 8446 §2, §A.1).
 *
 * ```text
 * ExpectServerHello -> [ExpectSecondServerHello] -> ExpectEncryptedExtensions
 *   -> [[ExpectCertificateRequest] -> ExpectCertificate -> ExpectCertificateVerify]
 *   -> ExpectFinished -> [AwaitSignature] -> Traffic
 * ```
 *
 * @module
 */
import { TlsError } from "./alert.ts";
import {
  type Agreed,
  type Course,
  ExpectCertificateRequest,
  ExpectFinished,
} from "./client_authentication.ts";
import { checkServerHello, checkVersion } from "./client_checks.ts";
import {
  encodeOffer,
  isSession,
  type KeyShares,
  makeOffer,
  type Offer,
  type OfferedPsk,
  offeredTypes,
  retryOffer,
  secretOf,
} from "./client_offer.ts";
import type { ClientConfig } from "./config.ts";
import type { EarlyDataReason } from "./connection.ts";
import {
  beginEch,
  chooseEchConfig,
  confirmsInner,
  encodeEch,
  greaseEch,
  outerOffer,
  retryConfirmsInner,
} from "./ech_client.ts";
import { Endpoint, type EndpointOptions } from "./endpoint.ts";
import type { HandshakeMessage } from "./handshake_joiner.ts";
import { KeyLog } from "./key_log.ts";
import { EarlySecret } from "./key_schedule.ts";
import {
  decodeEncryptedExtensions,
  decodeServerHello,
  type EncryptedExtensions,
  type ServerHello,
} from "./messages.ts";
import { reverifyPeer } from "./peer_certificate.ts";
import type { CipherSuite, KxGroup } from "./provider/provider.ts";
import { CONTENT_BYTES_MAX } from "./record.ts";
import { CertificateType, HandshakeType } from "./registry.ts";
import type { SessionPeer } from "./resumption.ts";
import { expectType, type HandshakeIo, type State } from "./state.ts";
import { Transcript } from "./transcript.ts";

/** One connection to a server. */
export class ClientConnection extends Endpoint {
  constructor(config: ClientConfig, options: EndpointOptions = {}) {
    super(config, options, (io) => {
      const offer = makeOffer(config, options.withoutRecords !== true);
      return sendOffer(config, offer, io);
    });
  }
}

function sendOffer(config: ClientConfig, offer: Offer, io: HandshakeIo): State {
  const usable = chooseEchConfig(config);
  const transcript = new Transcript();
  const log = new KeyLog(config.keyLog, offer.hello.random);
  io.beginFirstHello();
  io.acceptChangeCipherSpec(true);
  if (usable !== undefined) {
    const ech = beginEch(config, offer, usable);
    const { bytes, innerBytes, outer } = encodeEch(ech, outerOffer(ech), transcript);
    io.send(bytes);
    openEarlyData(ech.inner, innerBytes, log, io);
    return new ExpectServerHello({ config, offer: outer, transcript, log, ech });
  }
  const plain = config.echGrease
    ? { ...offer, hello: { ...offer.hello, encryptedClientHello: greaseEch(config) } }
    : offer;
  const bytes = encodeOffer(plain, transcript);
  io.send(bytes);
  openEarlyData(plain, bytes, log, io);
  return new ExpectServerHello({ config, offer: plain, transcript, log });
}

/** Lets 0-RTT data be sent under the secret of the hello that is to be answered (§4.2.10). */
function openEarlyData(offer: Offer, bytes: Uint8Array, log: KeyLog, io: HandshakeIo): void {
  if (offer.early === undefined) return;
  const { session, suite } = offer.early;
  if (offer.hello.legacySessionId.length > 0) io.sendChangeCipherSpec();
  const secret = new EarlySecret(suite.hash, session.resumptionPsk)
    .clientEarlyTrafficSecret(suite.hash.digest(bytes));
  log.note("CLIENT_EARLY_TRAFFIC_SECRET", secret);
  io.writeWith(suite, secret, "early");
  io.openEarlyData(session.earlyDataBytesMax);
}

class ExpectServerHello implements State {
  readonly name = "ExpectServerHello";
  readonly #course: Course;

  constructor(course: Course) {
    this.#course = course;
  }

  handle(message: HandshakeMessage, io: HandshakeIo): State {
    const { config, offer, transcript } = this.#course;
    const body = expectType(message, HandshakeType.server_hello, this);
    const hello = decodeServerHello(body.slice(), typesInPlay(this.#course));
    checkVersion(hello, offer, false);
    const suite = checkServerHello(config, hello, offer);
    transcript.start(suite.hash);
    if (hello.isHelloRetryRequest) return this.#retry(hello, suite, message, io);
    const course = settleEch(this.#course, message.bytes, suite);
    return takeServerHello(course, hello, suite, message, io, false);
  }

  #retry(
    hello: ServerHello,
    suite: CipherSuite,
    message: HandshakeMessage,
    io: HandshakeIo,
  ): State {
    const { config, offer, transcript, log, ech } = this.#course;
    io.expectPause();
    transcript.replaceByMessageHash();
    transcript.add(message.bytes);
    const asked = { suite, group: retryGroup(config, offer, hello), cookie: hello.cookie };
    io.closeEarlyData();
    if (offer.early !== undefined) io.writeUnprotected();
    else if (offer.hello.legacySessionId.length > 0) io.sendChangeCipherSpec();
    const sentEarlyData = offer.early !== undefined;
    let course: Course;
    if (ech !== undefined && retryConfirmsInner(ech, message.bytes, suite.hash)) {
      const attempt = { ...ech, inner: retryOffer(config, ech.inner, asked) };
      const { bytes, outer } = encodeEch(attempt, outerOffer(attempt), transcript);
      io.send(bytes);
      course = { config, offer: outer, transcript, log, ech: attempt };
    } else {
      const second = retryOffer(config, offer, asked);
      io.send(encodeOffer(second, transcript));
      course = { config, offer: second, transcript, log, refusedEch: ech?.usable };
    }
    if (sentEarlyData) io.emit({ type: "early-data-rejected" });
    return new ExpectSecondServerHello(course, suite, sentEarlyData);
  }
}

/** What a ServerHello may hold while it is open which hello it answers. */
function typesInPlay({ offer, ech }: Course): ReadonlySet<number> {
  const outer = offeredTypes(offer);
  return ech === undefined ? outer : new Set([...outer, ...offeredTypes(ech.inner)]);
}

/** Goes on with the inner hello where the server took it, and with the outer one otherwise. */
function settleEch(course: Course, message: Uint8Array, suite: CipherSuite): Course {
  const { ech, ...rest } = course;
  if (ech === undefined) return course;
  if (!confirmsInner(ech, message, suite.hash)) return { ...rest, refusedEch: ech.usable };
  return { ...rest, offer: ech.inner, transcript: ech.transcript, tookEch: true };
}

class ExpectSecondServerHello implements State {
  readonly name = "ExpectSecondServerHello";
  readonly #course: Course;
  readonly #suite: CipherSuite;
  readonly #sentEarlyData: boolean;

  constructor(course: Course, suite: CipherSuite, sentEarlyData: boolean) {
    this.#course = course;
    this.#suite = suite;
    this.#sentEarlyData = sentEarlyData;
  }

  handle(message: HandshakeMessage, io: HandshakeIo): State {
    const course = this.#course;
    const { config, offer } = course;
    const body = expectType(message, HandshakeType.server_hello, this);
    const hello = decodeServerHello(body.slice(), typesInPlay(course));
    if (hello.isHelloRetryRequest) {
      throw new TlsError("unexpectedMessage", "A second HelloRetryRequest came");
    }
    checkVersion(hello, offer, true);
    const suite = checkServerHello(config, hello, offer);
    if (suite !== this.#suite) {
      throw new TlsError("wrongCipher", "ServerHello has another suite than the HelloRetryRequest");
    }
    const reason = this.#sentEarlyData ? "hello retry request" : undefined;
    const settled = settleEch(course, message.bytes, suite);
    if (course.ech !== undefined && !settled.tookEch) {
      // RFC 9849 §6.1.5: what the HelloRetryRequest confirmed, the ServerHello confirms, too.
      throw new TlsError(
        "inconsistentEch",
        "Server took the encrypted ClientHello, and then did not",
      );
    }
    return takeServerHello(settled, hello, suite, message, io, true, reason);
  }
}

/** The group that a HelloRetryRequest asks for (§4.1.4). */
function retryGroup(config: ClientConfig, offer: Offer, hello: ServerHello): KxGroup | undefined {
  const { selectedGroup, cookie } = hello;
  if (selectedGroup === undefined) {
    if (cookie !== undefined) return undefined;
    throw new TlsError("emptyHelloRetryRequest", "HelloRetryRequest asks for nothing");
  }
  const enabled = config.groups ?? config.provider.groups.map(({ name }) => name);
  const group = config.provider.groups.find(({ name }) => name === selectedGroup);
  const isOffered = group !== undefined && enabled.includes(group.name);
  if (!isOffered || offer.keyShares.has(group.name)) {
    throw new TlsError(
      "wrongGroup",
      `HelloRetryRequest asks for group ${selectedGroup}, which was not offered or is there already`,
    );
  }
  return group;
}

function takeServerHello(
  course: Course,
  hello: ServerHello,
  suite: CipherSuite,
  message: HandshakeMessage,
  io: HandshakeIo,
  retried: boolean,
  earlyDataReason: EarlyDataReason = "disabled",
): State {
  const { config, offer, transcript, log } = course;
  const psk = acceptedPsk(config, offer, hello, suite);
  const { group, secret } = completeKeyExchange(config, offer.keyShares, hello);
  transcript.add(message.bytes);
  const handshakeSecret = new EarlySecret(suite.hash, psk && secretOf(psk).psk).handshakeSecret(
    secret,
  );
  const digest = transcript.digest();
  const clientSecret = handshakeSecret.clientTrafficSecret(digest);
  const serverSecret = handshakeSecret.serverTrafficSecret(digest);
  log.note("CLIENT_HANDSHAKE_TRAFFIC_SECRET", clientSecret);
  log.note("SERVER_HANDSHAKE_TRAFFIC_SECRET", serverSecret);
  io.readWith(suite, serverSecret, "handshake");
  // Where there are records, early data goes on under its own key until it is settled.
  if (offer.early === undefined || !io.hasRecords) {
    // §D.4: once; after a HelloRetryRequest it went out before the second ClientHello.
    if (offer.hello.legacySessionId.length > 0 && !retried) io.sendChangeCipherSpec();
    io.writeWith(suite, clientSecret, "handshake");
  }
  const masterSecret = handshakeSecret.masterSecret();
  return new ExpectEncryptedExtensions({
    ...{ ...course, suite, group, retried, clientSecret, serverSecret, masterSecret },
    ...{ earlyDataReason, psk, extensions: {} },
  });
}

/** The PSK, if the server chose one (§4.2.11). */
function acceptedPsk(
  config: ClientConfig,
  { psks }: Offer,
  { preSharedKey }: ServerHello,
  suite: CipherSuite,
): OfferedPsk | undefined {
  if (preSharedKey === undefined) {
    if (config.verifier !== undefined) return undefined;
    throw new TlsError(
      "pskRequired",
      "Server takes no PSK, and its certificate cannot be verified",
    );
  }
  if (psks.length === 0) {
    throw new TlsError("unexpectedExtension", "Server takes a PSK of the hello it did not open");
  }
  const psk = psks[preSharedKey];
  if (psk === undefined) {
    throw new TlsError("badPskIndex", `Server chose PSK ${preSharedKey}, which was not offered`);
  }
  if (secretOf(psk).hash.name !== suite.hash.name) {
    throw new TlsError("pskHashMismatch", "Server chose a PSK and a suite of another hash");
  }
  return psk;
}

function completeKeyExchange(
  config: ClientConfig,
  keyShares: KeyShares,
  { keyShare }: ServerHello,
): { group: KxGroup; secret: Uint8Array } {
  if (keyShare === undefined) throw new TlsError("missingKeyShare", "ServerHello has no key_share");
  const exchange = keyShares.get(keyShare.group);
  const group = config.provider.groups.find(({ name }) => name === keyShare.group);
  if (exchange === undefined || group === undefined) {
    throw new TlsError(
      "wrongGroup",
      `Server chose group ${keyShare.group}, which has no key share`,
    );
  }
  return { group, secret: exchange.complete(keyShare.keyExchange) };
}

class ExpectEncryptedExtensions implements State {
  readonly name = "ExpectEncryptedExtensions";
  readonly #agreed: Agreed;

  constructor(agreed: Agreed) {
    this.#agreed = agreed;
  }

  handle(message: HandshakeMessage, io: HandshakeIo): State {
    const { config, offer, transcript, psk } = this.#agreed;
    const body = expectType(message, HandshakeType.encrypted_extensions, this);
    const extensions = decodeEncryptedExtensions(body.slice(), offeredTypes(offer));
    transcript.add(message.bytes);
    checkCertificateTypes(config, offer, extensions);
    const { alpnProtocol, recordSizeLimit } = extensions;
    if (alpnProtocol !== undefined && !offer.hello.alpnProtocols?.includes(alpnProtocol)) {
      throw new TlsError("badAlpn", `Server chose ${alpnProtocol}, which was not offered`);
    }
    if (recordSizeLimit !== undefined && config.recordSizeLimit !== undefined) {
      const send = Math.min(recordSizeLimit - 1, CONTENT_BYTES_MAX);
      io.limitRecords({ send, receive: config.recordSizeLimit });
    }
    io.closeEarlyData();
    const earlyDataReason = this.#settleEarlyData(extensions, io);
    const agreed = { ...this.#agreed, extensions, earlyDataReason };
    if (psk === undefined) return new ExpectCertificateRequest(agreed);
    return new ExpectFinished(agreed, resumedPeer(config, psk), undefined, undefined);
  }

  /** §4.2.10: what was accepted was accepted for the session's suite and protocol. */
  #settleEarlyData(extensions: EncryptedExtensions, io: HandshakeIo): EarlyDataReason {
    const { offer, suite, clientSecret, psk, earlyDataReason } = this.#agreed;
    if (offer.early === undefined) {
      return earlyDataReason !== "disabled" ? earlyDataReason : whyNoEarlyData(this.#agreed);
    }
    if (!extensions.earlyData) {
      if (io.hasRecords) io.writeWith(suite, clientSecret, "handshake");
      io.emit({ type: "early-data-rejected" });
      return psk === offer.early ? "peer declined" : "session not resumed";
    }
    const { session } = offer.early;
    if (psk !== offer.early) {
      throw new TlsError("unexpectedExtension", "Server takes early data without its PSK");
    }
    if (suite.id !== session.cipherSuite) {
      throw new TlsError("earlyDataCipherMismatch", "Server takes early data in another suite");
    }
    if (extensions.alpnProtocol !== session.alpnProtocol) {
      throw new TlsError("earlyDataAlpnMismatch", "Server takes early data for another protocol");
    }
    io.emit({ type: "early-data-accepted" });
    return "accepted";
  }
}

function whyNoEarlyData({ config, offer, psk }: Agreed): EarlyDataReason {
  if (!config.earlyData) return "disabled";
  const offered = offer.psks.find(isSession);
  if (offered === undefined) return "no session offered";
  const { earlyDataBytesMax } = offered.session;
  if (psk === offered && earlyDataBytesMax > 0) return "ALPN mismatch";
  return psk !== undefined && isSession(psk) ? "unsupported for session" : "session not resumed";
}

function resumedPeer(config: ClientConfig, psk: OfferedPsk): SessionPeer | undefined {
  const peer = isSession(psk) ? psk.session.peer : undefined;
  const { verifier, serverName } = config;
  if (peer === undefined || verifier === undefined || !config.reverifyOnResumption) return peer;
  return reverifyPeer(verifier, peer, { nowMs: config.now(), serverName });
}

/** RFC 7250 §4.2: what the server chose was offered; without a word it is X.509. */
function checkCertificateTypes(
  config: ClientConfig,
  offer: Offer,
  { clientCertificateType, serverCertificateType }: EncryptedExtensions,
): void {
  const own = offer.hello.clientCertificateTypes;
  const isOwn = clientCertificateType === undefined || own?.includes(clientCertificateType);
  const accepted: readonly number[] = config.acceptedCertificateTypes ?? [CertificateType.X509];
  const isAccepted = serverCertificateType === undefined ||
    accepted.includes(serverCertificateType);
  if (!isOwn || !isAccepted) {
    throw new TlsError("unsupportedCertificateType", "Server chose a certificate type not offered");
  }
}
