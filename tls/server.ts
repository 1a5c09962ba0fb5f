/**
 * The server's side of the handshake (RFC 8446 §2, §A.2).
 *
 * ```text
 * ExpectClientHello -> [ExpectSecondClientHello] -> [AwaitSignature] -> [ExpectEndOfEarlyData]
 *   -> [ExpectCertificate -> ExpectCertificateVerify] -> ExpectFinished -> Traffic
 * ```
 *
 * @module
 */
import { TlsError } from "./alert.ts";
import { equal } from "./bytes.ts";
import { type ReceivedClientHello, unchangingPart } from "./client_hello.ts";
import type { ExternalPsk, ServerConfig } from "./config.ts";
import { type ChosenCredential } from "./credentials.ts";
import { acceptConfirmation, CONFIRMATION_BYTES, confirmationInServerHello } from "./ech.ts";
import { type OpenedHello, openHello, openSecondHello, type ServerEch } from "./ech_server.ts";
import { Endpoint, type EndpointOptions } from "./endpoint.ts";
import type { HandshakeMessage } from "./handshake_joiner.ts";
import { KeyLog } from "./key_log.ts";
import { EarlySecret, finishedMac, type MasterSecret } from "./key_schedule.ts";
import {
  encodeCertificateRequest,
  encodeCertificateVerify,
  encodeEncryptedExtensions,
  encodeFinished,
  encodeServerHello,
  HELLO_RETRY_REQUEST_RANDOM,
} from "./messages.ts";
import { ownCertificate } from "./own_certificate.ts";
import { reverifyPeer } from "./peer_certificate.ts";
import type { CipherSuite, KxGroup } from "./provider/provider.ts";
import { CONTENT_BYTES_MAX } from "./record.ts";
import { HandshakeType, ProtocolVersion, PskKeyExchangeMode } from "./registry.ts";
import type { SessionPeer } from "./resumption.ts";
import {
  type Agreed,
  byCertificate,
  ExpectCertificate,
  ExpectEndOfEarlyData,
  ExpectFinished,
  verifySchemes,
} from "./server_authentication.ts";
import {
  checkClientHello,
  chooseAlpn,
  chooseClientCertificateType,
  chooseGroup,
  chooseProof,
  chooseSuite,
  findPsk,
  type Proof,
  serverCertificateType,
} from "./server_choices.ts";
import {
  acceptEarlyData,
  checkBinder,
  findSession,
  type OfferedSession,
} from "./server_sessions.ts";
import { signedContent } from "./signatures.ts";
import { expectType, type HandshakeIo, type State } from "./state.ts";
import { Transcript } from "./transcript.ts";

/** One client's connection. */
export class ServerConnection extends Endpoint {
  constructor(config: ServerConfig, options: EndpointOptions = {}) {
    super(config, options, () => new ExpectClientHello(config));
  }
}

class ExpectClientHello implements State {
  readonly name = "ExpectClientHello";
  readonly #config: ServerConfig;

  constructor(config: ServerConfig) {
    this.#config = config;
  }

  handle(message: HandshakeMessage, io: HandshakeIo): State {
    const config = this.#config;
    expectType(message, HandshakeType.client_hello, this);
    const opened = openHello(config, message.bytes);
    const { hello } = opened;
    checkClientHello(hello);
    io.acceptChangeCipherSpec(true);
    const suite = chooseSuite(config, hello);
    const group = chooseGroup(config, hello);
    const transcript = new Transcript();
    transcript.start(suite.hash);
    const share = hello.keyShares!.find((each) => each.group === group.name)?.keyExchange;
    if (share !== undefined) {
      return answer({ ...opened, config, suite, group, share, transcript, retried: false }, io);
    }
    io.expectPause();
    transcript.add(opened.bytes);
    transcript.replaceByMessageHash();
    const tookEch = opened.ech.status === "accepted";
    const retry = encodeServerHello({
      random: HELLO_RETRY_REQUEST_RANDOM,
      legacySessionIdEcho: hello.legacySessionId,
      cipherSuite: suite.id,
      isHelloRetryRequest: true,
      supportedVersion: ProtocolVersion.TLS_1_3,
      selectedGroup: group.name,
      encryptedClientHello: tookEch ? new Uint8Array(CONFIRMATION_BYTES) : undefined,
    });
    if (tookEch) {
      // The extension is the last, and its content the last of it.
      const place = retry.subarray(retry.length - CONFIRMATION_BYTES);
      place.set(acceptConfirmation(suite.hash, hello.random, transcript, retry, true));
    }
    transcript.add(retry);
    io.send(retry);
    io.sendChangeCipherSpec();
    if (hello.earlyData) io.skipEarlyData();
    const proof = chooseProof(config, hello, suite);
    const psk = "psk" in proof ? proof.psk.external : undefined;
    const settled = {
      ...{ suite, group, psk, ech: opened.ech },
      unchanging: unchangingPart(opened.bytes),
      hasPsks: hello.preSharedKey !== undefined,
    };
    return new ExpectSecondClientHello(config, settled, transcript);
  }
}

