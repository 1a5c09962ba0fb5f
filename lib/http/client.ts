/**
 * Who asks over HTTP, as handlers see it: one for each request.
 *
 * @module
 */
import type { Client } from "../handlers/broker.ts";

/** A client that lives as long as its request: it is in no list and in no consumer group. */
export class HttpClient implements Client {
  /** Sessions count from 1. */
  readonly id = 0;
  readonly clientId = 0;
  readonly transport = "http";
  readonly certifiedName = undefined;
  #userId: number | undefined;

  /**
   * @param address `ip:port` of the far end.
   * @param localHostname The host that the client dialled, without a port.
   */
  constructor(readonly address: string, readonly localHostname: string) {}

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
