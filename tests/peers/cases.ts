/**
 * What two TLS implementations are asked to do together, and how it is told that they did: by what
 * our side agreed to and what arrived.
 *
 * @module
 */
import type { Negotiated } from "../../tls/connection.ts";

/** In the order of the table. */
export const CASES = [
  "full handshake",
  "hello retry",
  "resumption",
  "0-RTT",
  "client certificate",
  "ALPN",
  "KeyUpdate",
  "100 MB from server",
  "100 MB to server",
] as const;
export type Case = (typeof CASES)[number];

/** What our side saw of one connection. */
export interface Sight {
  readonly negotiated?: Negotiated;
  /** What the handshake or the conversation failed with. */
  readonly error?: string;
  /** Bytes of content that came, apart from headers. */
  readonly received: number;
  /** Bytes of content that were sent. */
  readonly sent: number;
  readonly earlyBytes: number;
}

/** Why a case went wrong; `undefined` when it went right. */
export function fault(which: Case, sights: readonly Sight[]): string | undefined {
  const last = sights.at(-1);
  if (last === undefined) return "nobody connected";
  const failed = sights.find(({ error }) => error !== undefined);
  if (failed !== undefined) return failed.error;
  const { negotiated } = last;
  if (negotiated === undefined) return "no handshake";
  switch (which) {
    case "hello retry":
      return negotiated.helloRetried ? undefined : "no HelloRetryRequest";
    case "resumption":
      return negotiated.resumed ? undefined : `${sights.length} connections, not resumed`;
    case "0-RTT":
      return negotiated.earlyDataAccepted ? undefined : `not accepted`;
    case "client certificate":
      return negotiated.resumed ? "resumed" : undefined;
    case "ALPN":
      return negotiated.alpnProtocol === ALPN ? undefined : `ALPN is ${negotiated.alpnProtocol}`;
    case "100 MB from server":
    case "100 MB to server":
      return last.received + last.sent >= BULK_BYTES
        ? undefined
        : `only ${last.received + last.sent} bytes`;
    default:
      return undefined;
  }
}

/** What all peers can be told to offer. */
export const ALPN = "http/1.1";

export const BULK_BYTES = 100 * 1024 * 1024;