/** What a HelloRetryRequest settles. */
interface Settled {
  readonly suite: CipherSuite;
  readonly group: KxGroup;
  /** What the first hello would have been answered with. */
  readonly psk: ExternalPsk | undefined;
  readonly ech: ServerEch;
  /** What the second hello has to repeat. */
  readonly unchanging: Uint8Array;
  /** Whether the first hello offered PSKs or tickets. */
  readonly hasPsks: boolean;
}

class ExpectSecondClientHello implements State {
  readonly name = "ExpectSecondClientHello";
  readonly #config: ServerConfig;
  readonly #settled: Settled;
  readonly #transcript: Transcript;

  constructor(config: ServerConfig, settled: Settled, transcript: Transcript) {
    this.#config = config;
    this.#settled = settled;
    this.#transcript = transcript;
  }

  handle(message: HandshakeMessage, io: HandshakeIo): State {
    const config = this.#config;
    const { suite, group, psk, ech } = this.#settled;
    expectType(message, HandshakeType.client_hello, this);
    const opened = openSecondHello(ech, message.bytes);
    const { hello } = opened;
    io.stopSkippingEarlyData();
    checkClientHello(hello);
    this.#checkUnchanged(opened);
    const shares = hello.keyShares!;
    if (shares.length !== 1 || shares[0].group !== group.name) {
      // §4.1.2: one share, of the group that was asked for.
      throw new TlsError(
        "wrongGroup",
        "Second ClientHello has not the key share that was asked for",
      );
    }
    const share = shares[0].keyExchange;
    const transcript = this.#transcript;
    return answer({ ...opened, config, suite, group, share, transcript, psk, retried: true }, io);
  }

  #checkUnchanged({ hello, bytes }: OpenedHello): void {
    const { unchanging, hasPsks } = this.#settled;
    if (hasPsks && hello.preSharedKey === undefined) {
      throw new TlsError("missingExtension", "Second ClientHello has no PSK any more");
    }
    if (!equal(unchanging, unchangingPart(bytes))) {
      throw new TlsError("changedClientHello", "Second ClientHello is another");
    }
  }
}

/** What is settled once a ClientHello can be answered. */
interface Answerable extends OpenedHello {
  readonly config: ServerConfig;
  readonly suite: CipherSuite;
  readonly group: KxGroup;
  /** The client's key share. */
  readonly share: Uint8Array;
  /** Up to the ClientHello, which is not in it. */
  readonly transcript: Transcript;
  readonly retried: boolean;
  /** After a HelloRetryRequest: the PSK that has to be there still. */
  readonly psk?: ExternalPsk;
}

