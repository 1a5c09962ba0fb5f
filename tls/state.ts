/**
 * What states of a handshake are, and what they may do to the connection they belong to.
 *
 * A state owns exactly what is known while it lasts. It is handed one message and gives the state
 * that follows; a message it does not expect ends the connection. While it works the connection has
 * no state, so what fails stays failed.
 *
 * @module
 */
import { TlsError } from "./alert.ts";
import type { HandshakeMessage } from "./handshake_joiner.ts";
import type { Level, Negotiated, TlsEvent } from "./connection.ts";
import type { CipherSuite, Hash, SigningKey } from "./provider/provider.ts";
import { HandshakeType, nameOf, type SignatureScheme } from "./registry.ts";

/** A state: what the connection waits for. */
export interface State {
  /** As in the diagram of its role, for errors. */
  readonly name: string;
  /** Takes the next handshake message. */
  handle(message: HandshakeMessage, io: HandshakeIo): State;
  /** Takes application data; a state without it refuses them. */
  data?(bytes: Uint8Array, io: HandshakeIo): void;
  /** Waits for a signature: no message is taken before it comes. */
  signed?(signature: Uint8Array, io: HandshakeIo): State;
}

/** What states may do. */
export interface HandshakeIo {
  /** Whether messages travel in records; in QUIC they do not, and there is no EndOfEarlyData (RFC 9001 §8.3). */
  readonly hasRecords: boolean;
  /** Puts a whole handshake message into the flight that is being made. */
  send(message: Uint8Array): void;
  /** Marks what is sent next as the first ClientHello (§5.1). */
  beginFirstHello(): void;
  /** For middleboxes (§D.4). */
  sendChangeCipherSpec(): void;
  /** Reads with this secret from now on. Throws when handshake bytes of the old one are left (§5.1). */
  readWith(suite: CipherSuite, secret: Uint8Array, level: Level): void;
  /** Sends with this secret from now on; what was put into the flight before still has the old one. */
  writeWith(suite: CipherSuite, secret: Uint8Array, level: Level): void;
  /** Sends unprotected again: 0-RTT was refused by a HelloRetryRequest, whose answer has no key. */
  writeUnprotected(): void;
  /** Throws when more handshake bytes follow in the same record: the peer owes nothing before an answer. */
  expectPause(): void;
  /** Whether a change_cipher_spec is dropped (§5): from the first ClientHello to the peer's Finished. */
  acceptChangeCipherSpec(accepts: boolean): void;
  /** Client: lets 0-RTT data be sent, so many bytes, with the key in use. */
  openEarlyData(bytesMax: number): void;
  closeEarlyData(): void;
  /** Passes over 0-RTT data that was not accepted. */
  skipEarlyData(): void;
  stopSkippingEarlyData(): void;
  /** Content of records at most (RFC 8449), each way. */
  limitRecords(contentBytesMax: { readonly send: number; readonly receive: number }): void;
  /** Makes a signature: at once where the key can, otherwise the connection waits. */
  sign(
    key: SigningKey,
    scheme: SignatureScheme,
    content: Uint8Array,
    then: (signature: Uint8Array) => State,
  ): State;
  emit(event: TlsEvent): void;
  /** Takes a KeyUpdate: the peer's key changes, and this side's, if it is asked to (§4.6.3). */
  receiveKeyUpdate(body: Uint8Array): void;
  /** Application data may be sent, though the peer is not finished. */
  openHalf(exporter: Exporter): void;
  /** The handshake is complete. */
  connected(negotiated: Negotiated, exporter: Exporter): void;
}

/** What RFC 8446 §7.5 exports from. */
export interface Exporter {
  readonly hash: Hash;
  readonly secret: Uint8Array;
}

/** The body of `message`, which has to be of that type. */
export function expectType(message: HandshakeMessage, type: number, state: State): Uint8Array {
  if (message.type === type) return message.body;
  throw new TlsError(
    "unexpectedMessage",
    `${nameOf(HandshakeType, message.type)} came in state ${state.name}`,
  );
}
