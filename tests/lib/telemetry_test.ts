import { assert, assertEquals, assertMatch } from "@std/assert";
import { configureLogs, logs, RecentLogs, recentLogs, ShownOnce } from "../../lib/telemetry.ts";

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

/** Keeps lines of that many numbers, of the levels given in turn. */
function linesUpTo(count: number, linesMax: number): RecentLogs {
  const recent = new RecentLogs(linesMax);
  const levels = ["info", "warning", "error"] as const;
  for (let at = 1; at <= count; at++) {
    const category = at % 2 === 0 ? "node" : "log";
    recent.add({ atMs: at, level: levels[at % 3], category, message: `line ${at}` });
  }
  return recent;
}

Deno.test("RecentLogs keeps the last lines, and tells how many are gone", () => {
  const { logs, last, missed } = linesUpTo(10, 4).since(0);
  assertEquals(logs.map(({ sequence, message }) => [sequence, message]), [
    [7, "line 7"],
    [8, "line 8"],
    [9, "line 9"],
    [10, "line 10"],
  ]);
  assertEquals([last, missed], [10, 6]);
  assertEquals(new RecentLogs(4).since(0), { logs: [], last: 0, missed: 0 });
});

Deno.test("RecentLogs.since() goes on where the last answer ended", () => {
  const recent = linesUpTo(3, 4);
  const { last } = recent.since(0);
  assertEquals(recent.since(last), { logs: [], last: 3, missed: 0 });
  recent.add({ atMs: 4, level: "info", category: "node", message: "line 4" });
  assertEquals(recent.since(last).logs.map(({ sequence }) => sequence), [4]);
  assertEquals(recent.last, 4);
});

Deno.test("RecentLogs.since() leaves out what is less grave, of other categories, or too much", () => {
  const sequences = (filter: Parameters<RecentLogs["since"]>[1]) =>
    linesUpTo(9, 9).since(0, filter).logs.map(({ sequence }) => sequence);
  assertEquals(sequences({ level: "warning" }), [1, 2, 4, 5, 7, 8]);
  assertEquals(sequences({ level: "error" }), [2, 5, 8]);
  assertEquals(sequences({ categories: new Set(["node"]) }), [2, 4, 6, 8]);
  assertEquals(sequences({ level: "error", categories: new Set(["node"]) }), [2, 8]);
  assertEquals(sequences({ linesMax: 2 }), [8, 9]);
});

Deno.test("RecentLogs cuts a line that is too long to be kept", () => {
  const recent = new RecentLogs(1);
  recent.add({ atMs: 0, level: "info", category: "node", message: "x".repeat(10_000) });
  assertEquals(recent.since(0).logs[0].message, "x".repeat(4000) + "…");
});

Deno.test("configureLogs() keeps what it writes, without what is shown once", async () => {
  const from = recentLogs.last;
  const [line] = await linesOf(() =>
    logs.node.warn("Password {password}", { password: new ShownOnce("secret-1") })
  );
  assert(line.endsWith("WARN  node: Password secret-1\n"), line);
  const [kept] = recentLogs.since(from).logs;
  assertEquals([kept.category, kept.level], ["node", "warning"]);
  assertEquals(kept.message, "Password ******");
});

Deno.test("ShownOnce shows its mask to whoever does not ask for the value by name", () => {
  const once = new ShownOnce("secret-1");
  assertEquals([String(once), JSON.stringify({ once })], ["******", '{"once":{}}']);
  assertEquals(once.reveal(), "secret-1");
});