/** From ServerHello on (§4.1.3, §4.3). */
function answer(given: Answerable, io: HandshakeIo): State {
  const { config, hello, suite, group, share, transcript, retried, ech } = given;
  const alpnProtocol = chooseAlpn(config, hello);
  const session = findSession(config, hello, suite, transcript);
  const proof = session === undefined ? checkedProof(given) : undefined;
  const clientCertificateType = config.clientAuth === undefined || !byCertificate(proof)
    ? undefined
    : chooseClientCertificateType(config, hello);
  const early = acceptEarlyData(config, hello, { session, suite, alpnProtocol, retried });
  const peer = sessionPeer(config, session);
  transcript.add(given.bytes);
  const log = new KeyLog(config.keyLog, hello.random);
  const chosenPsk = pskOf(session, proof);
  const earlySecret = new EarlySecret(suite.hash, chosenPsk?.psk);
  const kx = group.respond(share, config.random);
  if (early === "accepted") {
    const secret = earlySecret.clientEarlyTrafficSecret(transcript.digest());
    log.note("CLIENT_EARLY_TRAFFIC_SECRET", secret);
    io.readWith(suite, secret, "early");
  }
  sendServerHello(given, kx.share, chosenPsk?.index, io);
  const handshakeSecret = earlySecret.handshakeSecret(kx.secret);
  const afterHello = transcript.digest();
  const clientSecret = handshakeSecret.clientTrafficSecret(afterHello);
  const serverSecret = handshakeSecret.serverTrafficSecret(afterHello);
  log.note("CLIENT_HANDSHAKE_TRAFFIC_SECRET", clientSecret);
  log.note("SERVER_HANDSHAKE_TRAFFIC_SECRET", serverSecret);
  io.writeWith(suite, serverSecret, "handshake");
  if (early !== "accepted") {
    io.readWith(suite, clientSecret, "handshake");
    if (hello.earlyData && !retried) io.skipEarlyData();
  }
  const { serverName } = hello;
  const acceptsTickets = hello.pskKeyExchangeModes?.includes(PskKeyExchangeMode.psk_dhe_ke) ??
    false;
  const agreed = {
    ...{ config, transcript, suite, group, serverName, alpnProtocol, retried, acceptsTickets },
    ...{ log, clientSecret, serverSecret, proof, peer, earlyDataReason: early },
    ...{ clientCertificateType, ech },
    quicTransportParameters: hello.quicTransportParameters?.slice(),
    resumed: session !== undefined,
  };
  sendExtensions(agreed, hello, io);
  const masterSecret = handshakeSecret.masterSecret();
  if (!byCertificate(proof)) return finishFlight(agreed, masterSecret, io);
  return authenticate(agreed, proof, hello, io, masterSecret);
}

/** What the server proves itself with; a PSK only after its binder was checked. */
function checkedProof({ config, hello, suite, transcript, psk }: Answerable): Proof {
  const proof = psk === undefined
    ? chooseProof(config, hello, suite)
    : findPsk(config, hello, psk, suite);
  if (proof instanceof TlsError) {
    throw new TlsError("noPsk", "Second ClientHello lacks the PSK of the first", {
      alert: "illegal_parameter",
    });
  }
  if ("psk" in proof) {
    checkBinder(hello, proof.index, proof.psk, proof.psk.kind, suite.hash, transcript);
  }
  return proof;
}

/** The PSK of this connection, if it has one, with its place in the ClientHello. */
function pskOf(
  session: OfferedSession | undefined,
  proof: Proof | undefined,
): { psk: Uint8Array; index: number } | undefined {
  if (session !== undefined) return { psk: session.state.resumptionPsk, index: session.index };
  if (proof === undefined || byCertificate(proof)) return undefined;
  return { psk: proof.psk.psk, index: proof.index };
}

function sessionPeer(
  config: ServerConfig,
  session: OfferedSession | undefined,
): SessionPeer | undefined {
  const peer = session?.state.peer;
  const verifier = config.clientAuth?.verifier;
  if (peer === undefined || verifier === undefined || !config.reverifyOnResumption) return peer;
  return reverifyPeer(verifier, peer, { nowMs: config.now() });
}

function sendServerHello(
  { config, hello, suite, group, transcript, retried, ech }: Answerable,
  keyExchange: Uint8Array,
  preSharedKey: number | undefined,
  io: HandshakeIo,
): void {
  const random = new Uint8Array(32);
  config.random(random);
  if (ech.status === "accepted") random.fill(0, random.length - CONFIRMATION_BYTES);
  const bytes = encodeServerHello({
    random,
    legacySessionIdEcho: hello.legacySessionId,
    cipherSuite: suite.id,
    isHelloRetryRequest: false,
    supportedVersion: ProtocolVersion.TLS_1_3,
    keyShare: { group: group.name, keyExchange },
    preSharedKey,
  });
  if (ech.status === "accepted") {
    const confirmation = acceptConfirmation(suite.hash, hello.random, transcript, bytes, false);
    confirmationInServerHello(bytes).set(confirmation);
  }
  transcript.add(bytes);
  io.send(bytes);
  // §D.4: once, after the server's first message. A client that has no session id drops it, too.
  if (!retried) io.sendChangeCipherSpec();
}

