/**
 * Who asks over HTTP, as handlers see it: one for each request, and one for each member of a consumer
 * group (`group_members.ts`).
 *
 * @module
 */
import type { Client } from "../handlers/broker.ts";
import type { Address } from "../ports.ts";
import { addressText } from "../session/session.ts";

/** A client that lives as long as its request, or its membership; it is in no list. */
export class HttpClient implements Client {
  readonly clientId = 0;
  readonly transport = "http";
  readonly certifiedName = undefined;
  #userId: number | undefined;

  readonly address: string;
  /** The far end's address without its port. */
  readonly hostname: string;
  readonly #peer: Address;

  /**
   * @param localHostname The host that the client dialled, without a port.
   * @param id Of a member of consumer groups; sessions count from 1, so 0 is nobody's.
   */
  constructor(peer: Address, readonly localHostname: string, readonly id = 0) {
    this.#peer = peer;
    this.hostname = peer.hostname;
    this.address = addressText(peer);
  }

  /** The same user at the same place, under another id. */
  withId(id: number): HttpClient {
    const client = new HttpClient(this.#peer, this.localHostname, id);
    if (this.#userId !== undefined) client.login(this.#userId);
    return client;
  }

  get userId(): number | undefined {
    return this.#userId;
  }

  login(userId: number): void {
    this.#userId = userId;
  }

  logout(): void {
    this.#userId = undefined;
  }

  pinged(): void {}
}
