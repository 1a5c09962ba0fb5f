/**
 * All connections of a node: takes them in, watches over them, ends them.
 *
 * @module
 */
import { userNamed } from "../certificates/users.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { PeerIdentity } from "../../tls/config.ts";
import type { Negotiated } from "../../tls/connection.ts";
import type { Broker } from "../handlers/broker.ts";
import { authenticateCertified } from "../handlers/login.ts";
import type { Duplex, HttpBridge, HttpHandlers, Listener, NodePorts } from "../ports.ts";
import { ClassicConversation } from "../session/classic.ts";
import type { Conversation } from "../session/conversation.ts";
import { addressText, type Session } from "../session/session.ts";
import type { Sessions } from "../session/sessions.ts";
import { VsrConversation } from "../session/vsr.ts";
import { logs } from "../telemetry.ts";
import {
  type Carrier,
  Connection,
  type ConnectionHost,
  type Entry,
  type TlsAcceptor,
} from "../transport/connection.ts";
import type { MemoryBudget } from "../transport/memory_budget.ts";
import type { Parts } from "./parts.ts";

/** The connections, from accept to close. */
export class Connections implements ConnectionHost {
  readonly clock;
  readonly limits;
  readonly receiveBudget: MemoryBudget;
  readonly #broker: Broker;
  readonly #sessions: Sessions;
  readonly #bridge: HttpBridge;
  /** Whether certificates log their users in. */
  readonly #certificatesLogIn: boolean;
  /** Those being served, with the promise that ends with each. */
  readonly #served = new Map<Connection, Promise<void>>();
  /** How many of those are sockets; the others are WebSockets inside of them. */
  #sockets = 0;
  /** Those whose TLS handshake is under way, oldest first. */
  readonly #handshaking = new Set<Connection>();
  /** Whom the certificates named that were shown below HTTP. */
  readonly #identities = new WeakMap<Duplex, PeerIdentity>();
  /** Peers whose socket carries a WebSocket. */
  readonly #upgraded = new Set<string>();
  #draining = false;

