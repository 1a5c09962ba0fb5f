import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { ConfigError } from "../../lib/config.ts";
import { U64_MAX } from "../../lib/config/values.ts";
import { limits } from "../../lib/limits.ts";
import { load, problemsOf } from "../support/config_source.ts";

const IGGY_0_8 = vector("iggy_0_8.toml");
const IGGY_0_9 = vector("iggy_0_9.toml");

Deno.test("loadConfig() without any input is safe and serves Iggy's ports on loopback", () => {
  const config = load();
  assertEquals(config.tcp, {
    enabled: true,
    address: { hostname: "127.0.0.1", port: 8090 },
    tls: { mode: "optional", files: undefined },
  });
  assertEquals(config.websocket.address.port, 8092);
  assertEquals(config.http.address.port, 3000);
  assertEquals(config.system, {
    path: "local_data",
    runtimePath: "runtime",
    encryption: {
      enabled: false,
      key: undefined,
      keyFile: undefined,
      algorithm: "chacha20-poly1305",
    },
    validatesChecksums: true,
  });
  assertEquals(config.heartbeat, { enabled: true, intervalMs: 30_000 });
  assertEquals(config.messageCleaner, { enabled: true, intervalMs: 60_000 });
  assertEquals(config.personalAccessToken, {
    maxTokensPerUser: 100,
    cleaner: { enabled: true, intervalMs: 60_000 },
  });
  assertEquals(config.topicDefaults, {
    maxSizeBytes: U64_MAX,
    messageExpiryMicros: U64_MAX,
    enforceFsync: false,
    messagesRequiredToSave: 1024,
    sizeOfMessagesRequiredToSaveBytes: 1024 * 1024,
    segmentSizeBytes: 1024 * 1024 * 1024,
    deduplicationWindowMicros: 0,
    deduplicationMaxEntries: 10_000,
  });
  assertEquals(config.limits, limits);
  assertEquals(config.root.password, undefined);
  assertEquals(config.display, false);
  assertEquals(config.warnings, []);
});

Deno.test("loadConfig() takes a whole file of 0.8: its node-wide keys are the defaults of topics", () => {
  const config = load(IGGY_0_8);
  assertEquals(config.topicDefaults, {
    maxSizeBytes: 10n * 1024n ** 3n,
    messageExpiryMicros: 7n * 86_400n * 1_000_000n,
    enforceFsync: true,
    messagesRequiredToSave: 5000,
    sizeOfMessagesRequiredToSaveBytes: 2 * 1024 * 1024,
    segmentSizeBytes: 256 * 1024 * 1024,
    deduplicationWindowMicros: 0,
    deduplicationMaxEntries: 10_000,
  });
  assertEquals(config.tcp.address, { hostname: "127.0.0.1", port: 18_090 });
  assertEquals(config.http.enabled, false);
  assertEquals(config.system.path, "data_0_8");
  assertEquals(config.logLevel, "warn");
  assertEquals(config.messageSaver, { enabled: true, intervalMs: 10_000 });
  assertEquals(config.heartbeat, { enabled: false, intervalMs: 5000 });
  assertEquals(config.consumerGroup, { rebalancingTimeoutMs: 45_000 });
  assertEquals(config.personalAccessToken.maxTokensPerUser, 50);
  assertEquals(config.warnings.length, 1);
});

Deno.test("loadConfig() takes a whole file of 0.9", () => {
  const config = load(IGGY_0_9);
  assertEquals(config.tcp.address, { hostname: "127.0.0.1", port: 0 });
  assertEquals(config.websocket.address, { hostname: "::1", port: 8092 });
  assertEquals(config.http.address, { hostname: "localhost", port: 3000 });
  assertEquals(config.logLevel, "info");
  assertEquals(config.limits.frameBytesMax, 32 * 1024 * 1024);
  assertEquals(config.warnings.length, 1);
  for (const ignored of ["cluster.*", "metadata.*", "partition.*", "quic.*", "system.sharding.*"]) {
    assertStringIncludes(config.warnings[0], ignored);
  }
});

