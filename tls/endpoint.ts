/**
 * What both roles are made of: records in, records out, handshake messages to the current state,
 * alerts, and what goes on after the handshake. Which messages mean what is the states' business
 * (`server.ts`, `client.ts`); nothing outside this file changes the state.
 *
 * Invariant: `#state` is `undefined` exactly while a state works and after the connection failed.
 *
 * @module
 */
import { TlsError } from "./alert.ts";
import { concat } from "./bytes.ts";
import type { CommonConfig } from "./config.ts";
import type { Level, Negotiated, TlsConnection, TlsEvent } from "./connection.ts";
import { HandshakeJoiner } from "./handshake_joiner.ts";
import { exportKeyingMaterial } from "./key_schedule.ts";
import { decodeKeyUpdate, encodeKeyUpdate } from "./messages.ts";
import type { Outgoing } from "./outgoing.ts";
import { CERTIFICATE_BYTES_MAX } from "./peer_certificate.ts";
import type { CipherSuite, SigningKey } from "./provider/provider.ts";
import type { RecordReader } from "./record.ts";
import { RecordLayer } from "./record_layer.ts";
import {
  AlertDescription,
  type AlertName,
  ContentType,
  nameOf,
  type SignatureScheme,
} from "./registry.ts";
import type { Exporter, HandshakeIo, State } from "./state.ts";

/** A connection of either role, which `begin` tells: it gives the first state, and may send before. */
export class Endpoint implements TlsConnection {
  #state: State | undefined;
  #phase: "open" | "failed" = "open";
  readonly #records: RecordLayer | undefined;
  readonly #joiner: HandshakeJoiner;
  readonly #io: HandshakeIo;
  /** Handshake messages that are in no record yet. */
  #flight: Uint8Array[] = [];
  #writeLevel: Level = "initial";
  /** Those of the call under way. */
  #out: Outgoing | undefined;
  #events: TlsEvent[] = [];
  #negotiated: Negotiated | undefined;
  #exporter: Exporter | undefined;
  #maySend = false;
  #sentClose = false;
  #receivedClose = false;
  #acceptsChangeCipherSpec = false;
  /** In a row, or since the start: what a peer may send without end and without effect. */
  readonly #idle = { changeCipherSpecs: 0, emptyRecords: 0, warnings: 0, keyUpdates: 0 };
  /** Whether nothing was sent under the key in use: it answers every request for a new one. */
  #hasUnusedKey = false;
  #owesKeyUpdate = false;

  readonly #begin: (io: HandshakeIo) => State;
  /** What may be sent as 0-RTT data now. */
  #earlyDataBytesLeft = 0;

  constructor(
    config: CommonConfig,
    options: EndpointOptions,
    begin: (io: HandshakeIo) => State,
  ) {
    this.#records = options.withoutRecords ? undefined : new RecordLayer(config);
    this.#joiner = new HandshakeJoiner(config.certificateBytesMax ?? CERTIFICATE_BYTES_MAX);
    this.#io = this.#makeIo();
    this.#begin = begin;
  }

  get negotiated(): Negotiated | undefined {
    return this.#negotiated;
  }

  get maySend(): boolean {
    return this.#maySend && !this.#sentClose && this.#phase === "open";
  }

  get earlyDataBytesLeft(): number {
    return this.#sentClose || this.#phase === "failed" ? 0 : this.#earlyDataBytesLeft;
  }

