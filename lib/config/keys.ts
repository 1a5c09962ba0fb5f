/**
 * The table of settings: what this node reads, one line a key, and which bounds of `limits.ts` an
 * operator may change. Names, defaults and meanings are Iggy's (CONFIG-CLI.md section 2), those of
 * 0.8 that became topic options in 0.9 included: here they are the defaults of new topics.
 *
 * @module
 */
import { type LimitName, limits } from "../limits.ts";
import { HTTP_KEYS } from "./http_keys.ts";
import { iggy, type Key, keysBelow, own } from "./key.ts";
import * as values from "./values.ts";

const { bool, duration, integer, size } = values;

/** Transports that listen. */
export const TRANSPORTS = ["tcp", "websocket", "http"] as const;

/** A transport that listens. */
export type Transport = (typeof TRANSPORTS)[number];

/** The settings of this node by their path in the file. */
export const KEYS = {
  "tls": own(
    values.oneOf("required", "off"),
    "required",
    'Whether an address that others can reach must take TLS only; "off" lets it take plain text, and ' +
      "ports that do not ask for TLS speak none",
  ),

  "tcp.enabled": iggy(bool, true, "Serves the binary protocol over TCP"),
  "tcp.address": iggy(
    values.address,
    at(8090),
    "Where TCP listens; port 0 picks a free one, told in runtime/current_config.toml",
  ),
  ...tlsOf("tcp"),
  "websocket.enabled": iggy(bool, true, "Serves the binary protocol over WebSocket"),
  "websocket.address": iggy(values.address, at(8092), "Where WebSocket listens"),
  "websocket.allowed_origins": own(
    values.texts,
    [],
    'Origins besides the node\'s own whose pages may open a WebSocket; "*" for any',
  ),
  ...tlsOf("websocket"),
  "http.enabled": iggy(bool, true, "Serves the REST API"),
  "http.address": iggy(values.address, at(3000), "Where HTTP listens"),
  "http.max_request_size": iggy(
    size({ min: 1024 }),
    2_000_000,
    "The longest body of a request over HTTP",
  ),
  "http.web_ui": iggy(bool, true, "Serves the dashboard: for browsers at /, and below /ui"),
  ...tlsOf("http"),
  ...HTTP_KEYS,

  "client_certificates.mode": own(
    values.oneOf("off", "optional", "required"),
    "off",
    "Whether clients are asked for a certificate over TLS, and have to have one",
  ),
  "client_certificates.ca_file": own(
    values.text,
    "",
    "The authorities that certificates of clients must come from, in PEM; empty for the node's own",
  ),
  "client_certificates.login": own(
    bool,
    false,
    "Logs in who shows a certificate with the URI whippet:user:NAME as the user of that name",
  ),

  "system.path": iggy(values.nonEmptyText, "local_data", "The data directory"),
  "system.runtime.path": iggy(
    values.nonEmptyText,
    "runtime",
    "The folder for current_config.toml, below the data directory",
  ),
  "system.logging.level": iggy(
    values.logDirectives,
    "info",
    "How much is logged; RUST_LOG wins over it",
  ),
  "system.encryption.enabled": iggy(
    bool,
    false,
    "Encrypts stored messages with the key below; false still reads what is encrypted",
  ),
  "system.encryption.key": iggy(values.text, "", "The key: 32 bytes in base64"),
  "system.encryption.key_file": own(
    values.text,
    "",
    "A file with keys in place of key, one a line, the current one first; read again when it changes",
  ),
  "system.encryption.algorithm": own(
    values.oneOf("chacha20-poly1305", "aes-256-gcm"),
    "chacha20-poly1305",
    "What new messages are encrypted with",
  ),

  "system.topic.max_size": iggy(
    values.topicSize,
    values.U64_MAX,
    "New topics: the size at which the oldest segments go",
  ),
  "system.topic.message_expiry": iggy(
    values.expiry,
    values.U64_MAX,
    "New topics: the age at which messages go",
  ),
  "system.partition.enforce_fsync": iggy(
    bool,
    false,
    "New topics: a send is acknowledged only once it is on stable storage",
  ),
  "system.partition.validate_checksum": iggy(
    bool,
    true,
    "Checks stored messages when they are read, so that no damage of the disk is sent",
  ),
  "system.partition.messages_required_to_save": iggy(
    integer(1, 16_777_216),
    1024,
    "New topics: messages buffered before they are written out",
  ),
  "system.partition.size_of_messages_required_to_save": iggy(
    size({ max: limits.segmentSizeBytesMax }),
    1024 * 1024,
    "New topics: bytes buffered before they are written out",
  ),
  "system.segment.size": iggy(
    size({ min: limits.segmentSizeBytesMin, max: limits.segmentSizeBytesMax, multipleOf: 512 }),
    limits.segmentSizeBytesDefault,
    "New topics: the size at which a segment is sealed",
  ),
  "system.message_deduplication.enabled": iggy(
    bool,
    false,
    "New topics: a message whose id was accepted before is dropped",
  ),
  "system.message_deduplication.max_entries": iggy(
    integer(1, limits.deduplicationEntriesMax),
    10_000,
    "New topics: message ids remembered at most, the newest",
  ),
  "system.message_deduplication.expiry": iggy(
    values.lifetime,
    60_000,
    "New topics: how long a message id is remembered",
  ),

  "data_maintenance.messages.cleaner_enabled": iggy(
    bool,
    true,
    "Removes segments that are older, or make their topic larger, than the topic allows",
  ),
  "data_maintenance.messages.interval": iggy(duration, 60_000, "Time between two such cleanings"),
  "message_saver.enabled": iggy(bool, true, "Syncs what was written in the background"),
  "message_saver.interval": iggy(duration, 30_000, "Time between two background syncs"),
  "heartbeat.enabled": iggy(bool, true, "Drops clients that stop sending heartbeats"),
  "heartbeat.interval": iggy(
    duration,
    30_000,
    "Time between two heartbeats; a client silent for 1.2 of them is dropped",
  ),
  "consumer_group.rebalancing_timeout": iggy(
    duration,
    30_000,
    "How long a partition waits for its old group member before the new one takes it",
  ),
  "personal_access_token.max_tokens_per_user": iggy(
    integer(1, 100_000),
    100,
    "Personal access tokens a user may have",
  ),
  "personal_access_token.cleaner.enabled": iggy(
    bool,
    true,
    "Removes personal access tokens that have expired",
  ),
  "personal_access_token.cleaner.interval": iggy(
    duration,
    60_000,
    "Time between two removals of expired tokens",
  ),
  "message_bus.max_message_size": iggy(
    size({ min: 1024 * 1024, max: limits.frameBytesMax }),
    limits.frameBytesMax,
    "The largest frame of either framing",
  ),

  "limits.connections_max": own(
    integer(1, 1_000_000),
    limits.connectionsMax,
    "Connections at once; one more takes the place of one that has not logged in, or is closed",
  ),
  "limits.receive_total_max": own(
    size({ min: 1024 * 1024 }),
    limits.receiveBytesTotalMax,
    "Bytes of unfinished requests, all clients together",
  ),
  "limits.poll_reply_max": own(
    size({ min: 4096 }),
    limits.pollReplyBytesMax,
    "Size at which a poll reply stops growing; one message always fits",
  ),
  "limits.reply_total_max": own(
    size({ min: 1024 * 1024 }),
    limits.replyBytesTotalMax,
    "Bytes of poll replies not yet sent, all clients together",
  ),
  "limits.poll_wait_max": own(
    duration,
    limits.pollWaitMsMax,
    "How long a poll may wait for messages; a longer wait is cut to it",
  ),
  "limits.frame_receive_time_max": own(
    duration,
    limits.frameReceiveTimeMsMax,
    "How long one request may take to arrive",
  ),
  "limits.handshake_time_max": own(
    duration,
    limits.handshakeTimeMsMax,
    "How long a TLS handshake may take",
  ),
  "limits.request_head_time_max": own(
    duration,
    limits.requestHeadTimeMsMax,
    "How long the head of an HTTP request may take to arrive",
  ),
  "limits.handshakes_max": own(
    integer(1, 1_000_000),
    limits.handshakesMax,
    "TLS handshakes under way at once; one more takes the place of the oldest",
  ),
  "limits.write_stall_time_max": own(
    duration,
    limits.writeStallTimeMsMax,
    "How long a client may read nothing of a reply",
  ),
  "limits.drain_time_max": own(
    duration,
    limits.drainTimeMsMax,
    "How long a stopping node waits for its clients",
  ),
  "limits.open_files_max": own(
    integer(16, 1_000_000),
    limits.openFilesMax,
    "Segment files held open at once",
  ),
} as const;

