import { assertEquals } from "@std/assert";
import { load, problemsOf } from "../../support/config_source.ts";

const AT = "core/server/config.toml";

Deno.test("a reachable address that takes plain text is refused unless tls is off", () => {
  const toml = '[tcp]\naddress = "0.0.0.0:8090"';
  const refused = (key: string) => [
    `${AT}:2:1: "tcp.address" is 0.0.0.0:8090, which others can reach, and takes plain text; ` +
    `set "tcp.tls.${key}" to true, listen on 127.0.0.1, or allow plain text with tls = "off" ` +
    "(WHIPPET_TLS=off)",
  ];
  assertEquals(problemsOf(toml), refused("enabled"));
  assertEquals(problemsOf(`tls = "off"\n${toml}`), []);
  assertEquals(problemsOf(toml, { WHIPPET_TLS: "off" }), []);
  assertEquals(problemsOf(toml, { IGGY_TCP_TLS_ENABLED: "true" }), []);
  assertEquals(
    problemsOf(toml, { IGGY_TCP_TLS_ENABLED: "true", WHIPPET_TCP_TLS_REQUIRED: "false" }),
    refused("required"),
  );
});

Deno.test("certificates of clients are asked for where there is TLS, and demanded where there is nothing else", () => {
  const onlyTcp = { IGGY_HTTP_ENABLED: "false", IGGY_WEBSOCKET_ENABLED: "false" };
  const toml = '[client_certificates]\nmode = "required"';
  assertEquals(problemsOf(toml, onlyTcp), [
    `${AT}:2:1: "client_certificates.mode" is "required", but tcp takes plain text, where there ` +
    'are none; set "tcp.tls.enabled" to true',
  ]);
  assertEquals(problemsOf(toml, { ...onlyTcp, IGGY_TCP_TLS_ENABLED: "true" }), []);
  const optional = '[client_certificates]\nmode = "optional"';
  assertEquals(problemsOf(optional, onlyTcp), []);
  assertEquals(problemsOf(optional, { ...onlyTcp, WHIPPET_TLS: "off" }).length, 1);
});

Deno.test("certificates log nobody in who is not asked for one", () => {
  assertEquals(problemsOf("[client_certificates]\nlogin = true"), [
    `${AT}:2:1: "client_certificates.login" is true, but clients are not asked for certificates; ` +
    'set "client_certificates.mode" to "optional" or "required"',
  ]);
});

Deno.test("the address of a transport that does not listen may be anything", () => {
  assertEquals(problemsOf('[http]\nenabled = false\naddress = "0.0.0.0:3000"'), []);
});

Deno.test("encryption at rest needs a key, from one place", () => {
  const enabled = { IGGY_SYSTEM_ENCRYPTION_ENABLED: "true" };
  assertEquals(problemsOf("", enabled), [
    'environment IGGY_SYSTEM_ENCRYPTION_ENABLED: "system.encryption.enabled" is true, but there is ' +
    'no key; set "system.encryption.key_file" to a file with one, or "system.encryption.key"',
  ]);
  const key = { IGGY_SYSTEM_ENCRYPTION_KEY: "c2VjcmV0" };
  const file = { WHIPPET_SYSTEM_ENCRYPTION_KEY_FILE: "keys" };
  assertEquals(problemsOf("", { ...enabled, ...key }), []);
  assertEquals(problemsOf("", file), []);
  assertEquals(problemsOf("", { ...key, ...file }), [
    'environment WHIPPET_SYSTEM_ENCRYPTION_KEY_FILE: "system.encryption.key_file" and ' +
    '"system.encryption.key" are both set; set one of them',
  ]);
});

