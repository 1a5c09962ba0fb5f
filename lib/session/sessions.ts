/**
 * Everybody who is connected and speaks: the table of sessions.
 *
 * Invariant: a session is in the table from its first frame until its connection ends, and then in
 * no consumer group any more.
 *
 * @module
 */
import type { Dialect } from "../../protocol/command.ts";
import type { GroupCoordinator } from "../catalog/consumer_groups.ts";
import type { ClientTransport } from "../handlers/broker.ts";
import type { Clock, Duplex } from "../ports.ts";
import { Session } from "./session.ts";

/** Whether and how often clients have to be heard of. */
export interface Heartbeat {
  readonly enabled: boolean;
  readonly intervalMs: number;
}

/** The sessions of one node. */
export class Sessions {
  readonly #clock: Clock;
  readonly #groups: GroupCoordinator;
  readonly #heartbeat: Heartbeat;
  readonly #live = new Map<number, Session>();
  #lastId = 0;

  constructor(clock: Clock, groups: GroupCoordinator, heartbeat: Heartbeat) {
    this.#clock = clock;
    this.#groups = groups;
    this.#heartbeat = heartbeat;
  }

  get count(): number {
    return this.#live.size;
  }

  /** In order of connection. */
  values(): IterableIterator<Session> {
    return this.#live.values();
  }

  /** `certifiedName`: of the user whom the client's certificate names. */
  begin(
    dialect: Dialect,
    transport: ClientTransport,
    duplex: Duplex,
    certifiedName?: string,
  ): Session {
    const id = this.newId();
    const { peer, local } = duplex;
    const nowMs = this.#clock.monotonicMs();
    const session = new Session(id, dialect, transport, peer, local, nowMs, certifiedName);
    this.#live.set(id, session);
    return session;
  }

  /** A number that no session has or will have, for a client without a session. */
  newId(): number {
    return ++this.#lastId;
  }

  /** Forgets a session and its memberships. */
  end(session: Session): void {
    this.#live.delete(session.id);
    this.#groups.disconnect(session.id, this.#clock.monotonicMs());
  }

  /**
   * Whether a client stopped sending heartbeats: silent for 1.2 intervals (CLASSIC.md section 12),
   * though it sent pings before or is a member of a group. A client that never does either, as
   * Java's blocking one, may be silent.
   */
  isStale(session: Session, nowMs: number): boolean {
    const { enabled, intervalMs } = this.#heartbeat;
    if (!enabled || nowMs - session.lastActiveMs <= intervalMs * STALE_INTERVALS) return false;
    return session.heartbeats || this.#groups.groupsOf(session.id).length > 0;
  }
}

const STALE_INTERVALS = 1.2;
