/**
 * One connection of the shim over a socket: the handshake, the checks, what is to be written, the
 * echo, the end; in the order of BOGO's "Life of one shim process".
 *
 * @module
 */
import { EchRejected, TlsError } from "../../tls/alert.ts";
import type { TlsConnection, TlsEvent } from "../../tls/connection.ts";
import { ClientConnection, ServerConnection } from "../../tls/mod.ts";
import { Outgoing } from "../../tls/outgoing.ts";
import type { ClientSession } from "../../tls/resumption.ts";
import { isRejected, type Seen } from "./callbacks.ts";
import { mismatches, toldRetryConfigs } from "./checks.ts";
import { type Configured, configured, type World } from "./configure.ts";
import type { Invocation } from "./flags.ts";
import type { Settings } from "./settings.ts";
import type { Progress } from "./tokens.ts";

/** The shim's own opinion that something is wrong. */
export class Failure extends Error {
  override readonly name = "Failure";
}

/** Which connection of a process it is, and what the ones before left. */
export interface Turn {
  readonly isResumption: boolean;
  readonly session: ClientSession | undefined;
  /** What callbacks see; of the connection before, where this one resumes it. */
  readonly seen: Seen;
}

/** A connection, which is the first of a process or resumes the one before. */
export class Exchange {
  /** Of the resumption; those of the retry once 0-RTT data was rejected. */
  #settings: Settings;
  readonly #retry: Settings;
  readonly #turn: Turn;
  readonly #world: World;
  readonly #socket: Deno.TcpConn;
  readonly #configured: Configured;
  readonly #tls: TlsConnection;
  readonly #out: Outgoing;
  readonly #events: TlsEvent[] = [];
  readonly #input = new Uint8Array(INPUT_BYTES);
  #filled = 0;
  readonly #inbox: Uint8Array[] = [];
  /** What is left of a write that has begun. */
  #unfinished: Uint8Array | undefined;
  #isConnected = false;
  #hasEnded = false;
  #mayBeEarly = false;
  #isRejected = false;
  #sawServerHello = false;
  #session: ClientSession | undefined;

