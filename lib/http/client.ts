/**
 * Who asks over HTTP, as handlers see it: one for each request.
 *
 * @module
 */
import type { Client } from "../handlers/broker.ts";
import type { Address } from "../ports.ts";
import { addressText } from "../session/session.ts";

/** A client that lives as long as its request: it is in no list and in no consumer group. */
export class HttpClient implements Client {
  /** Sessions count from 1. */
  readonly id = 0;
  readonly clientId = 0;
  readonly transport = "http";
  readonly certifiedName = undefined;
  #userId: number | undefined;

  readonly address: string;
  /** The far end's address without its port. */
  readonly hostname: string;

  /** @param localHostname The host that the client dialled, without a port. */
  constructor(peer: Address, readonly localHostname: string) {
    this.hostname = peer.hostname;
    this.address = addressText(peer);
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
