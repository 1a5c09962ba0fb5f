import { assert, assertEquals, assertMatch } from "@std/assert";
import { configureLogs, logs } from "../../lib/telemetry.ts";

/** The lines that `log` leads to, at a level. */
async function linesOf(
  log: () => void,
  level: Parameters<typeof configureLogs>[0] = "trace",
): Promise<string[]> {
  const lines: string[] = [];
  await configureLogs(level, (line) => lines.push(line));
  try {
    log();
  } finally {
    await configureLogs("off", () => {});
  }
  return lines;
}

/** The same for one line, without its time. */
async function lineOf(log: () => void): Promise<string> {
  const [line, ...more] = await linesOf(log);
  assertEquals(more, []);
  return line.slice("2026-11-23T10:00:00.000Z ".length);
}

Deno.test("configureLogs() writes one line for each message: time, level, part, text", async () => {
  const [line] = await linesOf(() => logs.node.info("Started"));
  assertMatch(line, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO {2}node: Started\n$/);
});

Deno.test("configureLogs() names each part of the node", async () => {
  const lines = await linesOf(() => {
    for (const part of Object.values(logs)) part.warn("Text");
  });
  const parts = lines.map((line) => line.split(" ")[3]);
  assertEquals(parts, Object.keys(logs).map((part) => `${part}:`));
});

Deno.test("configureLogs() leaves out what is below the level, and all when off", async () => {
  const log = () => {
    logs.log.trace("trace");
    logs.log.debug("debug");
    logs.log.info("info");
    logs.log.warn("warn");
    logs.log.error("error");
    logs.log.fatal("fatal");
  };
  const levels = ["trace", "debug", "info", "warn", "error", "off"] as const;
  const counts = [];
  for (const level of levels) counts.push((await linesOf(log, level)).length);
  assertEquals(counts, [6, 5, 4, 3, 2, 0]);
});

Deno.test("configureLogs() puts values into the text as people write them", async () => {
  const values = { text: "orders", number: 7, list: [1, 2], nothing: undefined, big: 2n ** 64n };
  assertEquals(
    await lineOf(() => logs.catalog.info("{text} {number} {list} {nothing} {big}", values)),
    "INFO  catalog: orders 7 [1,2] undefined 18446744073709551616\n",
  );
});

Deno.test("configureLogs() shows an error with its stack, on one line", async () => {
  const line = await lineOf(() => logs.session.error("{fault}", { fault: new TypeError("Bug") }));
  assert(line.startsWith("ERROR session: TypeError: Bug "), line);
  assert(line.includes("telemetry_test.ts"), line);
  assertEquals(line.indexOf("\n"), line.length - 1);
});

Deno.test("configureLogs() shows any object, also one that JSON has no form for", async () => {
  const circle: Record<string, unknown> = { limit: 5n };
  circle.self = circle;
  const shown = (value: unknown) => lineOf(() => logs.node.info("{value}", { value }));
  assertEquals(await shown({ limit: 5n }), 'INFO  node: {"limit":"5"}\n');
  assertEquals(await shown(circle), "INFO  node: [object Object]\n");
});

Deno.test("configureLogs() lets no text start a line of its own or command a terminal", async () => {
  const text = "a\r\nFATAL node: forged\x1b[31mred\x7f\u0085\u2028end";
  assertEquals(
    await lineOf(() => logs.transport.warn("{text}", { text })),
    "WARN  transport: a FATAL node: forged [31mred end\n",
  );
});
