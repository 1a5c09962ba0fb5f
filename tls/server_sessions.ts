/**
 * Resumption on the server: which session of a ClientHello is believed, whether its 0-RTT data is
 * taken, and new tickets (RFC 8446 §4.2.10, §4.2.11, §4.6.1, §8).
 *
 * @module
 */
import { TlsError } from "./alert.ts";
import { equalInConstantTime } from "./bytes.ts";
import type { ReceivedClientHello } from "./client_hello.ts";
import type { ServerConfig } from "./config.ts";
import type { EarlyDataReason } from "./connection.ts";
import { resumptionPsk } from "./key_schedule.ts";
import { encodeNewSessionTicket } from "./messages.ts";
import type { CipherSuite, Hash } from "./provider/provider.ts";
import { greaseValue, PskKeyExchangeMode } from "./registry.ts";
import {
  binder,
  decodeTicketState,
  encodeTicketState,
  type SessionPeer,
  TICKET_LIFETIME_SECONDS_MAX,
  type TicketState,
} from "./resumption.ts";
import type { HandshakeIo } from "./state.ts";
import type { Transcript } from "./transcript.ts";

/** A session that the client proved to have. */
export interface OfferedSession {
  readonly state: TicketState;
  /** Its place among the offered identities. */
  readonly index: number;
  readonly binder: Uint8Array;
  /** How much older the client says its ticket is than the server knows, in milliseconds. */
  readonly ageSkewMs: number;
}

/**
 * The first offered session that is valid and fits. One that is not is passed over (§4.2.11): then
 * there is a full handshake. A wrong binder ends the connection.
 *
 * @param transcript up to the ClientHello, which is not in it
 */
export function findSession(
  config: ServerConfig,
  hello: ReceivedClientHello,
  suite: CipherSuite,
  transcript: Transcript,
): OfferedSession | undefined {
  const { preSharedKey, pskKeyExchangeModes } = hello;
  if (preSharedKey === undefined || config.tickets === undefined) return undefined;
  if (!pskKeyExchangeModes?.includes(PskKeyExchangeMode.psk_dhe_ke)) return undefined;
  const count = Math.min(preSharedKey.identities.length, IDENTITIES_TRIED_MAX);
  for (let index = 0; index < count; index++) {
    const { identity, obfuscatedTicketAge } = preSharedKey.identities[index];
    const state = openTicket(config, identity, hello, suite);
    if (state === undefined) continue;
    const psk = state.resumptionPsk;
    checkBinder(hello, index, { psk }, "resumption", suite.hash, transcript);
    const age = (obfuscatedTicketAge - state.ageAdd) >>> 0;
    const ageSkewMs = age - (config.now() - state.issuedMs);
    return { state, index, binder: preSharedKey.binders[index].slice(), ageSkewMs };
  }
  return undefined;
}

/** Throws unless the client has the PSK it offers at `index` (§4.2.11.2). */
export function checkBinder(
  hello: ReceivedClientHello,
  index: number,
  { psk }: { readonly psk: Uint8Array },
  kind: "resumption" | "external" | "imported",
  hash: Hash,
  transcript: Transcript,
): void {
  const expected = binder(hash, psk, kind, transcript.digestWith(hello.truncated));
  if (!equalInConstantTime(hello.preSharedKey!.binders[index], expected)) {
    throw new TlsError("badFinished", `Binder of PSK ${index} is wrong`);
  }
}

/** What a ticket says, when it may be used for this hello. */
function openTicket(
  config: ServerConfig,
  ticket: Uint8Array,
  hello: ReceivedClientHello,
  suite: CipherSuite,
): TicketState | undefined {
  const bytes = config.tickets!.ticketer.open(ticket);
  const state = bytes === undefined ? undefined : decodeTicketState(bytes);
  if (state === undefined) return undefined;
  const ageMs = config.now() - state.issuedMs;
  if (ageMs < 0 || ageMs > state.lifetimeSeconds * 1000) return undefined;
  // A client that does not offer the session's own suite has changed its mind about it.
  if (!hello.cipherSuites.includes(state.cipherSuite)) return undefined;
  // §4.2.11: the PSK belongs to a hash. §4.6.1: a session belongs to a name.
  if (hashOf(config, state) !== suite.hash.name || state.serverName !== hello.serverName) {
    return undefined;
  }
  // Who was not asked for a certificate then is not let in without one now.
  if (config.clientAuth?.mode === "required" && state.peer === undefined) return undefined;
  return state;
}