/** A path of `KEYS`. */
export type KeyPath = keyof typeof KEYS;

/** What the setting at a path holds. */
export type ValueAt<Path extends KeyPath> = (typeof KEYS)[Path] extends Key<infer T> ? T : never;

/** The key that changes a bound. */
export const LIMIT_KEYS = {
  connectionsMax: "limits.connections_max",
  frameBytesMax: "message_bus.max_message_size",
  receiveBytesTotalMax: "limits.receive_total_max",
  pollReplyBytesMax: "limits.poll_reply_max",
  replyBytesTotalMax: "limits.reply_total_max",
  pollWaitMsMax: "limits.poll_wait_max",
  frameReceiveTimeMsMax: "limits.frame_receive_time_max",
  handshakeTimeMsMax: "limits.handshake_time_max",
  requestHeadTimeMsMax: "limits.request_head_time_max",
  handshakesMax: "limits.handshakes_max",
  writeStallTimeMsMax: "limits.write_stall_time_max",
  drainTimeMsMax: "limits.drain_time_max",
  openFilesMax: "limits.open_files_max",
} as const satisfies Partial<Record<LimitName, KeyPath>>;

/** Switches and the interval that must not be zero while they are on (0.8 and 0.9 both refuse it). */
export const INTERVALS: readonly (readonly [enabled: KeyPath, interval: KeyPath])[] = [
  ["data_maintenance.messages.cleaner_enabled", "data_maintenance.messages.interval"],
  ["message_saver.enabled", "message_saver.interval"],
  ["heartbeat.enabled", "heartbeat.interval"],
  ["system.message_deduplication.enabled", "system.message_deduplication.expiry"],
  ["personal_access_token.cleaner.enabled", "personal_access_token.cleaner.interval"],
];

/**
 * TLS of one transport. Iggy's HTTP has no `self_signed`, and none of its transports takes plain text
 * beside TLS.
 */
function tlsOf<T extends string>(transport: T) {
  const selfSigned = transport === "http" ? own : iggy;
  return keysBelow(`${transport}.tls`, {
    enabled: iggy(
      bool,
      false,
      "Serves TLS with the certificate below; where it is false, TLS with the node's own " +
        "certificate is spoken beside plain text",
    ),
    required: own(bool, true, "Takes TLS only where it is enabled; false lets plain text in too"),
    self_signed: selfSigned(
      bool,
      true,
      "Makes a certificate, by the node's own authority, where there is no cert_file",
    ),
    cert_file: iggy(
      values.nonEmptyText,
      "core/certs/iggy_cert.pem",
      "The certificate chain in PEM, the server's own first; read again when it changes",
    ),
    key_file: iggy(values.nonEmptyText, "core/certs/iggy_key.pem", "Its private key in PEM"),
  });
}

function at(port: number) {
  return Object.freeze({ hostname: "127.0.0.1", port });
}