  constructor(
    broker: Broker,
    { sessions, receiveBudget }: Pick<Parts, "sessions" | "receiveBudget">,
    ports: Pick<NodePorts, "openHttpBridge">,
    http: Omit<HttpHandlers, "onWebSocket">,
    certificatesLogIn = false,
  ) {
    this.#certificatesLogIn = certificatesLogIn;
    this.#broker = broker;
    this.#sessions = sessions;
    this.clock = broker.clock;
    this.limits = broker.limits;
    this.receiveBudget = receiveBudget;
    this.#bridge = ports.openHttpBridge({
      ...http,
      onWebSocket: (stream, below) =>
        this.#serve(stream, "websocket", { peerIdentity: this.#identities.get(below) }),
    }, this.limits);
  }

  /** Whether so many answers wait for their readers that the slow ones have to go. */
  get isCrowded(): boolean {
    return this.#broker.buffers.room < this.limits.replyBytesTotalMax / 8;
  }

  /** Serves what `listener` accepts until it is closed; without `tls`, no TLS is spoken. */
  async acceptFrom(listener: Listener, tls?: TlsAcceptor): Promise<void> {
    for (let duplex; (duplex = await listener.accept()) !== null;) {
      if (this.#hasPlace()) this.#serve(duplex, "tcp", { tls });
      else this.#turnAway(duplex);
    }
  }

  /** Ends the connections that are too slow, and the clients that stopped sending heartbeats. */
  sweep(): void {
    const nowMs = this.clock.monotonicMs();
    for (const connection of this.#served.keys()) {
      const overdue = connection.overdue(nowMs);
      if (overdue !== undefined) {
        this.refused(connection, overdue);
        connection.close();
      } else if (this.#isStale(connection, nowMs)) {
        this.refused(connection, "No heartbeat came");
        void connection.dismiss("stale");
      }
    }
  }

  /** Lets every request under way finish, within the time there is, then ends all connections. */
  async drain(): Promise<void> {
    this.#draining = true;
    for (const connection of this.#served.keys()) connection.drain();
    const gone = this.#untilGone();
    let stop = () => {};
    const late = new Promise<void>((resolve) => {
      stop = this.clock.after(this.limits.drainTimeMsMax, resolve);
    });
    await Promise.race([gone, late]);
    stop();
    for (const connection of this.#served.keys()) connection.close();
    await gone;
  }

  converse(framing: "classic" | "vsr", connection: Connection): Conversation {
    const dialect = framing === "classic" ? "classic" : "vsr_0_11";
    const { carrier, duplex } = connection;
    const certifiedName = this.#certifiedName(connection);
    const session = this.#sessions.begin(dialect, carrier, duplex, certifiedName);
    if (framing === "classic" && certifiedName !== undefined) this.#logIn(session, certifiedName);
    return framing === "classic"
      ? new ClassicConversation(this.#broker, this.#sessions, session)
      : new VsrConversation(this.#broker, this.#sessions, session);
  }

  bridge({ duplex, peerIdentity, isTls }: Connection, head: Uint8Array): Promise<void> {
    if (peerIdentity !== undefined) this.#identities.set(duplex, peerIdentity);
    return this.#bridge.serve(duplex, head, isTls);
  }

  /** A slow handshake makes room for the others: who does it at once is never the oldest. */
  handshakeBegins(connection: Connection): void {
    if (this.#handshaking.size >= this.limits.handshakesMax) {
      const [oldest] = this.#handshaking;
      this.#handshaking.delete(oldest);
      this.refused(oldest, "Its TLS handshake is not complete, and its place is needed");
      oldest.close();
    }
    this.#handshaking.add(connection);
  }

  handshakeEnds(connection: Connection, negotiated: Negotiated | undefined): void {
    this.#handshaking.delete(connection);
    const result = negotiated === undefined ? "failed" : negotiated.resumed ? "resumed" : "full";
    this.#broker.meters.handshakeEnded({ result, group: String(negotiated?.group ?? "") });
  }

  refused({ duplex }: Connection, why: string): void {
    logs.transport.warn("Closed {peer}: {why}", { peer: addressText(duplex.peer), why });
  }

  cutOff({ duplex }: Connection, why: string): void {
    logs.transport.debug("{peer} is cut off: {why}", { peer: addressText(duplex.peer), why });
  }

  #certifiedName({ peerIdentity }: Connection): string | undefined {
    if (!this.#certificatesLogIn || peerIdentity === undefined) return undefined;
    return userNamed(peerIdentity);
  }

  /** The classic protocol has no need of a login request then; in VSR it begins the session. */
  #logIn(session: Session, name: string): void {
    try {
      session.login(authenticateCertified(this.#broker, name).id);
    } catch (error) {
      if (!(error instanceof IggyError)) throw error;
      const { address } = session;
      logs.session.warn("Certificate of {address} names {name}, who is no active user", {
        address,
        name,
      });
    }
  }

  #isStale({ session, isBusy }: Connection, nowMs: number): boolean {
    return session !== undefined && !isBusy && this.#sessions.isStale(session, nowMs);
  }

  /** HTTP comes last: below every WebSocket that says farewell is a stream of the bridge. */
  async #untilGone(): Promise<void> {
    const speaking = [...this.#served].filter(([connection]) => !connection.isBridged);
    await Promise.all(speaking.map(([, end]) => end));
    await this.#bridge.close()
      .catch((fault) => logs.transport.error("HTTP bridge cannot be closed: {fault}", { fault }));
    await Promise.all(this.#served.values());
  }

  /** Whether there is a place: at the limit the oldest connection without a login gives up its own. */
  #hasPlace(): boolean {
    if (this.#draining) return false;
    if (this.#sockets < this.limits.connectionsMax) return true;
    for (const connection of this.#served.keys()) {
      if (connection.isClosed || connection.session?.userId !== undefined) continue;
      // The WebSocket inside has a line of its own here, and its login counts.
      if (connection.carrier === "tcp" && this.#upgraded.has(addressText(connection.duplex.peer))) {
        continue;
      }
      this.refused(connection, "It has not logged in, and its place is needed");
      connection.close();
      return true;
    }
    return false;
  }

  #turnAway(duplex: Duplex): void {
    const peer = addressText(duplex.peer);
    const max = this.limits.connectionsMax;
    this.#broker.meters.connectionsRefused++;
    logs.transport.warn("Closed {peer} at once: {max} connections are open", { peer, max });
    duplex.close();
  }

  #serve(duplex: Duplex, carrier: Carrier, entry: Entry): void {
    const connection = new Connection(duplex, carrier, this, entry);
    const peer = addressText(duplex.peer);
    if (carrier === "tcp") {
      this.#sockets++;
      this.#broker.meters.connectionsAccepted++;
    } else this.#upgraded.add(peer);
    const end = connection.serve()
      .catch((fault) => logs.transport.error("Connection fails: {fault}", { fault }))
      .finally(() => {
        this.#served.delete(connection);
        if (carrier === "tcp") this.#sockets--;
        else this.#upgraded.delete(peer);
      });
    this.#served.set(connection, end);
    if (this.#draining) connection.drain();
  }
}
