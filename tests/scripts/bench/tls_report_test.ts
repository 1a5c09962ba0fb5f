import { assertEquals } from "@std/assert";
import { idleTable, type TlsSeries, tlsTable } from "../../../scripts/bench/tls_report.ts";

const suite = "TLS_CHACHA20_POLY1305_SHA256";

function turn(seconds: number, user: number, system: number, latenciesMs: number[] = []) {
  return { seconds, cpu: { user, system }, latenciesMs };
}

Deno.test("tlsTable() compares bytes a second and processor time with the native of the suite", () => {
  const series: TlsSeries[] = [
    { contender: { name: "TCP", kind: "tcp", suite: undefined }, turns: [turn(1, 0.1, 0.2)] },
    { contender: { name: "native", kind: "native", suite }, turns: [turn(2, 1, 0.5)] },
    { contender: { name: "whippet", kind: "whippet", suite }, turns: [turn(4, 1.5, 0.6)] },
  ];
  assertEquals(tlsTable("send", series, 1e9), [
    "         MB/s    (min-max)  of native     CPU s/GB  user/native  CPU/native",
    "TCP      1000  (1000-1000)             0.10 + 0.20",
    "native    500    (500-500)             1.00 + 0.50",
    "whippet   250    (250-250)       0.50  1.50 + 0.60         1.50        1.40",
  ]);
});

Deno.test("tlsTable() counts handshakes by the clock and by the processor time of the server", () => {
  const series: TlsSeries[] = [
    {
      contender: { name: "native", kind: "native", suite },
      turns: [turn(1, 0.2, 0.05, [1, 2]), turn(2, 0.2, 0.05, [3, 44])],
    },
    {
      contender: { name: "whippet", kind: "whippet", suite },
      turns: [turn(1, 0.4, 0.1, [1, 1]), turn(1, 0.4, 0.1, [2, 3])],
    },
  ];
  assertEquals(tlsTable("full", series, 1000), [
    "         a second    (min-max)  a core      CPU us  CPU/native  p50 ms  p99 ms",
    "native        750   (500-1000)    4000  200 + 50.0                2.00    44.0",
    "whippet      1000  (1000-1000)    2000   400 + 100        2.00    1.00    3.00",
  ]);
});

Deno.test("tlsTable() leaves out processor time where the system does not tell it", () => {
  const turns = [{ seconds: 1, cpu: undefined, latenciesMs: [1] }];
  const [, line] = tlsTable(
    "full",
    [{ contender: { name: "native", kind: "native", suite }, turns }],
    10,
  );
  assertEquals(line, "native        10    (10-10)                                1.00    1.00");
});

Deno.test("idleTable() gives kilobytes", () => {
  assertEquals(idleTable([{ name: "TCP", memory: { rss: 2600, held: 4940 } }]), [
    "     held KB  RSS KB",
    "TCP      4.9     2.6",
  ]);
});