  constructor(invocation: Invocation, turn: Turn, world: World, socket: Deno.TcpConn) {
    this.#settings = turn.isResumption ? invocation.resume : invocation.initial;
    this.#retry = invocation.retry;
    this.#turn = turn;
    this.#world = world;
    this.#socket = socket;
    this.#out = new Outgoing(world.provider.buffers);
    this.#configured = configured({
      settings: this.#settings,
      current: () => isRejected(this.#events) ? this.#retry : this.#settings,
      seen: turn.seen,
      session: turn.session,
    }, world);
    const { server, client } = this.#configured;
    this.#tls = client === undefined ? new ServerConnection(server!) : new ClientConnection(client);
  }

  /** The last session that a server gave. */
  get session(): ClientSession | undefined {
    return this.#session;
  }

  get progress(): Progress {
    const isClient = !this.#settings.isServer;
    return {
      awaitsServerHello: isClient && !this.#sawServerHello,
      awaitsEarlyDataAnswer: this.#mayBeEarly && !this.#isConnected,
    };
  }

  /** Goes through the connection. Throws a `TlsError` or a {@link Failure}; the alert is sent by then. */
  async run(): Promise<void> {
    try {
      await this.#begin();
      await this.#perform();
    } catch (error) {
      if (error !== REJECTED) throw this.#judged(error);
      await this.#perform().catch((later) => {
        throw this.#judged(later);
      });
    } finally {
      await this.#drain();
    }
  }

  /** A refusal of ECH is what it is only with the configurations that the runner sent. */
  #judged(error: unknown): unknown {
    if (!(error instanceof EchRejected)) return error;
    if (toldRetryConfigs(this.#settings, error.retryConfigs)) return error;
    return new Failure("Server told other configurations than those expected");
  }

  async #begin(): Promise<void> {
    this.#tls.start(this.#out, this.#events);
    this.#mayBeEarly = this.#tls.earlyDataBytesLeft > 0;
    if (this.#mayBeEarly && this.#settings.expectNoOfferEarlyData) {
      throw new Failure("Client offers early data");
    }
    await this.#flush();
  }

  async #perform(): Promise<void> {
    const settings = this.#settings;
    if (!this.#isEarly) await this.#pumpUntil(() => this.#isConnected || this.#inbox.length > 0);
    if (settings.exportKeyingMaterial > 0) await this.#write(this.#exported());
    if (settings.exportTrafficSecrets) await this.#write(this.#trafficSecrets());
    if (settings.sendAlert) return this.#sendAlert();
    await this.#writeFirst();
    if (!settings.shimShutsDown) await this.#echo();
    this.#checkSession();
    await this.#shutDown();
  }

  /** Whether this client has not heard what becomes of its 0-RTT data. */
  get #isEarly(): boolean {
    return this.#mayBeEarly && !this.#isRejected && !this.#isConnected;
  }

  #exported(): Uint8Array {
    const { exportLabel, exportContext, exportKeyingMaterial } = this.#settings;
    const context = new TextEncoder().encode(exportContext);
    if (!this.#isConnected) throw new Failure(":HANDSHAKE_NOT_COMPLETE:");
    return this.#tls.exportKeyingMaterial(exportLabel, context, exportKeyingMaterial);
  }

  /** BOGO: their length in two bytes, little endian, the secret that is read with, the other. */
  #trafficSecrets(): Uint8Array {
    const { server, keyLines } = this.#configured;
    const secretOf = (label: string) =>
      Uint8Array.fromHex(keyLines.find((line) => line.startsWith(label))!.split(" ")[2]);
    const client = secretOf("CLIENT_TRAFFIC_SECRET_0");
    const servers = secretOf("SERVER_TRAFFIC_SECRET_0");
    const [read, write] = server === undefined ? [servers, client] : [client, servers];
    return Uint8Array.of(read.length & 0xff, read.length >> 8, ...read, ...write);
  }

  async #writeFirst(): Promise<void> {
    const { shimWritesFirst, shimInitialWrite, repeatShimInitialWrite } = this.#settings;
    const data = new TextEncoder().encode(shimInitialWrite);
    if (this.#settings.readWithUnfinishedWrite) await this.#beginWrite(data);
    else if (shimWritesFirst) {
      for (let count = 0; count < repeatShimInitialWrite; count++) await this.#write(data);
    }
  }

  async #sendAlert(): Promise<void> {
    const alert = "decompression_failure_RESERVED";
    this.#tls.fail(new TlsError("internalError", "Shim is told to", { alert }), this.#out);
    await this.#flush();
  }

  async #echo(): Promise<void> {
    for (;;) {
      if (this.#settings.keyUpdateBeforeRead) this.#tls.updateKeys(this.#out, false);
      const data = await this.#read();
      await this.#finishWrite();
      if (data === undefined) return;
      if (this.#settings.keyUpdate) this.#tls.updateKeys(this.#out, false);
      await this.#write(data.map((byte) => byte ^ 0xff));
    }
  }

  /** At most `-read-size` bytes; `undefined` at the end. */
  async #read(): Promise<Uint8Array | undefined> {
    if (!await this.#pumpUntil(() => this.#inbox.length > 0)) return undefined;
    const [next] = this.#inbox;
    const part = next.subarray(0, this.#settings.readSize);
    if (part.length === next.length) this.#inbox.shift();
    else this.#inbox[0] = next.subarray(part.length);
    return part;
  }

  /** As 0-RTT data while it may be; what does not fit waits for the handshake. */
  async #write(data: Uint8Array): Promise<void> {
    let rest = data;
    if (this.#isEarly) {
      rest = data.subarray(this.#tls.sendEarlyData(data, this.#out));
      await this.#flush();
      if (rest.length === 0) return;
    }
    await this.#pumpUntil(() => this.#tls.maySend);
    this.#tls.send(rest, this.#out);
    await this.#flush();
  }

  /** BOGO: a client has got a ticket by the end, unless nobody expects one. */
  #checkSession(): void {
    const { isServer, expectNoSession, shimShutsDown } = this.#settings;
    if (isServer) return;
    const expected = !expectNoSession && !shimShutsDown;
    if (expected !== (this.#session !== undefined)) {
      throw new Failure(`Session came: ${!expected}, expected: ${expected}`);
    }
    if (this.#session === undefined) return;
    const allows = this.#session.earlyDataBytesMax > 0;
    if (allows !== this.#settings.expectTicketSupportsEarlyData) {
      throw new Failure(`Ticket allows early data: ${allows}`);
    }
  }

  async #shutDown(): Promise<void> {
    this.#tls.close(this.#out);
    await this.#flush();
    if (!this.#settings.checkCloseNotify) return;
    await this.#pumpUntil(() => this.#hasEnded);
    // The runner looks for these words.
    if (!this.#hasEnded) throw new Failure("Unexpected SSL_shutdown result: -1 != 1");
  }

  /** Receives until `holds`. `false`: the peer's data ended before; during a handshake it throws. */
  async #pumpUntil(holds: () => boolean): Promise<boolean> {
    while (!holds()) {
      if (this.#hasEnded) return false;
      const count = await this.#socket.read(this.#input.subarray(this.#filled)).catch(() => null);
      if (count === null) {
        if (!this.#isConnected) throw new Failure("Connection ended during the handshake");
        return false;
      }
      this.#filled += count;
      await this.#receive();
    }
    return true;
  }

  async #receive(): Promise<void> {
    try {
      const received = this.#input.subarray(0, this.#filled);
      const consumed = this.#tls.receive(received, this.#out, this.#events);
      this.#input.copyWithin(0, consumed, this.#filled);
      this.#filled -= consumed;
      this.#sawServerHello ||= consumed > 0;
      await this.#handleEvents();
    } finally {
      await this.#flush();
    }
  }

  async #handleEvents(): Promise<void> {
    const wasRejected = this.#isRejected;
    for (let at = 0; at < this.#events.length; at++) {
      const event = this.#events[at];
      if (event.type === "signature-wanted") {
        this.#tls.provideSignature(await event.signature, this.#out, this.#events);
      } else this.#handle(event);
    }
    this.#events.length = 0;
    if (this.#isRejected && !wasRejected) throw REJECTED;
  }

  #handle(event: TlsEvent): void {
    switch (event.type) {
      case "data":
      case "early-data":
        this.#inbox.push(event.bytes.slice());
        break;
      case "connected":
        this.#isConnected = true;
        this.#check();
        break;
      case "session":
        this.#session = event.session;
        break;
      case "end":
        this.#hasEnded = true;
        break;
      case "early-data-rejected":
        if (!this.#settings.expectRejectEarlyData) throw new Failure("Early data was rejected");
        this.#isRejected = true;
        this.#settings = this.#retry;
    }
  }

  #check(): void {
    const negotiated = this.#tls.negotiated!;
    if (!negotiated.resumed) this.#turn.seen.signatureScheme = negotiated.peerSignatureScheme;
    const found = mismatches(this.#settings, {
      negotiated,
      seen: this.#turn.seen,
      isResumption: this.#turn.isResumption,
      credential: this.#configured.placeOf(negotiated.credential),
      sha256: (bytes) => this.#world.provider.hashes.sha256.digest(bytes),
    });
    if (found.length > 0) throw new Failure(found.join("; "));
  }

  async #flush(): Promise<void> {
    if (this.#out.length === 0) return;
    await this.#finishWrite();
    await this.#writeAll(this.#out.bytes);
    this.#out.clear();
  }

  /** Lets one byte leave; the others follow the first read, or go before what is sent next. */
  async #beginWrite(data: Uint8Array): Promise<void> {
    if (this.#isEarly) this.#tls.sendEarlyData(data, this.#out);
    else this.#tls.send(data, this.#out);
    const [first, ...rest] = this.#out.bytes;
    this.#out.clear();
    await this.#writeAll(Uint8Array.of(first));
    this.#unfinished = Uint8Array.from(rest);
  }

  async #finishWrite(): Promise<void> {
    const rest = this.#unfinished;
    this.#unfinished = undefined;
    if (rest !== undefined) await this.#writeAll(rest);
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) rest = rest.subarray(await this.#socket.write(rest));
  }

  /** A socket closed with bytes unread sends RST, and the runner may lose what was sent before. */
  async #drain(): Promise<void> {
    try {
      await this.#flush();
      await this.#socket.closeWrite();
      while (await this.#socket.read(this.#input) !== null);
    } catch {
      // The runner has gone already.
    }
    this.#socket.close();
  }
}

const REJECTED = Symbol("0-RTT data was rejected: the exchange is done again");
const INPUT_BYTES = 1 << 17;