  start(out: Outgoing, events: TlsEvent[]): void {
    this.#act(out, events, () => {
      this.#state = this.#begin(this.#io);
    });
  }

  receive(input: Uint8Array, out: Outgoing, events: TlsEvent[]): number {
    let consumed = 0;
    this.#act(out, events, () => {
      const { reader } = this.#recordLayer;
      while (this.#state !== undefined && this.#state.signed === undefined) {
        if (this.#receivedClose) break;
        const length = reader.read(input, consumed);
        if (length === 0) break;
        consumed += length;
        this.#receiveRecord(reader);
      }
    });
    // §6.1: what follows close_notify is ignored.
    return this.#receivedClose ? input.length : consumed;
  }

  /** Without a record layer: takes in handshake bytes of the level being read. */
  receiveHandshake(bytes: Uint8Array, out: Outgoing, events: TlsEvent[]): void {
    this.#act(out, events, () => {
      this.#joiner.push(bytes);
      this.#handleMessages();
    });
  }

  receiveEnd(): void {
    if (this.#receivedClose || this.#phase === "failed") return;
    this.#phase = "failed";
    // §6.1: without close_notify, what came may be less than what was sent.
    throw new TlsError("truncated", "Peer's stream ended without close_notify");
  }

  send(data: Uint8Array, out: Outgoing): void {
    if (!this.maySend) throw new Error("Connection may not send now");
    const { writer } = this.#recordLayer;
    if (writer.isWornOut) this.updateKeys(out, false);
    this.#hasUnusedKey = false;
    writer.write(ContentType.application_data, data, out);
  }

  sendEarlyData(data: Uint8Array, out: Outgoing): number {
    const length = Math.min(data.length, this.earlyDataBytesLeft);
    this.#earlyDataBytesLeft -= length;
    const { writer } = this.#recordLayer;
    if (length > 0) writer.write(ContentType.application_data, data.subarray(0, length), out);
    return length;
  }

  provideSignature(signature: Uint8Array, out: Outgoing, events: TlsEvent[]): void {
    this.#act(out, events, () => {
      const state = this.#takeState();
      if (state.signed === undefined) throw new Error("Connection waits for no signature");
      this.#state = state.signed(signature, this.#io);
      this.#handleMessages();
    });
  }

  fail(error: Error, out: Outgoing): void {
    if (this.#phase === "failed") return;
    this.#out = out;
    this.#failWith(error);
    this.#out = undefined;
  }

  updateKeys(out: Outgoing, requestPeer: boolean): void {
    if (!this.maySend) throw new Error("Connection may not send now");
    const records = this.#recordLayer;
    records.writer.write(ContentType.handshake, encodeKeyUpdate(requestPeer), out);
    records.nextWriteSecret();
    this.#hasUnusedKey = true;
  }

  exportKeyingMaterial(label: string, context: Uint8Array, bytes: number): Uint8Array {
    if (this.#exporter === undefined) throw new Error("Handshake is not complete");
    const { hash, secret } = this.#exporter;
    return exportKeyingMaterial(hash, secret, label, context, bytes);
  }

  close(out: Outgoing): void {
    if (this.#phase === "failed" || this.#sentClose) return;
    this.#sentClose = true;
    this.#records?.writeAlert("close_notify", out);
  }

  get #recordLayer(): RecordLayer {
    if (this.#records === undefined) throw new Error("Connection has no record layer");
    return this.#records;
  }

  /** Runs one call from outside: whatever goes wrong in it ends the connection. */
  #act(out: Outgoing, events: TlsEvent[], work: () => void): void {
    if (this.#phase === "failed") throw new Error("Connection has failed before");
    this.#out = out;
    this.#events = events;
    try {
      work();
      this.#flush();
      if (this.#owesKeyUpdate && this.maySend) this.updateKeys(out, false);
      this.#owesKeyUpdate = false;
    } catch (error) {
      this.#flight = [];
      this.#failWith(error);
      throw error;
    } finally {
      this.#joiner.keep();
      this.#out = undefined;
      this.#events = [];
    }
  }

  /** Sends the alert of `error`, once; none for an alert that the peer sent. */
  #failWith(error: unknown): void {
    this.#phase = "failed";
    this.#state = undefined;
    const isPeers = error instanceof TlsError && error.reason === "alertReceived";
    if (isPeers || this.#sentClose || this.#out === undefined) return;
    this.#records?.writeAlert(
      error instanceof TlsError ? error.alert : "internal_error",
      this.#out,
    );
  }

  #receiveRecord(reader: RecordReader): void {
    const { type, content } = reader;
    if (type === ContentType.handshake) return this.#receiveHandshakeRecord(content);
    if (type === ContentType.alert) return this.#receiveAlert(content);
    if (this.#joiner.hasPending) {
      // §5.1: no other record comes between the fragments of a handshake message.
      throw new TlsError("unexpectedRecord", "A handshake message is interrupted");
    }
    if (type === 0) return;
    if (type === ContentType.change_cipher_spec) this.#receiveChangeCipherSpec(content);
    else this.#receiveData(content);
  }

  #receiveHandshakeRecord(content: Uint8Array): void {
    if (content.length === 0) {
      // §5.1
      throw new TlsError("emptyRecord", "Handshake record is empty");
    }
    this.#idle.emptyRecords = 0;
    this.#joiner.push(content);
    this.#handleMessages();
  }

  /** Hands whole messages to one state after another, until one waits for something else. */
  #handleMessages(): void {
    while (this.#state !== undefined && this.#state.signed === undefined) {
      const message = this.#joiner.next();
      if (message === undefined) return;
      const state = this.#takeState();
      this.#state = state.handle(message, this.#io);
    }
  }

  #takeState(): State {
    const state = this.#state;
    if (state === undefined) throw new Error("Connection has not begun");
    this.#state = undefined;
    return state;
  }

  #receiveData(content: Uint8Array): void {
    const state = this.#state!;
    if (state.data === undefined) {
      throw new TlsError("unexpectedRecord", `Application data came in state ${state.name}`);
    }
    if (content.length === 0) return this.#countIdle("emptyRecords", EMPTY_RECORDS_MAX);
    this.#idle.emptyRecords = this.#idle.keyUpdates = 0;
    state.data(content, this.#io);
  }

  /** §5: one byte of 1, between the first ClientHello and the peer's Finished; it means nothing. */
  #receiveChangeCipherSpec(content: Uint8Array): void {
    if (!this.#acceptsChangeCipherSpec || content.length !== 1 || content[0] !== 1) {
      throw new TlsError("unexpectedRecord", "A change_cipher_spec has no place here");
    }
    this.#countIdle("changeCipherSpecs", EMPTY_RECORDS_MAX);
  }

  #receiveAlert(content: Uint8Array): void {
    if (content.length !== 2) {
      // §5.1 forbids the empty one; an alert has a record for itself.
      const alert = content.length === 0 ? "unexpected_message" : undefined;
      throw new TlsError("badAlert", `Alert has ${content.length} bytes`, alert && { alert });
    }
    const [level, description] = content;
    if (level !== 1 && level !== 2) {
      throw new TlsError("unknownAlertLevel", `Alert has level ${level}`);
    }
    if (description === AlertDescription.close_notify) {
      this.#receivedClose = true;
      this.#events.push({ type: "end" });
    } else if (description === AlertDescription.user_canceled) {
      this.#countIdle("warnings", WARNINGS_MAX);
    } else if (level === 1) {
      throw new TlsError("badAlert", `Alert ${description} is a warning`);
    } else {
      const name = nameOf(AlertDescription, description);
      throw new TlsError("alertReceived", `Peer sent the alert ${name}`, {
        alert: name as AlertName,
      });
    }
  }

  #countIdle(what: "changeCipherSpecs" | "emptyRecords" | "warnings", max: number): void {
    if (++this.#idle[what] <= max) return;
    const reason = what === "warnings" ? "tooManyWarningAlerts" : "tooManyEmptyRecords";
    throw new TlsError(reason, `Peer sent more than ${max} records that say nothing`);
  }

  /** Puts the flight into records, packed, with the key in use. */
  #flush(): void {
    const flight = this.#flight;
    if (flight.length === 0) return;
    this.#flight = [];
    // §6.1: close_notify was the last.
    if (this.#sentClose) return;
    const bytes = flight.length === 1 ? flight[0] : concat(...flight);
    if (this.#records === undefined) {
      this.#events.push({ type: "handshake-bytes", level: this.#writeLevel, bytes });
    } else this.#records.writer.write(ContentType.handshake, bytes, this.#out!);
  }

  #receiveKeyUpdate(body: Uint8Array): void {
    const requested = decodeKeyUpdate(body);
    if (this.#records === undefined) {
      // RFC 9001 §6
      throw new TlsError("unexpectedMessage", "KeyUpdate has no place in QUIC");
    }
    this.#expectPause();
    if (++this.#idle.keyUpdates > KEY_UPDATES_MAX) {
      throw new TlsError(
        "tooManyKeyUpdates",
        `Peer sent ${KEY_UPDATES_MAX + 1} KeyUpdates in a row`,
      );
    }
    this.#records.nextReadSecret();
    // §4.6.3: one update answers all requests that come while this side sends no data.
    this.#owesKeyUpdate ||= requested && !this.#hasUnusedKey;
  }

  #expectPause(): void {
    if (this.#joiner.hasPending) {
      throw new TlsError("excessHandshakeData", "Handshake bytes follow where the key changes");
    }
  }

  #sign(
    key: SigningKey,
    scheme: SignatureScheme,
    content: Uint8Array,
    then: (signature: Uint8Array) => State,
  ): State {
    const signature = key.sign(scheme, content);
    if (signature instanceof Uint8Array) return then(signature);
    this.#events.push({ type: "signature-wanted", scheme, signature });
    return new AwaitSignature(then);
  }

  #emitSecret(
    direction: "read" | "write",
    level: Level,
    suite: CipherSuite,
    secret: Uint8Array,
  ): void {
    this.#events.push({ type: "secret", direction, level, cipherSuite: suite.id, secret });
  }

  #makeIo(): HandshakeIo {
    return {
      hasRecords: this.#records !== undefined,
      send: (message) => void this.#flight.push(message),
      beginFirstHello: () => {
        if (this.#records !== undefined) this.#records.writer.legacyVersion = FIRST_HELLO_VERSION;
      },
      sendChangeCipherSpec: () => {
        if (this.#records === undefined || this.#sentClose) return;
        this.#flush();
        this.#records.writer.write(ContentType.change_cipher_spec, Uint8Array.of(1), this.#out!);
      },
      readWith: (suite, secret, level) => {
        this.#expectPause();
        if (this.#records === undefined) this.#emitSecret("read", level, suite, secret);
        else this.#records.readWith(suite, secret);
      },
      writeWith: (suite, secret, level) => {
        this.#flush();
        this.#writeLevel = level;
        if (this.#records === undefined) this.#emitSecret("write", level, suite, secret);
        else this.#records.writeWith(suite, secret);
      },
      writeUnprotected: () => this.#records?.writer.useNothing(),
      expectPause: () => this.#expectPause(),
      acceptChangeCipherSpec: (accepts) => {
        this.#acceptsChangeCipherSpec = accepts;
      },
      openEarlyData: (bytesMax) => {
        this.#earlyDataBytesLeft = bytesMax;
      },
      closeEarlyData: () => {
        this.#earlyDataBytesLeft = 0;
      },
      skipEarlyData: () => this.#records?.reader.skipEarlyData(SKIPPED_EARLY_DATA_BYTES_MAX),
      stopSkippingEarlyData: () => this.#records?.reader.stopSkipping(),
      limitRecords: ({ send, receive }) => {
        if (this.#records === undefined) return;
        const { writer, reader } = this.#records;
        writer.contentBytesMax = Math.min(writer.contentBytesMax, send);
        reader.contentBytesMax = receive;
      },
      sign: (key, scheme, content, then) => this.#sign(key, scheme, content, then),
      emit: (event) => void this.#events.push(event),
      receiveKeyUpdate: (body) => this.#receiveKeyUpdate(body),
      openHalf: (exporter) => {
        this.#maySend = this.#records !== undefined;
        this.#exporter = exporter;
      },
      connected: (negotiated, exporter) => {
        this.#negotiated = negotiated;
        this.#exporter = exporter;
        this.#maySend = this.#records !== undefined;
        this.#acceptsChangeCipherSpec = false;
        this.#events.push({ type: "connected" });
      },
    };
  }
}

export interface EndpointOptions {
  /**
   * For QUIC (RFC 9001): handshake bytes and secrets come as events, `receiveHandshake` takes what the
   * peer sent, and an alert is the error that is thrown.
   */
  readonly withoutRecords?: boolean;
}

/** A signature is being made elsewhere. */
class AwaitSignature implements State {
  readonly name = "AwaitSignature";
  readonly #then: (signature: Uint8Array) => State;

  constructor(then: (signature: Uint8Array) => State) {
    this.#then = then;
  }

  handle(): State {
    throw new Error("No message is taken while a signature is made");
  }

  signed(signature: Uint8Array): State {
    return this.#then(signature);
  }
}

const EMPTY_RECORDS_MAX = 32;
const WARNINGS_MAX = 4;
const KEY_UPDATES_MAX = 32;

/** Of ciphertext. What a client sends before it learns that it was refused is a round trip's worth (§4.2.10). */
const SKIPPED_EARLY_DATA_BYTES_MAX = 16_384;

/** legacy_record_version of a first ClientHello (§5.1). */
const FIRST_HELLO_VERSION = 0x0301;
