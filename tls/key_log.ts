/**
 * Lines of the SSLKEYLOGFILE format (RFC 9850), for who has asked for them.
 *
 * @module
 */

/** Labels of RFC 9850 §2.2. */
export type KeyLogLabel =
  | "CLIENT_EARLY_TRAFFIC_SECRET"
  | "EARLY_EXPORTER_SECRET"
  | "CLIENT_HANDSHAKE_TRAFFIC_SECRET"
  | "SERVER_HANDSHAKE_TRAFFIC_SECRET"
  | "CLIENT_TRAFFIC_SECRET_0"
  | "SERVER_TRAFFIC_SECRET_0"
  | "EXPORTER_SECRET";

/** Notes secrets of one connection, named by the random of its ClientHello. */
export class KeyLog {
  readonly #log: ((line: string) => void) | undefined;
  readonly #clientRandom: string;

  constructor(log: ((line: string) => void) | undefined, clientRandom: Uint8Array) {
    this.#log = log;
    this.#clientRandom = log === undefined ? "" : clientRandom.toHex();
  }

  note(label: KeyLogLabel, secret: Uint8Array): void {
    this.#log?.(`${label} ${this.#clientRandom} ${secret.toHex()}`);
  }
}
