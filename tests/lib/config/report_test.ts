import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parse } from "@std/toml";
import { describeConfig, renderCurrentConfig } from "../../../lib/config.ts";
import { load } from "../../support/config_source.ts";

Deno.test("describeConfig() shows each value in force with its origin", () => {
  const toml = '\n[heartbeat]\ninterval = "10 s"';
  const text = describeConfig(load(toml, { IGGY_TCP_ADDRESS: "127.0.0.1:0" }, { dataPath: "d" }));
  assertMatch(text, /^tcp\.address = "127\.0\.0\.1:0" +# environment IGGY_TCP_ADDRESS$/m);
  assertMatch(text, /^heartbeat\.interval = "10 s" +# core\/server\/config\.toml:3:1$/m);
  assertMatch(text, /^system\.path = "d" +# flag --data$/m);
  assertMatch(text, /^system\.segment\.size = "1 GiB" +# default$/m);
});

Deno.test("describeConfig() gives TOML that means the same", () => {
  const config = load('tls = "off"\n[tcp]\naddress = "0.0.0.0:1"\n[system]\npath = "a \\"b\\""');
  const again = load(describeConfig(config));
  assertEquals(
    again.settings.map(({ path, literal }) => [path, literal]),
    config.settings.map(({ path, literal }) => [path, literal]),
  );
});

Deno.test("describeConfig() names what is ignored", () => {
  const text = describeConfig(load("[quic]\nenabled = true"));
  assertStringIncludes(text, "\n# Ignored by this node: quic.*\n");
  assert(!describeConfig(load()).includes("Ignored"));
});

Deno.test("describeConfig() shows no secret", () => {
  const environment = { IGGY_ROOT_USERNAME: "admin", IGGY_ROOT_PASSWORD: "hidden-1" };
  const config = load('[http.jwt]\nencoding_secret = "hidden-2"', environment);
  const text = describeConfig(config) + renderCurrentConfig(config, {});
  assert(!text.includes("hidden"), text);
  assertStringIncludes(
    text,
    '# Root at the first start: user "admin", password ****** (environment IGGY_ROOT_PASSWORD)',
  );
});

Deno.test("describeConfig() tells when root gets a random password", () => {
  assertStringIncludes(
    describeConfig(load()),
    '# Root at the first start: user "iggy", a random password that is printed once',
  );
});

Deno.test("renderCurrentConfig() gives the bound addresses in Iggy's shape", () => {
  const config = load("", { IGGY_TCP_ADDRESS: "127.0.0.1:0", IGGY_WEBSOCKET_ADDRESS: "[::1]:0" });
  const current = parse(renderCurrentConfig(config, {
    tcp: { hostname: "127.0.0.1", port: 41_234 },
    websocket: { hostname: "::1", port: 41_235 },
  })) as Record<string, Record<string, unknown>>;
  assertEquals(current.tcp.enabled, true);
  assertEquals(current.tcp.address, "127.0.0.1:41234");
  assertEquals(current.websocket.address, "[::1]:41235");
  assertEquals([current.http.enabled, current.http.address], [false, "127.0.0.1:3000"]);
  assertEquals(current.system.path, "local_data");
});

Deno.test("renderCurrentConfig() gives a file that loads again", () => {
  const config = load('[system.topic]\nmessage_expiry = "90 s"\n[heartbeat]\ninterval = "1500 ms"');
  const bound = {
    tcp: config.tcp.address,
    websocket: config.websocket.address,
    http: config.http.address,
  };
  const again = load(renderCurrentConfig(config, bound));
  assertEquals(again.topicDefaults, config.topicDefaults);
  assertEquals(again.heartbeat, config.heartbeat);
  assertEquals(again.limits, config.limits);
});
