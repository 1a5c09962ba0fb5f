/**
 * TLS for the client: the engine and its driver around any dialled stream.
 *
 * @module
 */
import { TlsError } from "../../tls/alert.ts";
import type { ClientConfig, Credential } from "../../tls/config.ts";
import type { AlertName } from "../../tls/registry.ts";
import { ClientConnection, type ClientSession, type Reason } from "../../tls/mod.ts";
import { TrustAnchors } from "../../tls/x509/trust.ts";
import { serverCertificateVerifier } from "../../tls/x509/verifier.ts";
import {
  readCertificates,
  readCredential,
  usableAuthorities,
} from "../certificates/credentials.ts";
import { provider } from "../certificates/provider.ts";
import type { Address, Clock, Duplex, Entropy } from "../ports.ts";
import { LargeBuffers } from "../transport/ciphertext_buffer.ts";
import { TlsStream } from "../transport/tls.ts";

/** How a client verifies the node, and what it shows itself. Texts are PEM, not paths. */
export interface TlsOptions {
  /**
   * The authorities to trust, and no others. A node that made its own keeps it in `tls/ca.pem` of its
   * data directory. The system's unless given.
   */
  readonly ca?: string;
  /** The name or address that the node's certificate must have; the one that is dialled unless given. */
  readonly serverName?: string;
  /** The client's own certificate chain, its own first; with `key`. */
  readonly certificate?: string;
  /**
   * Takes lines of the SSLKEYLOGFILE format, without line ends, for tools that decrypt what they
   * recorded. It gives away the traffic.
   */
  readonly keyLog?: (line: string) => void;
  /** The private key of `certificate`: PKCS #8, SEC 1 or PKCS #1, not encrypted. */
  readonly key?: string;
}

/** What TLS needs of the outside world. */
export interface TlsPorts {
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** PEM of the authorities that this system trusts; `undefined` when nobody knows where it has them. */
  readonly systemAuthorities?: () => string | undefined;
}

/**
 * Dials with `dial`, then does the handshake. A second connection resumes the first one's session.
 *
 * Throws a `CredentialError` for PEM that holds something else, and a `TypeError` for options that do
 * not go together. Dialling rejects with an error that says what is wrong and what to do about it.
 */
export function tlsDial(
  dial: (address: Address) => Promise<Duplex>,
  options: TlsOptions,
  ports: TlsPorts,
): (address: Address) => Promise<Duplex> {
  const { clock, entropy } = ports;
  const base = {
    provider,
    random: (into: Uint8Array) => entropy.fill(into),
    now: () => Math.floor(clock.nowMicros() / 1000),
    verifier: serverCertificateVerifier({
      verify: provider.verify,
      anchors: anchors(options, ports),
    }),
    credentials: ownCredentials(options, ports),
    keyLog: options.keyLog,
  };
  let session: ClientSession | undefined;
  return async (address) => {
    const config: ClientConfig = {
      ...base,
      serverName: options.serverName ?? address.hostname,
      session,
    };
    // RFC 8446 §C.4: used once.
    session = undefined;
    const below = await dial(address);
    return await secure(below, config, clock, (next) => session = next);
  };
}

async function secure(
  below: Duplex,
  config: ClientConfig,
  clock: Clock,
  onSession: (session: ClientSession) => void,
): Promise<Duplex> {
  let failure: TlsError | undefined;
  const stream = new TlsStream(below, new ClientConnection(config), {
    onFailure: (error) => failure = error,
    buffers: BUFFERS,
    clock,
    onSession,
  });
  let isLate = false;
  const stop = clock.after(HANDSHAKE_MS_MAX, () => {
    isLate = true;
    stream.close();
  });
  try {
    await stream.handshake();
    return speakingUp(stream, () => failure);
  } catch (cause) {
    stream.close();
    if (isLate) {
      const message = `TLS handshake is not complete after ${HANDSHAKE_MS_MAX} ms`;
      throw new Error(message, { cause });
    }
    throw cause instanceof TlsError ? new Error(explained(cause), { cause }) : cause;
  } finally {
    stop();
  }
}

/**
 * The same stream, whose reads reject where TLS has failed: in TLS 1.3 a client learns only after its
 * handshake that the server does not take its certificate.
 */
function speakingUp(stream: TlsStream, failure: () => TlsError | undefined): Duplex {
  const { peer, local, wholeMessages } = stream;
  return {
    peer,
    local,
    wholeMessages,
    async read(into) {
      const count = await stream.read(into);
      const cause = failure();
      if (count !== null || cause === undefined || cause.reason === "truncated") return count;
      throw new Error(explained(cause), { cause });
    },
    write: (bytes) => stream.write(bytes),
    close: () => stream.close(),
  };
}

/** What went wrong, and which option would mend it. */
function explained({ message, reason, alert }: TlsError): string {
  const advice = reason === "alertReceived" ? ALERT_ADVICE[alert] : ADVICE[reason];
  return advice === undefined ? message : `${message}; ${advice}`;
}

function anchors({ ca }: TlsOptions, { systemAuthorities }: TlsPorts): TrustAnchors {
  if (ca !== undefined) {
    return new TrustAnchors(readCertificates({ origin: "tls.ca", text: ca }).map(({ der }) => der));
  }
  const text = systemAuthorities?.();
  if (text === undefined) {
    throw new TypeError("Give the authority to trust as tls.ca: this system's are not known");
  }
  return new TrustAnchors(usableAuthorities(text));
}

function ownCredentials({ certificate, key }: TlsOptions, { entropy }: TlsPorts): Credential[] {
  if (certificate === undefined && key === undefined) return [];
  if (certificate === undefined || key === undefined) {
    const missing = key === undefined ? "key" : "certificate";
    throw new TypeError(`Give tls.certificate and tls.key: the ${missing} is missing`);
  }
  const random = (into: Uint8Array) => entropy.fill(into);
  return [
    readCredential(
      provider,
      random,
      { origin: "tls.certificate", text: certificate },
      { origin: "tls.key", text: key },
    ),
  ];
}

const ADVICE: Partial<Record<Reason, string>> = {
  unknownIssuer: "tls.ca takes its certificate; a node that made its own authority keeps that in " +
    "tls/ca.pem of its data directory",
  certificateNotForName: "tls.serverName takes the name to verify in place of the dialled one",
  truncated: "see whether this port speaks TLS, and what the node's log says",
};

const ALERT_ADVICE: Partial<Record<AlertName, string>> = {
  certificate_required: "the node demands a certificate: give tls.certificate and tls.key",
  unknown_ca: "the node does not know the authority of tls.certificate: " +
    "client_certificates.ca_file of the node takes its certificate",
  certificate_expired: "tls.certificate has expired: have it renewed",
  protocol_version: "the node does not speak TLS 1.3",
};

/** All clients of a process share it; each reads or writes much at a time only now and then. */
const BUFFERS = new LargeBuffers(provider.buffers, 16);

const HANDSHAKE_MS_MAX = 10_000;
