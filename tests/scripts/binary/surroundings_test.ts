import { assertEquals, assertThrows } from "@std/assert";
import {
  ioUringFilter,
  loggedMs,
  reachingOut,
  statusBytes,
  timesOpened,
} from "../../../scripts/binary/surroundings.ts";

/** What the kernel does with a filter: the value of the RETURN it comes to. */
function verdict(filter: Uint8Array, systemCall: number): number {
  const view = new DataView(filter.buffer);
  for (let at = 0;; at++) {
    const operand = view.getUint32(8 * at + 4, true);
    const [ifTrue, ifFalse] = [view.getUint8(8 * at + 2), view.getUint8(8 * at + 3)];
    const code = view.getUint16(8 * at, true);
    if (code === 0x06) return operand;
    if (code === 0x35) at += systemCall >= operand ? ifTrue : ifFalse;
    if (code === 0x25) at += systemCall > operand ? ifTrue : ifFalse;
  }
}

Deno.test("ioUringFilter() forbids the three calls of io_uring and no others", () => {
  const filter = ioUringFilter();
  const refused = Array.from({ length: 600 }, (_, number) => number)
    .filter((number) => verdict(filter, number) !== 0x7fff_0000);
  assertEquals(refused, [425, 426, 427]);
});

Deno.test("reachingOut() finds connections and datagrams, not what comes in", () => {
  const out = [
    '7 connect(9, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("1.2.3.4")}, 16) = 0',
    '7 sendto(9, "x", 1, 0, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("1.1.1.1")}, 16) = 1',
  ];
  const others = [
    '7 bind(9, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}, 16) = 0',
    '7 accept4(9, {sa_family=AF_INET, sin_addr=inet_addr("127.0.0.1")}, [16], 0) = 10',
    '7 sendto(10, "reply", 5, MSG_NOSIGNAL, NULL, 0) = 5',
  ];
  assertEquals(reachingOut([...others, ...out].join("\n")), out);
});

Deno.test("timesOpened() counts openings of one file, whether they succeed or not", () => {
  const trace = [
    '7 openat(AT_FDCWD, "/a/node.pem", O_RDONLY|O_CLOEXEC) = 9',
    '7 openat(AT_FDCWD, "/a/node.pem", O_RDONLY|O_CLOEXEC) = -1 ENOENT (No such file or directory)',
    '7 openat(AT_FDCWD, "/a/node.key", O_RDONLY|O_CLOEXEC) = 9',
  ].join("\n");
  assertEquals(timesOpened(trace, "/a/node.pem"), 2);
});

Deno.test("loggedMs() is the time from the first line to the last that has one", () => {
  const log =
    "2026-11-25T04:22:56.230Z INFO  node: a\nsaid\n2026-11-25T05:22:57.000Z INFO  node: b\n";
  assertEquals(loggedMs(log), 3_600_770);
  assertEquals(loggedMs("said\n"), 0);
});

Deno.test("statusBytes() reads a field of /proc/PID/status, and says when it is not there", () => {
  const status = "Name:\twhippet\nVmHWM:\t    2048 kB\nVmRSS:\t     1024 kB\n";
  assertEquals(statusBytes(status, "VmRSS"), 1_048_576);
  assertEquals(statusBytes(status, "VmHWM"), 2_097_152);
  assertThrows(() => statusBytes("Name: x", "VmRSS"), Error, "/proc/PID/status has no VmRSS");
});
