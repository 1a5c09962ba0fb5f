/**
 * The TLS 1.3 engine: both roles, what configures them, what they say.
 *
 * @module
 */
export { TlsError } from "./alert.ts";
export type { Reason } from "./alert.ts";
export { ClientConnection } from "./client.ts";
export type * from "./config.ts";
export type * from "./connection.ts";
export { Outgoing } from "./outgoing.ts";
export type * from "./provider/provider.ts";
export { RECORD_BYTES_MAX } from "./record.ts";
export { MemoryReplayStore } from "./replay_store.ts";
export type { ClientSession } from "./resumption.ts";
export { ServerConnection } from "./server.ts";
export { RotatingTicketer } from "./ticketer.ts";
export { issueAuthority, issueLeaf } from "./x509/issue.ts";
export { TrustAnchors } from "./x509/trust.ts";
export { clientCertificateVerifier, serverCertificateVerifier } from "./x509/verifier.ts";
