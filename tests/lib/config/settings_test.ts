import { assert, assertEquals } from "@std/assert";
import { KEYS } from "../../../lib/config/keys.ts";
import type { Origin, Reading } from "../../../lib/config/reading.ts";
import { Settings, summarizeIgnored } from "../../../lib/config/settings.ts";

const FILE: Origin = { kind: "file", path: "a.toml", line: 1, column: 1 };
const ENVIRONMENT: Origin = { kind: "environment", name: "IGGY_X" };

function reading(path: string, ...candidates: unknown[]): Reading {
  return { path, candidates, origin: FILE };
}

Deno.test("Settings.value() is the built-in value when nobody sets one", () => {
  const settings = new Settings([]);
  assertEquals(settings.value("system.path"), "local_data");
  assertEquals(settings.origin("system.path"), { kind: "default" });
});

Deno.test("Settings.value() is that of the last reading", () => {
  const settings = new Settings([
    reading("system.path", "a"),
    { path: "system.path", candidates: ["b"], origin: ENVIRONMENT },
  ]);
  assertEquals(settings.value("system.path"), "b");
  assertEquals(settings.origin("system.path"), ENVIRONMENT);
});

Deno.test("Settings takes the first candidate that has the form of the key", () => {
  const settings = new Settings([
    reading("system.path", 123, "123"),
    reading("heartbeat.enabled", true, "true"),
  ]);
  assertEquals(settings.value("system.path"), "123");
  assertEquals(settings.value("heartbeat.enabled"), true);
});

Deno.test("Settings.problems names place, key, accepted form and what was found", () => {
  const { problems } = new Settings([
    reading("heartbeat.enabled", "yes"),
    { path: "heartbeat.interval", candidates: [30, "30"], origin: ENVIRONMENT },
    reading("tcp.tls.password", 1234),
  ]);
  assertEquals(problems, [
    'a.toml:1:1: "heartbeat.enabled" takes true or false, not "yes"',
    'environment IGGY_X: "heartbeat.interval" takes a duration such as "30 s" or "1 h 30 m", ' +
    'at most 24 days, not "30"',
    'a.toml:1:1: "tcp.tls.password" takes a text in quotes, not ******',
  ]);
});

Deno.test("Settings.list() has every key this node reads, then what was set and is ignored", () => {
  const list = new Settings([
    reading("quic.enabled", true),
    reading("tcp.tls.password", "hidden"),
  ]).list();
  const used = list.filter((setting) => setting.used);
  assertEquals(used.map(({ path }) => path), Object.keys(KEYS));
  assertEquals(list.slice(used.length), [
    { path: "quic.enabled", literal: "true", origin: FILE, used: false },
    { path: "tcp.tls.password", literal: '"******"', origin: FILE, used: false },
  ]);
});

Deno.test("Settings.ignoredValue() tells what a key would say that this node ignores", () => {
  const settings = new Settings([reading("cluster.enabled", true)]);
  assertEquals(settings.ignoredValue("cluster.enabled"), true);
  assertEquals(settings.ignoredValue("quic.enabled"), undefined);
});

Deno.test("summarizeIgnored() names a table where all of it is ignored", () => {
  const list = new Settings([
    reading("quic.enabled", true),
    reading("quic.certificate.cert_file", ""),
    reading("cluster.nodes[0].ports.tcp", 1),
    reading("tcp.ipv6", true),
    reading("tcp.socket.nodelay", true),
    reading("tcp.enabled", true),
  ]).list();
  assert(list.some(({ path }) => path === "cluster.nodes[0].ports.tcp"));
  assertEquals(summarizeIgnored(list), ["cluster.*", "quic.*", "tcp.ipv6", "tcp.socket.*"]);
});