function sendExtensions(agreed: Agreed, hello: ReceivedClientHello, io: HandshakeIo): void {
  const { config, transcript, alpnProtocol, earlyDataReason, proof } = agreed;
  const { clientCertificateType, ech, suite } = agreed;
  const limit = hello.recordSizeLimit === undefined ? undefined : config.recordSizeLimit;
  const bytes = encodeEncryptedExtensions({
    // RFC 6066 §3: said when the name was used; a resumed session has its name from before.
    serverNameAcknowledged: hello.serverName !== undefined && proof !== undefined,
    earlyData: earlyDataReason === "accepted",
    alpnProtocol,
    recordSizeLimit: limit && limit + 1,
    retryConfigs: ech.status === "rejected" ? ech.retryConfigs : undefined,
    // Answers to questions only.
    quicTransportParameters: hello.quicTransportParameters && config.quicTransportParameters,
    clientCertificateType: hello.clientCertificateTypes && clientCertificateType,
    serverCertificateType: serverCertificateType(config, hello, suite, proof),
  });
  transcript.add(bytes);
  io.send(bytes);
  if (hello.recordSizeLimit !== undefined && limit !== undefined) {
    // RFC 8449 §4: the limit counts the content type.
    const send = Math.min(hello.recordSizeLimit - 1, CONTENT_BYTES_MAX);
    io.limitRecords({ send, receive: limit });
  }
}

/** Certificate and CertificateVerify, after the request for the client's (§4.3.2, §4.4). */
function authenticate(
  agreed: Agreed,
  { credential, scheme }: ChosenCredential,
  hello: ReceivedClientHello,
  io: HandshakeIo,
  masterSecret: MasterSecret,
): State {
  const { config, transcript } = agreed;
  const put = (bytes: Uint8Array) => {
    transcript.add(bytes);
    io.send(bytes);
  };
  if (config.clientAuth !== undefined) {
    put(encodeCertificateRequest({
      context: NOTHING,
      signatureAlgorithms: verifySchemes(config),
      certificateAuthorities: config.clientAuth.certificateAuthorities ?? [],
      compressCertificate: config.certificateCompression?.map(({ algorithm }) => algorithm) ?? [],
    }));
  }
  put(ownCertificate(credential, hello, config));
  const content = signedContent("server", transcript.digest());
  return io.sign(credential.key, scheme, content, (signature) => {
    put(encodeCertificateVerify({ scheme, signature }));
    return finishFlight(agreed, masterSecret, io);
  });
}

/** Finished, and the state that waits for the client's part. */
function finishFlight(agreed: Agreed, masterSecret: MasterSecret, io: HandshakeIo): State {
  const { transcript, suite, serverSecret, log } = agreed;
  const finished = encodeFinished(finishedMac(suite.hash, serverSecret, transcript.digest()));
  transcript.add(finished);
  io.send(finished);
  const digest = transcript.digest();
  const clientSecret = masterSecret.clientTrafficSecret(digest);
  const serverTrafficSecret = masterSecret.serverTrafficSecret(digest);
  const exporter = { hash: suite.hash, secret: masterSecret.exporterSecret(digest) };
  log.note("CLIENT_TRAFFIC_SECRET_0", clientSecret);
  log.note("SERVER_TRAFFIC_SECRET_0", serverTrafficSecret);
  log.note("EXPORTER_SECRET", exporter.secret);
  io.writeWith(suite, serverTrafficSecret, "application");
  io.openHalf(exporter);
  const ending = { ...agreed, masterSecret, clientTrafficSecret: clientSecret, exporter };
  if (agreed.earlyDataReason === "accepted") {
    if (io.hasRecords) return new ExpectEndOfEarlyData(ending);
    io.readWith(suite, agreed.clientSecret, "handshake");
  }
  if (agreed.clientCertificateType !== undefined) return new ExpectCertificate(ending);
  return new ExpectFinished(ending, agreed.peer, undefined);
}

const NOTHING = new Uint8Array(0);
