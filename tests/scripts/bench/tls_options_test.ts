import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../scripts/bench/options.ts";
import { parseTlsOptions, TLS_HELP } from "../../../scripts/bench/tls_options.ts";

Deno.test("parseTlsOptions() measures everything with ChaCha20 unless told otherwise", () => {
  const options = parseTlsOptions([]);
  if (options === "help") throw new Error("It was asked for help");
  assertEquals(options.measures, ["send", "receive", "full", "resumed", "latency", "idle"]);
  assertEquals([options.aes, options.hybrid, options.json], [false, false, false]);
  assertEquals(options.totalBytes, 400_000_000);
});

Deno.test("parseTlsOptions() takes a choice of measures, and sizes with units", () => {
  const options = parseTlsOptions(["--only=full,idle", "--total=1GB", "--idle=50", "--aes"]);
  if (options === "help") throw new Error("It was asked for help");
  assertEquals(options.measures, ["full", "idle"]);
  assertEquals([options.totalBytes, options.idle, options.aes], [1_000_000_000, 50, true]);
});

Deno.test("parseTlsOptions() says what to write instead of what it cannot use", () => {
  const says = (arg: string, message: string) =>
    assertThrows(() => parseTlsOptions([arg]), UsageError, message);
  says(
    "--only=speed",
    '--only knows send, receive, full, resumed, latency, idle, not "speed"',
  );
  says("--rounds=0", '--rounds takes a whole number from 1 on, not "0"');
  says("--fast", "--fast");
});

Deno.test("TLS_HELP names every option", () => {
  assertEquals(parseTlsOptions(["--help"]), "help");
  for (const name of ["only=", "rounds=", "total=", "connections=", "idle=", "aes", "hybrid"]) {
    assertEquals(TLS_HELP.includes(`--${name}`), true, name);
  }
});
