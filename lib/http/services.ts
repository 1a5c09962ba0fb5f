/**
 * What HTTP works with.
 *
 * @module
 */
import type { JsonWebTokens } from "../auth/json_web_tokens.ts";
import type { History } from "./dashboard/history.ts";
import type { HttpConfig } from "../config.ts";
import type { Broker } from "../handlers/broker.ts";
import type { LoginThrottle } from "./login_throttle.ts";
import type { GroupMembers } from "./group_members.ts";

/** The node's services, and those that only HTTP has. */
export interface HttpServices {
  readonly broker: Broker;
  readonly accessTokens: JsonWebTokens;
  readonly loginThrottle: LoginThrottle;
  readonly members: GroupMembers;
  readonly config: HttpConfig;
  /** Aborted when the node stops: answers that go on for ever end then. */
  readonly draining: AbortSignal;
  /** Of the last minutes, for the dashboard. */
  readonly history: History;
  /** The certificates that the node shows now; `undefined` when it speaks no TLS. */
  readonly tlsFacts: () => TlsFacts | undefined;
}

/** What people want to know of a node's TLS. */
export interface TlsFacts {
  readonly chains: readonly {
    readonly transports: readonly { readonly transport: string; readonly isRequired: boolean }[];
    /** The node's own certificate first. */
    readonly certificates: readonly CertificateFacts[];
  }[];
  /** To be trusted by clients, when the node has an authority of its own. */
  readonly authorityPem: string | undefined;
}

/** One certificate in words. */
export interface CertificateFacts {
  readonly name: string;
  readonly isAuthority: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly notAfterMs: number;
  readonly facts: readonly (readonly [label: string, text: string])[];
}
