import { assertEquals, assertThrows } from "@std/assert";
import {
  type BenchOptions,
  HELP,
  parseOptions,
  requestsPerConnection,
  UsageError,
} from "../../../scripts/bench/options.ts";

function parsed(...args: string[]): BenchOptions {
  const options = parseOptions(args);
  if (options === "help") throw new Error("It was asked for help");
  return options;
}

Deno.test("parseOptions() sends 1 GB in batches of 1,000 x 1 kB unless told otherwise", () => {
  const options = parsed();
  assertEquals(requestsPerConnection(options), 1000);
  assertEquals([options.batch, options.size], [1000, 1000]);
  assertEquals(options.windows, [1, 4]);
  assertEquals(options.framings, ["vsr", "classic"]);
});

Deno.test("parseOptions() takes sizes with their units and lists with commas", () => {
  const options = parsed("--total=2.5MB", "--size=500", "--window=1,16", "--framing=classic");
  assertEquals([options.totalBytes, options.size], [2_500_000, 500]);
  assertEquals(options.windows, [1, 16]);
  assertEquals(options.framings, ["classic"]);
});

Deno.test("parseOptions() has topics drop duplicates when it is told among how many ids", () => {
  assertEquals(parsed().deduplication, undefined);
  assertEquals(parsed("--deduplication=10000").deduplication, 10_000);
});

Deno.test("parseOptions() takes settings of this checkout's node", () => {
  assertEquals(parsed().env, {});
  assertEquals(parsed("--env=IGGY_A_B=x=y", "--env=WHIPPET_C=").env, {
    IGGY_A_B: "x=y",
    WHIPPET_C: "",
  });
});

Deno.test("parseOptions() has somebody look on when it is told so", () => {
  assertEquals([parsed().watched, parsed("--watched").watched], [false, true]);
});

Deno.test("parseOptions() spreads the total over connections", () => {
  assertEquals(
    requestsPerConnection(parsed("--connections=64", "--batch=1", "--total=6400kB")),
    100,
  );
});

Deno.test("parseOptions() says what to write instead of what it cannot use", () => {
  const says = (arg: string, message: string) =>
    assertThrows(() => parsed(arg), UsageError, message);
  says("--total=lots", '--total takes bytes, as 500, 1kB, 64MB or 1GB, not "lots"');
  says("--window=0", '--window takes a whole number from 1 on, not "0"');
  says("--deduplication=yes", '--deduplication takes a whole number from 1 on, not "yes"');
  says("--env=PATH=x", '--env takes IGGY_NAME=VALUE or WHIPPET_NAME=VALUE, not "PATH=x"');
  says("--framing=http", '--framing knows vsr and classic, not "http"');
  says("--total=1kB", "--total 1000 is less than one batch of 1000 x 1000 bytes");
  says("--speed=9", "--speed");
});

Deno.test("HELP names every option", () => {
  assertEquals(parseOptions(["--help"]), "help");
  const names = ["total", "batch", "size", "rounds", "window", "framing", "connections"];
  for (const name of [...names, "deduplication", "env"]) {
    assertEquals(HELP.includes(`--${name}=`), true, name);
  }
});