function hashOf(config: ServerConfig, state: TicketState): string | undefined {
  return config.provider.cipherSuites.find(({ id }) => id === state.cipherSuite)?.hash.name;
}

/** Whether 0-RTT data is taken, and why not (§4.2.10, §8). */
export function acceptEarlyData(
  config: ServerConfig,
  hello: ReceivedClientHello,
  given: {
    readonly session: OfferedSession | undefined;
    readonly suite: CipherSuite;
    readonly alpnProtocol: string | undefined;
    readonly retried: boolean;
  },
): EarlyDataReason {
  const { session, suite, alpnProtocol, retried } = given;
  const { earlyDataBytesMax = 0, replays } = config.tickets ?? {};
  if (earlyDataBytesMax === 0 || replays === undefined) return "disabled";
  if (hello.preSharedKey === undefined) return "no session offered";
  if (session === undefined) return "session not resumed";
  if (retried) return "hello retry request";
  const { state, index, ageSkewMs } = session;
  if (state.earlyDataBytesMax === 0) return "unsupported for session";
  if (!hello.earlyData) return "peer declined";
  // §4.2.10: the first PSK, its suite, its protocol.
  if (index !== 0 || state.cipherSuite !== suite.id) return "session not resumed";
  if (state.alpnProtocol !== alpnProtocol) return "ALPN mismatch";
  if (Math.abs(ageSkewMs) > AGE_SKEW_MS_MAX) return "ticket age skew";
  // §8.3: a copy is believed at most twice the skew later.
  const untilMs = config.now() + 2 * AGE_SKEW_MS_MAX;
  return replays.admit(session.binder, untilMs) ? "accepted" : "replayed";
}

/** Sends new tickets (§4.6.1). After a resumption one, for the one that was used (§C.4). */
export function sendTickets(
  session: {
    readonly config: ServerConfig;
    readonly suite: CipherSuite;
    readonly serverName: string | undefined;
    readonly alpnProtocol: string | undefined;
    readonly resumed: boolean;
  },
  peer: SessionPeer | undefined,
  resumptionSecret: Uint8Array,
  io: HandshakeIo,
): void {
  const { config, suite, serverName, alpnProtocol, resumed } = session;
  const { tickets } = config;
  if (tickets === undefined) return;
  const lifetimeSeconds = Math.min(
    tickets.lifetimeSeconds ?? LIFETIME_SECONDS,
    TICKET_LIFETIME_SECONDS_MAX,
  );
  const earlyDataBytesMax = tickets.replays === undefined ? 0 : tickets.earlyDataBytesMax ?? 0;
  const count = Math.min(tickets.count ?? TICKETS, resumed ? 1 : Infinity);
  const random = new Uint8Array(4);
  for (let index = 0; index < count; index++) {
    config.random(random);
    const ageAdd = new DataView(random.buffer).getUint32(0);
    // §4.6.1: unique among the tickets of one connection.
    const nonce = Uint8Array.of(index);
    const state = encodeTicketState({
      resumptionPsk: resumptionPsk(suite.hash, resumptionSecret, nonce),
      cipherSuite: suite.id,
      issuedMs: config.now(),
      ...{ serverName, alpnProtocol, lifetimeSeconds, ageAdd, earlyDataBytesMax, peer },
    });
    const ticket = tickets.ticketer.seal(state);
    // A ticket is a field of 16 bits: a client with a very long chain gets none.
    if (ticket.length > TICKET_BYTES_MAX) return;
    const grease = config.grease ? { greaseType: greaseValue(random[0]) } : {};
    io.send(encodeNewSessionTicket({
      ...{ lifetimeSeconds, ageAdd, nonce, ticket, earlyDataBytesMax },
      ...grease,
    }));
  }
}

const TICKETS = 2;
const TICKET_BYTES_MAX = 65_535;
const LIFETIME_SECONDS = 6 * 3600;

/** Each costs an opened ticket. */
const IDENTITIES_TRIED_MAX = 4;

/** A client's clock and a slow network; what is older may be a replay (§8.3). */
const AGE_SKEW_MS_MAX = 60_000;
