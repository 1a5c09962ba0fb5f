/**
 * Sessions between connections: what a client keeps, what a server puts into its tickets, and the
 * binders that prove a PSK (RFC 8446 §2.2, §4.2.11, §4.6.1).
 *
 * @module
 */
import type { PeerIdentity } from "./config.ts";
import { EarlySecret, finishedMac } from "./key_schedule.ts";
import type { Hash, KeyType } from "./provider/provider.ts";
import type { CertificateType, CipherSuiteId } from "./registry.ts";
import { TlsReader, TlsWriter } from "./wire.ts";

/** What a ticket stands for, on the client (§4.6.1). Used for one connection (§C.4). */
export interface ClientSession {
  readonly ticket: Uint8Array;
  readonly resumptionPsk: Uint8Array;
  readonly cipherSuite: CipherSuiteId;
  readonly serverName: string;
  readonly alpnProtocol: string | undefined;
  /** Milliseconds since the Unix epoch at which the ticket came. */
  readonly receivedMs: number;
  readonly lifetimeSeconds: number;
  readonly ageAdd: number;
  readonly earlyDataBytesMax: number;
  readonly peer: SessionPeer | undefined;
}

/** Who the peer proved to be when the session began. */
export interface SessionPeer {
  readonly identity: PeerIdentity;
  readonly type: CertificateType;
  /** As they were shown, for a verification anew. */
  readonly chain: readonly Uint8Array[];
  readonly ocspResponse?: Uint8Array;
  readonly signedCertificateTimestamps?: Uint8Array;
}

/** What a ticket stands for, on the server: it is sealed into the ticket. */
export interface TicketState {
  readonly resumptionPsk: Uint8Array;
  readonly cipherSuite: CipherSuiteId;
  readonly serverName: string | undefined;
  readonly alpnProtocol: string | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly issuedMs: number;
  readonly lifetimeSeconds: number;
  readonly ageAdd: number;
  readonly earlyDataBytesMax: number;
  readonly peer: SessionPeer | undefined;
}

export function encodeTicketState(state: TicketState): Uint8Array {
  const writer = new TlsWriter();
  writer.u8(TICKET_VERSION).vector8(state.resumptionPsk).u16(state.cipherSuite);
  writeText(writer, state.serverName);
  writeText(writer, state.alpnProtocol);
  writer.u32(Math.floor(state.issuedMs / 0x100000000)).u32(state.issuedMs % 0x100000000);
  writer.u32(state.lifetimeSeconds).u32(state.ageAdd).u32(state.earlyDataBytesMax);
  writer.vector(3, () => state.peer === undefined || writePeer(writer, state.peer));
  return writer.written;
}

/** The state of a ticket that was opened. Throws a `TlsError` when another version of this program made it. */
export function decodeTicketState(bytes: Uint8Array): TicketState | undefined {
  const reader = new TlsReader(bytes, "Ticket");
  if (reader.u8() !== TICKET_VERSION) return undefined;
  const state = {
    resumptionPsk: reader.vector8().slice(),
    cipherSuite: reader.u16() as CipherSuiteId,
    serverName: readText(reader),
    alpnProtocol: readText(reader),
    issuedMs: reader.u32() * 0x100000000 + reader.u32(),
    lifetimeSeconds: reader.u32(),
    ageAdd: reader.u32(),
    earlyDataBytesMax: reader.u32(),
    peer: readPeer(reader.vector24()),
  };
  reader.end();
  return state;
}

/** The binder of a PSK (§4.2.11.2); the hash covers all up to the binders of the ClientHello. */
export function binder(
  hash: Hash,
  psk: Uint8Array,
  kind: "resumption" | "external" | "imported",
  transcriptHash: Uint8Array,
): Uint8Array {
  return finishedMac(hash, new EarlySecret(hash, psk).binderKey(kind), transcriptHash);
}

function writePeer(writer: TlsWriter, peer: SessionPeer): void {
  const { publicKey, names } = peer.identity;
  writer.u8(peer.type).vector8(utf8(publicKey.type)).vector16(publicKey.bytes);
  writer.vector(2, () => {
    for (const { kind, value } of names) writer.vector8(utf8(kind)).vector16(utf8(value));
  });
  writer.vector(3, () => peer.chain.forEach((certificate) => writer.vector24(certificate)));
  writer.vector16(peer.ocspResponse ?? NOTHING);
  writer.vector16(peer.signedCertificateTimestamps ?? NOTHING);
}

function readPeer(bytes: Uint8Array): SessionPeer | undefined {
  if (bytes.length === 0) return undefined;
  const reader = new TlsReader(bytes.slice(), "Ticket");
  const type = reader.u8() as CertificateType;
  const keyType = text(reader.vector8()) as KeyType;
  const publicKey = { type: keyType, bytes: reader.vector16() };
  const nameList = new TlsReader(reader.vector16(), "Ticket");
  const names: PeerIdentity["names"][number][] = [];
  while (nameList.remaining > 0) {
    const kind = text(nameList.vector8()) as PeerIdentity["names"][number]["kind"];
    names.push({ kind, value: text(nameList.vector16()) });
  }
  const chainList = new TlsReader(reader.vector24(), "Ticket");
  const chain: Uint8Array[] = [];
  while (chainList.remaining > 0) chain.push(chainList.vector24());
  return {
    identity: { publicKey, names },
    type,
    chain,
    ocspResponse: unlessEmpty(reader.vector16()),
    signedCertificateTimestamps: unlessEmpty(reader.vector16()),
  };
}

function unlessEmpty(bytes: Uint8Array): Uint8Array | undefined {
  return bytes.length === 0 ? undefined : bytes;
}

/** `undefined` and the empty text are one. */
function writeText(writer: TlsWriter, value: string | undefined): void {
  writer.vector16(utf8(value ?? ""));
}

function readText(reader: TlsReader): string | undefined {
  return text(reader.vector16()) || undefined;
}

function utf8(value: string): Uint8Array {
  return value === "" ? NOTHING : ENCODER.encode(value);
}

function text(bytes: Uint8Array): string {
  return bytes.length === 0 ? "" : DECODER.decode(bytes);
}

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();

const NOTHING = new Uint8Array(0);

/** Changes with the form: tickets of another form are no tickets. */
const TICKET_VERSION = 1;

/** §4.6.1: a ticket is of no use for longer. */
export const TICKET_LIFETIME_SECONDS_MAX = 7 * 24 * 3600;
