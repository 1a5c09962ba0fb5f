/**
 * Sessions as the client keeps them between connections.
 *
 * @module
 */
import type { CipherSuiteId } from "./registry.ts";
import type { PeerIdentity } from "./config.ts";

/** What a ticket stands for, on the client (RFC 8446 §4.6.1). Used for one connection (§C.4). */
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
  readonly peerIdentity: PeerIdentity | undefined;
}
