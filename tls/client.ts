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
  type KeyShares,
  makeOffer,
  type Offer,
  offeredTypes,
  retryOffer,
} from "./client_offer.ts";
import type { ClientConfig } from "./config.ts";
import type { EarlyDataReason } from "./connection.ts";
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
import { HandshakeType } from "./registry.ts";
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

function sendOffer(
  config: ClientConfig,
  offer: Offer,
  io: HandshakeIo,
): State {
  const transcript = new Transcript();
  const bytes = encodeOffer(offer, transcript);
  io.send(bytes);
  io.acceptChangeCipherSpec(true);
  const log = new KeyLog(config.keyLog, offer.hello.random);
  if (offer.earlyData) {
    const { session, suite } = offer.session!;
    if (offer.hello.legacySessionId.length > 0) io.sendChangeCipherSpec();
    const secret = new EarlySecret(suite.hash, session.resumptionPsk)
      .clientEarlyTrafficSecret(suite.hash.digest(bytes));
    log.note("CLIENT_EARLY_TRAFFIC_SECRET", secret);
    io.writeWith(suite, secret, "early");
    io.openEarlyData(session.earlyDataBytesMax);
  }
  return new ExpectServerHello({ config, offer, transcript, log });
}

class ExpectServerHello implements State {
  readonly name = "ExpectServerHello";
  readonly #course: Course;

  constructor(course: Course) {
    this.#course = course;
  }

  handle(message: HandshakeMessage, io: HandshakeIo): State {
    const course = this.#course;
    const { config, offer, transcript } = course;
    const body = expectType(message, HandshakeType.server_hello, this);
    const hello = decodeServerHello(body.slice(), offeredTypes(offer));
    checkVersion(hello, offer, false);
    const suite = checkServerHello(config, hello, offer);
    transcript.start(suite.hash);
    if (!hello.isHelloRetryRequest) {
      return takeServerHello(course, hello, suite, message, io, false);
    }
    io.expectPause();
    return this.#retry(hello, suite, message, io);
  }

  #retry(
    hello: ServerHello,
    suite: CipherSuite,
    message: HandshakeMessage,
    io: HandshakeIo,
  ): State {
    const { config, offer, transcript, log } = this.#course;
    transcript.replaceByMessageHash();
    transcript.add(message.bytes);
    const group = retryGroup(config, offer, hello);
    const second = retryOffer(config, offer, {
      suite,
      ...(group === undefined ? {} : { group }),
      ...(hello.cookie === undefined ? {} : { cookie: hello.cookie }),
    });
    io.closeEarlyData();
    if (offer.earlyData) io.writeUnprotected();
    else if (offer.hello.legacySessionId.length > 0) io.sendChangeCipherSpec();
    io.send(encodeOffer(second, transcript));
    if (offer.earlyData) io.emit({ type: "early-data-rejected" });
    const course = { config, offer: second, transcript, log };
    return new ExpectSecondServerHello(course, suite, offer.earlyData);
  }
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
    const hello = decodeServerHello(body.slice(), offeredTypes(offer));
    if (hello.isHelloRetryRequest) {
      throw new TlsError("unexpectedMessage", "A second HelloRetryRequest came");
    }
    checkVersion(hello, offer, true);
    const suite = checkServerHello(config, hello, offer);
    if (suite !== this.#suite) {
      throw new TlsError("wrongCipher", "ServerHello has another suite than the HelloRetryRequest");
    }
    const reason = this.#sentEarlyData ? "hello retry request" : undefined;
    return takeServerHello(course, hello, suite, message, io, true, reason);
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
  const psk = acceptedPsk(offer, hello, suite);
  const { group, secret } = completeKeyExchange(config, offer.keyShares, hello);
  transcript.add(message.bytes);
  const handshakeSecret = new EarlySecret(suite.hash, psk).handshakeSecret(secret);
  const digest = transcript.digest();
  const clientSecret = handshakeSecret.clientTrafficSecret(digest);
  const serverSecret = handshakeSecret.serverTrafficSecret(digest);
  log.note("CLIENT_HANDSHAKE_TRAFFIC_SECRET", clientSecret);
  log.note("SERVER_HANDSHAKE_TRAFFIC_SECRET", serverSecret);
  io.readWith(suite, serverSecret, "handshake");
  if (!offer.earlyData) {
    // §D.4: once; after a HelloRetryRequest it went out before the second ClientHello.
    if (offer.hello.legacySessionId.length > 0 && !retried) io.sendChangeCipherSpec();
    io.writeWith(suite, clientSecret, "handshake");
  }
  const masterSecret = handshakeSecret.masterSecret();
  return new ExpectEncryptedExtensions({
    ...{ ...course, suite, group, retried, clientSecret, serverSecret, masterSecret },
    ...{ earlyDataReason, resumed: psk !== undefined, extensions: {} },
  });
}

/** The PSK, if the server chose it (§4.2.11). */
function acceptedPsk(
  { session }: Offer,
  { preSharedKey }: ServerHello,
  suite: CipherSuite,
): Uint8Array | undefined {
  if (preSharedKey === undefined) return undefined;
  if (session === undefined || preSharedKey !== 0) {
    throw new TlsError("badPskIndex", `Server chose PSK ${preSharedKey}, which was not offered`);
  }
  if (session.suite.hash.name !== suite.hash.name) {
    throw new TlsError("pskHashMismatch", "Server chose a PSK and a suite of another hash");
  }
  return session.session.resumptionPsk;
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
    const { config, offer, transcript, resumed } = this.#agreed;
    const body = expectType(message, HandshakeType.encrypted_extensions, this);
    const extensions = decodeEncryptedExtensions(body.slice(), offeredTypes(offer));
    transcript.add(message.bytes);
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
    if (!resumed) return new ExpectCertificateRequest(agreed);
    return new ExpectFinished(agreed, resumedPeer(config, offer), undefined, undefined);
  }

  /** §4.2.10: what was accepted was accepted for the session's suite and protocol. */
  #settleEarlyData(extensions: EncryptedExtensions, io: HandshakeIo): EarlyDataReason {
    const { offer, suite, clientSecret, resumed, earlyDataReason } = this.#agreed;
    if (!offer.earlyData) {
      return earlyDataReason !== "disabled" ? earlyDataReason : whyNoEarlyData(this.#agreed);
    }
    if (!extensions.earlyData) {
      io.writeWith(suite, clientSecret, "handshake");
      io.emit({ type: "early-data-rejected" });
      return resumed ? "peer declined" : "session not resumed";
    }
    const { session } = offer.session!;
    if (!resumed) {
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

function whyNoEarlyData({ config, offer, resumed }: Agreed): EarlyDataReason {
  if (!config.earlyData) return "disabled";
  if (offer.session === undefined) return "no session offered";
  return resumed ? "unsupported for session" : "session not resumed";
}

function resumedPeer(config: ClientConfig, offer: Offer): SessionPeer | undefined {
  const peer = offer.session?.session.peer;
  if (peer === undefined || !config.reverifyOnResumption) return peer;
  return reverifyPeer(config.verifier, peer, config.now(), config.serverName);
}
