import { assertEquals } from "@std/assert";
import * as values from "../../../lib/config/values.ts";

const GIB = 1024 * 1024 * 1024;

/** Type, what a file or the environment says, what it stands for (`undefined`: refused). */
const READS: readonly (readonly [string, values.ValueType<unknown>, unknown, unknown])[] = [
  ["bool", values.bool, true, true],
  ["bool", values.bool, "true", undefined],
  ["bool", values.bool, 1, undefined],
  ["text", values.text, "", ""],
  ["text", values.text, 1, undefined],
  ["nonEmptyText", values.nonEmptyText, "local_data", "local_data"],
  ["nonEmptyText", values.nonEmptyText, " ", undefined],
  ["texts", values.texts, ["GET", "POST"], ["GET", "POST"]],
  ["texts", values.texts, [], []],
  ["texts", values.texts, ["GET", 1], undefined],
  ["texts", values.texts, "GET", undefined],
  ["anyScalar", values.anyScalar, "numa:auto", "numa:auto"],
  ["anyScalar", values.anyScalar, 4, 4],
  ["anyScalar", values.anyScalar, [4], undefined],
  ["integer(1, 255)", values.integer(1, 255), 255, 255],
  ["integer(1, 255)", values.integer(1, 255), 256, undefined],
  ["integer(1, 255)", values.integer(1, 255), 0, undefined],
  ["integer(1, 255)", values.integer(1, 255), 1.5, undefined],
  ["integer(1, 255)", values.integer(1, 255), "7", undefined],
  ["integer(1, 255)", values.integer(1, 255), 2n ** 60n, undefined],
  ['oneOf("required", "off")', values.oneOf("required", "off"), "OFF", "off"],
  ['oneOf("required", "off")', values.oneOf("required", "off"), "on", undefined],
  ["size()", values.size(), "64 KiB", 65_536],
  ["size()", values.size(), 4096, 4096],
  ["size()", values.size(), "unlimited", 0],
  ["size()", values.size(), -1, undefined],
  ["size({ min: 512 })", values.size({ min: 512 }), "0", undefined],
  ["size({ max: 1 GiB })", values.size({ max: GIB }), "1025 MiB", undefined],
  ["size({ multipleOf: 512 })", values.size({ multipleOf: 512 }), "10 KiB", 10_240],
  ["size({ multipleOf: 512 })", values.size({ multipleOf: 512 }), "1000", undefined],
  ["topicSize", values.topicSize, "unlimited", values.U64_MAX],
  ["topicSize", values.topicSize, "0", values.U64_MAX],
  ["topicSize", values.topicSize, "10 GiB", 10n * BigInt(GIB)],
  ["topicSize", values.topicSize, "big", undefined],
  ["duration", values.duration, "500 ms", 500],
  ["duration", values.duration, "1 us", 1],
  ["duration", values.duration, 0, 0],
  ["duration", values.duration, "24 days", 2_073_600_000],
  ["duration", values.duration, "25 days", undefined],
  ["duration", values.duration, 30, undefined],
  ["lifetime", values.lifetime, "1 year", 31_557_600_000],
  ["expiry", values.expiry, "none", values.U64_MAX],
  ["expiry", values.expiry, "never_expire", values.U64_MAX],
  ["expiry", values.expiry, "unlimited", values.U64_MAX],
  ["expiry", values.expiry, "7 days", 604_800_000_000n],
  ["expiry", values.expiry, "soon", undefined],
  ["address", values.address, "127.0.0.1:8090", { hostname: "127.0.0.1", port: 8090 }],
  ["address", values.address, "0.0.0.0:0", { hostname: "0.0.0.0", port: 0 }],
  ["address", values.address, "localhost:65535", { hostname: "localhost", port: 65_535 }],
  ["address", values.address, "[::1]:8090", { hostname: "::1", port: 8090 }],
  ["address", values.address, "::1:8090", undefined],
  ["address", values.address, "127.0.0.1", undefined],
  ["address", values.address, "127.0.0.1:65536", undefined],
  ["address", values.address, ":8090", undefined],
  ["address", values.address, "http://127.0.0.1:8090", undefined],
  ["logDirectives", values.logDirectives, "debug", "debug"],
  ["logDirectives", values.logDirectives, "warn,iggy=trace", "warn,iggy=trace"],
  ["logDirectives", values.logDirectives, "loud", undefined],
];

for (const [name, type, raw, value] of READS) {
  const shown = typeof raw === "bigint" ? `${raw}n` : JSON.stringify(raw);
  const verb = value === undefined ? "refuses" : "reads";
  Deno.test(`${name} ${verb} ${shown}`, () => assertEquals(type.read(raw), value));
}

Deno.test("each type reads back what it writes", () => {
  const samples: readonly (readonly [values.ValueType<unknown>, unknown, string])[] = [
    [values.bool, false, "false"],
    [values.text, 'a "b" \\ c', '"a \\"b\\" \\\\ c"'],
    [values.texts, ["a", "b"], '["a", "b"]'],
    [values.size(), 2_000_000, '"2 MB"'],
    [values.topicSize, values.U64_MAX, '"unlimited"'],
    [values.topicSize, 1024n, '"1 KiB"'],
    [values.duration, 90_000, '"90 s"'],
    [values.expiry, values.U64_MAX, '"none"'],
    [values.expiry, 60_000_000n, '"1 m"'],
    [values.address, { hostname: "::1", port: 1 }, '"[::1]:1"'],
  ];
  for (const [type, value, literal] of samples) {
    assertEquals(type.write(value), literal);
    assertEquals(type.read(JSON.parse(literal)), value);
  }
});

Deno.test("size() tells its range in its form", () => {
  const { form } = values.size({ min: 512, max: GIB, multipleOf: 512 });
  assertEquals(
    form,
    'a size such as "64 MiB" or "2 MB", at least 512 B, at most 1 GiB, a multiple of 512 B',
  );
});

Deno.test("levelOf() takes the directive without a target", () => {
  const directives = ["debug", "WARN", "warn,iggy=debug", "iggy=debug", "iggy=debug,error"];
  assertEquals(directives.map(values.levelOf), ["debug", "warn", "warn", "info", "error"]);
  assertEquals(values.levelOf("iggy"), undefined);
});

Deno.test("isLoopback() is true only for what no other machine can reach", () => {
  const at = (hostname: string) => values.isLoopback({ hostname, port: 1 });
  const local = ["127.0.0.1", "127.3.2.1", "::1", "localhost", "::ffff:127.0.0.1"];
  const reachable = [
    "0.0.0.0",
    "::",
    "10.0.0.1",
    "1270.0.0.1",
    "127.0.0.1.example.org",
    "example.org",
  ];
  assertEquals(local.filter((host) => !at(host)), []);
  assertEquals(reachable.filter(at), []);
});
