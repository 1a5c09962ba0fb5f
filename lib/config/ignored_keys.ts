/**
 * The keys that Iggy has, in one of its versions up to 0.9, and this node does not need: read,
 * checked and named in one warning, so that a configuration written for `iggy-server` starts
 * whippet as it is. `[]` stands for the entries of an array of tables.
 *
 * @module
 */
import * as values from "./values.ts";
import type { ValueType } from "./values.ts";

/** Paths and what they hold. */
export const IGNORED_KEYS: ReadonlyMap<string, ValueType<unknown>> = collect(
  [values.bool, [
    "cluster.enabled",
    "cluster.auth.enabled",
    "cluster.coordinator.{skip_shard_zero_for_clients,skip_shard_zero_for_replicas}",
    "cluster.tls.{enabled,self_signed}",
    "data_maintenance.archiver.enabled",
    "data_maintenance.messages.archiver_enabled",
    "data_maintenance.state.{archiver_enabled,overwrite}",
    "message_cleaner.enabled",
    "message_saver.enforce_fsync",
    "quic.enabled",
    "quic.certificate.self_signed",
    "quic.socket.{override_defaults,keepalive}",
    "system.cache.enabled",
    "system.compression.allow_override",
    "system.logging.file_enabled",
    "system.memory_pool.enabled",
    "system.partition.deduplicate_messages",
    "system.recovery.recreate_missing_state",
    "system.segment.{archive_expired,cache_time_indexes,preallocate}",
    "system.sharding.pin_cores",
    "system.state.enforce_fsync",
    "system.topic.delete_oldest_segments",
    "tcp.{ipv6,socket_migration}",
    "tcp.socket.{override_defaults,keepalive,nodelay}",
    "telemetry.enabled",
    "websocket.accept_unmasked_frames",
  ]],
  [values.text, [
    "cluster.name",
    "cluster.auth.{shared_secret,previous_shared_secret}",
    "cluster.tls.{cert_file,key_file,ca_file}",
    "cluster.node.current.{name,ip}",
    "cluster.node.others[].{name,ip}",
    "cluster.nodes[].{name,ip,advertised_address}",
    "cluster.nodes[].advertised_addresses[].{client_cidr,address}",
    "data_maintenance.archiver.kind",
    "data_maintenance.archiver.disk.path",
    "data_maintenance.archiver.s3.{access_key,bucket,endpoint,key_id,key_secret,region,tmp_upload_dir}",
    "http.jwt.trusted_issuers[].{issuer,jwks_url,audience}",
    "quic.certificate.{cert_file,key_file}",
    "system.backup.path",
    "system.backup.compatibility.path",
    "system.compression.default_algorithm",
    "system.database.path",
    "system.logging.path",
    "system.partition.path",
    "system.segment.server_confirmation",
    "system.stream.path",
    "system.topic.path",
    "tcp.tls.{certificate,password}",
    "telemetry.service_name",
    "telemetry.logs.{transport,endpoint}",
    "telemetry.traces.{transport,endpoint}",
  ]],
  [values.address, ["quic.address"]],
  [values.size(), [
    "partition.{evicted_ring_bytes_max,transfer_artifact_bytes_max,transfer_served_cache_bytes_max}",
    "quic.{initial_mtu,send_window,receive_window,stream_receive_window,datagram_send_buffer_size}",
    "quic.socket.{recv_buffer_size,send_buffer_size}",
    "system.cache.size",
    "system.logging.{max_file_size,max_total_size,max_size}",
    "system.memory_pool.size",
    "system.retention_policy.max_topic_size",
    "tcp.socket.{recv_buffer_size,send_buffer_size}",
    "websocket.{read_buffer_size,write_buffer_size,max_write_buffer_size,max_message_size,max_frame_size}",
  ]],
  [values.lifetime, [
    "cluster.{heartbeat_timeout,commit_broadcast_interval,prepare_retransmit_interval}",
    "cluster.{view_change_retransmit_interval,view_change_status_timeout}",
    "cluster.{request_start_view_retransmit_interval,repair_retry_interval}",
    "cluster.superblock_wedged_fatal_timeout",
    "consumer_group.rebalancing_check_interval",
    "data_maintenance.state.interval",
    "http.jwt.refresh_token_expiry",
    "message_bus.{reconnect_period,close_peer_timeout,close_grace,handshake_grace}",
    "message_cleaner.interval",
    "quic.{keep_alive_interval,max_idle_timeout}",
    "system.logging.{rotation_check_interval,retention,sysinfo_print_interval}",
    "system.sharding.{reconcile_periodic_interval,shutdown_drain_timeout}",
    "system.sharding.{shutdown_join_timeout,shutdown_poll_interval}",
    "system.state.retry_delay",
    "tcp.socket.linger",
  ]],
  [values.expiry, [
    "system.retention_policy.message_expiry",
    "system.segment.message_expiry",
  ]],
  [values.integer(0, 65_535), [
    "cluster.node.others[].ports.{tcp,quic,http,websocket}",
    "cluster.nodes[].ports.{tcp,quic,http,websocket,tcp_replica}",
  ]],
  [values.integer(0, 255), ["cluster.nodes[].replica_id"]],
  [values.integer(0, 0xffff_ffff), [
    "cluster.{view_probe_attempts_max,repair_chunk_max}",
    "http.jwt.trusted_issuers[].user_id",
    "message_bus.{max_batch,peer_queue_capacity}",
    "metadata.{prepare_queue_depth,journal_slots,clients_table_max}",
    "partition.{prepare_queue_depth,evicted_ring_capacity}",
    "quic.max_concurrent_bidi_streams",
    "system.memory_pool.bucket_capacity",
    "system.sharding.{inbox_capacity,reply_inbox_capacity}",
    "system.state.max_file_operation_retries",
  ]],
  // A text in some versions, a number or a boolean in others.
  [values.anyScalar, ["system.segment.cache_indexes", "system.sharding.cpu_allocation"]],
);

/** Paths whose values are shown as `******`. */
export const SECRET_PATHS: ReadonlySet<string> = new Set([
  "cluster.auth.shared_secret",
  "cluster.auth.previous_shared_secret",
  "data_maintenance.archiver.s3.access_key",
  "data_maintenance.archiver.s3.key_secret",
  "http.jwt.encoding_secret",
  "http.jwt.decoding_secret",
  "system.encryption.key",
  "tcp.tls.password",
]);

type Group = readonly [type: ValueType<unknown>, paths: readonly string[]];

function collect(...groups: Group[]): ReadonlyMap<string, ValueType<unknown>> {
  return new Map(
    groups.flatMap(([type, paths]) => paths.flatMap(expanded).map((path) => [path, type] as const)),
  );
}

/** `a.{b,c}` is short for `a.b` and `a.c`. */
function expanded(path: string): string[] {
  const match = /^(.*)\{(.+)\}$/.exec(path);
  return match === null ? [path] : match[2].split(",").map((name) => match[1] + name);
}