Deno.test("the password everybody knows is refused where others can reach the node", () => {
  const reachable = { IGGY_TCP_ADDRESS: "0.0.0.0:8090", WHIPPET_TLS: "off" };
  const chosen = { IGGY_ROOT_USERNAME: "iggy", IGGY_ROOT_PASSWORD: "iggy" };
  assertEquals(problemsOf("", reachable, { defaultRootCredentials: true }), [
    "flag --with-default-root-credentials: Root would have the password everybody knows while " +
    '"tcp.address" is 0.0.0.0:8090, which others can reach; set IGGY_ROOT_USERNAME and ' +
    "IGGY_ROOT_PASSWORD, or listen on 127.0.0.1",
  ]);
  assertEquals(problemsOf("", { ...reachable, ...chosen }, { defaultRootCredentials: true }), []);
});

Deno.test("an interval of zero is refused while what it paces is enabled", () => {
  assertEquals(problemsOf('[heartbeat]\nenabled = true\ninterval = "0"'), [
    `${AT}:3:1: "heartbeat.interval" must not be zero while "heartbeat.enabled" is true`,
  ]);
  assertEquals(problemsOf('[heartbeat]\nenabled = false\ninterval = "0"'), []);
});

Deno.test("a topic must hold a segment", () => {
  assertEquals(problemsOf('[system.topic]\nmax_size = "1 MiB"'), [
    `${AT}:2:1: "system.segment.size" "1 GiB" must not be above "system.topic.max_size" "1 MiB"`,
  ]);
  assertEquals(problemsOf('[system]\ntopic.max_size = "1 MiB"\nsegment.size = "1 MiB"'), []);
});

Deno.test("bounds that no longer fit together are refused by their keys", () => {
  assertEquals(problemsOf('[limits]\npoll_reply_max = "1 GiB"'), [
    `${AT}:2:1: "limits.poll_reply_max" "1 GiB" must not be above ` +
    '"limits.reply_total_max" "512 MiB"',
  ]);
  assertEquals(problemsOf("", { WHIPPET_LIMITS_RECEIVE_TOTAL_MAX: "1 MiB" }), [
    'environment WHIPPET_LIMITS_RECEIVE_TOTAL_MAX: "message_bus.max_message_size" "64 MiB" must ' +
    'not be above "limits.receive_total_max" "1 MiB"',
  ]);
});

Deno.test("some transport must listen", () => {
  const environment = {
    IGGY_TCP_ENABLED: "false",
    IGGY_WEBSOCKET_ENABLED: "false",
    IGGY_HTTP_ENABLED: "false",
  };
  assertEquals(problemsOf("", environment), [
    'environment IGGY_TCP_ENABLED: No transport is enabled; set "tcp.enabled" to true',
  ]);
});

Deno.test("a replica of a cluster does not start alone", () => {
  const cluster = "[cluster]\nenabled = true";
  assertEquals(problemsOf(cluster, {}, { replicaId: 2 }), [
    "flag --replica-id: Replica 2 cannot start, because this node runs alone; " +
    'set "cluster.enabled" to false',
  ]);
  assertEquals(problemsOf(cluster, {}, { replicaId: 0 }), []);
  assertEquals(problemsOf("", {}, { replicaId: 2 }), []);
});

Deno.test("warnings name ignored keys once, a cluster that is none, flags without effect", () => {
  const toml = "[cluster]\nenabled = true\n[quic]\nenabled = true\n[tcp]\nipv6 = true";
  const flags = { withoutEffect: ["--follower"], replicaId: 0 };
  assertEquals(load(toml, {}, flags).warnings, [
    "Keys that this node does not need are ignored: cluster.*, quic.*, tcp.ipv6",
    "cluster.enabled is true, but this node runs alone: nothing is replicated",
    "Flags without effect on this node: --follower",
  ]);
  assertEquals(load("", {}, { replicaId: 3 }).warnings, [
    "Flags without effect on this node: --replica-id",
  ]);
  assertEquals(load().warnings, []);
});

Deno.test("warnings say that limits of topics mean nothing while the cleaner is off", () => {
  const toml = "[data_maintenance.messages]\ncleaner_enabled = false";
  assertEquals(load(toml).warnings, [
    "data_maintenance.messages.cleaner_enabled is false: topics keep what is beyond their limits",
  ]);
});