Deno.test("loadConfig() lets the environment win over the file and flags over both", () => {
  const toml = '[system]\npath = "file"\n[heartbeat]\ninterval = "1 s"';
  const environment = { IGGY_SYSTEM_PATH: "environment", IGGY_HEARTBEAT_ENABLED: "FALSE" };
  const config = load(toml, environment);
  assertEquals(config.system.path, "environment");
  assertEquals(config.heartbeat, { enabled: false, intervalMs: 1000 });
  assertEquals(load(toml, environment, { dataPath: "flag" }).system.path, "flag");
});

Deno.test("loadConfig() takes the keys of both generations from the environment", () => {
  const config = load("", {
    IGGY_SYSTEM_SEGMENT_SIZE: "10KiB",
    IGGY_SYSTEM_PARTITION_MESSAGES_REQUIRED_TO_SAVE: "1",
    IGGY_MESSAGE_BUS_MAX_MESSAGE_SIZE: "32 MiB",
    IGGY_TCP_ADDRESS: "127.0.0.1:0",
    WHIPPET_LIMITS_CONNECTIONS_MAX: "5",
    IGGY_SYSTEM_PATH: "123",
  });
  assertEquals(config.topicDefaults.segmentSizeBytes, 10_240);
  assertEquals(config.topicDefaults.messagesRequiredToSave, 1);
  assertEquals(config.limits.frameBytesMax, 32 * 1024 * 1024);
  assertEquals(config.tcp.address.port, 0);
  assertEquals(config.limits.connectionsMax, 5);
  assertEquals(config.system.path, "123");
});

Deno.test("loadConfig() takes a container's environment once plain text is allowed", () => {
  const container = {
    IGGY_TCP_ADDRESS: "0.0.0.0:8090",
    IGGY_HTTP_ADDRESS: "0.0.0.0:3000",
    IGGY_QUIC_ADDRESS: "0.0.0.0:8080",
    IGGY_WEBSOCKET_ADDRESS: "0.0.0.0:8092",
    IGGY_ROOT_USERNAME: "iggy",
    IGGY_ROOT_PASSWORD: "secret",
  };
  assertEquals(problemsOf("", container).length, 3);
  const config = load("", { ...container, WHIPPET_TLS: "off" });
  assertEquals(config.tcp.address.hostname, "0.0.0.0");
  assertEquals(config.root.password, "secret");
});

Deno.test("loadConfig() refuses with every problem of every layer at once", () => {
  const toml = '[tcp]\nadress = "x"\nenabled = 1\n[heartbeat]\ninterval = "often"';
  const environment = { IGGY_HTTP_ENABLED: "yes", IGGY_ROOT_USERNAME: "admin" };
  const error = assertThrows(() => load(toml, environment), ConfigError);
  assertEquals(error.problems.map((problem) => problem.split(": ")[0]), [
    "core/server/config.toml:2:1",
    "core/server/config.toml:3:1",
    "core/server/config.toml:5:1",
    "environment IGGY_HTTP_ENABLED",
    "environment IGGY_ROOT_USERNAME",
  ]);
  assertEquals(error.message, ["The configuration cannot stand:", ...error.problems].join("\n  "));
});

Deno.test("loadConfig() only warns of unknown names in the environment", () => {
  const [warning] = load("", { IGGY_TCP_ADRESS: "x" }).warnings;
  assertStringIncludes(warning, "IGGY_TCP_ADDRESS");
});

Deno.test("loadConfig() shows the configuration at start only when asked to", () => {
  assertEquals(load("", { IGGY_DISPLAY_CONFIG: "1" }).display, true);
  assertEquals(load("", { IGGY_DISPLAY_CONFIG: "True" }).display, true);
  assertEquals(load("", { IGGY_DISPLAY_CONFIG: "0" }).display, false);
});

Deno.test("loadConfig() gives a value that is frozen to the last leaf", () => {
  const unfrozen = (value: unknown, path: string): string[] => {
    if (typeof value !== "object" || value === null) return [];
    const below = Object.entries(value).flatMap(([name, part]) =>
      unfrozen(part, `${path}.${name}`)
    );
    return Object.isFrozen(value) ? below : [path, ...below];
  };
  assertEquals(unfrozen(load(IGGY_0_9), "config"), []);
});

function vector(name: string): string {
  return Deno.readTextFileSync(new URL(`../vectors/config/${name}`, import.meta.url));
}
