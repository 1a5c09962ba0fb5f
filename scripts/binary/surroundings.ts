/**
 * Where the binary is tried besides a plain shell: on a read-only root as nobody, on an emulated
 * machine, under a tracer; and how what these say is read.
 *
 * @module
 */

/** Runs as uid 65534 on a read-only root with one writable folder, without what `filterPath` forbids. */
export function lockedDown(binary: string, dataDirectory: string, filterPath: string): string[] {
  const identity = Deno.uid() === 0
    ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    : [];
  return [
    "sh",
    "-c",
    'exec 9<"$0"; exec "$@"',
    filterPath,
    ...identity,
    "bwrap",
    ...["--unshare-user", "--uid", "65534", "--gid", "65534", "--die-with-parent"],
    ...["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"],
    ...["--bind", dataDirectory, dataDirectory, "--seccomp", "9"],
    binary,
  ];
}

/** Runs on an emulated 64-bit ARM with Debian's libraries for it. */
export function emulated(binary: string): string[] {
  return ["qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu", binary];
}

/**
 * Runs with each call about the network, and each file it opens, written to a file; the tracer is a child,
 * not the parent. The clocks that it asks for, and the waits that it asks for, run `pace` times as fast.
 */
export function traced(binary: string, tracePath: string, pace = 1): string[] {
  const fakeTime = [
    // The loader knows where libraries of this machine are.
    ...["-E", "LD_PRELOAD=/usr/$LIB/faketime/libfaketimeMT.so.1"],
    ...["-E", `FAKETIME=+0 x${pace}`],
  ];
  return [
    ...["strace", "-D", "-f", "-qq", "--seccomp-bpf", "-e", "trace=network,openat"],
    ...["-o", tracePath],
    ...pace === 1 ? [] : fakeTime,
    binary,
  ];
}

/** How often a trace opens the file. */
export function timesOpened(trace: string, path: string): number {
  return trace.split("\n").filter((line) => line.includes(`openat(AT_FDCWD, "${path}"`)).length;
}

/** Milliseconds from the first to the last time that a node's log gives. */
export function loggedMs(log: string): number {
  const times = Array.from(log.matchAll(/^\d{4}-\d\d-\d\dT[\d:.]+Z(?= )/gm), ([time]) => {
    return Date.parse(time);
  });
  return times.length === 0 ? 0 : times[times.length - 1] - times[0];
}

/**
 * A seccomp filter, as BPF of the kernel's (seccomp(2)): `EPERM` for io_uring_setup, io_uring_enter
 * and io_uring_register, numbers 425 to 427 on every machine; all else is allowed.
 */
export function ioUringFilter(): Uint8Array {
  const instructions = [
    [LOAD_WORD, 0, 0, 0],
    [JUMP_IF_AT_LEAST, 0, 2, 425],
    [JUMP_IF_GREATER, 1, 0, 427],
    [RETURN, 0, 0, 0x0005_0001],
    [RETURN, 0, 0, 0x7fff_0000],
  ];
  const view = new DataView(new ArrayBuffer(8 * instructions.length));
  for (const [at, [code, ifTrue, ifFalse, operand]] of instructions.entries()) {
    view.setUint16(8 * at, code, true);
    view.setUint8(8 * at + 2, ifTrue);
    view.setUint8(8 * at + 3, ifFalse);
    view.setUint32(8 * at + 4, operand, true);
  }
  return new Uint8Array(view.buffer);
}

/** The lines of a trace that reach out: a connection that is begun, or a datagram to somewhere. */
export function reachingOut(trace: string): string[] {
  return trace.split("\n").filter((line) =>
    /\bconnect\(/.test(line) || /\bsend(?:to|msg)\(.*sin6?_addr/.test(line)
  );
}

/** Bytes of a field of `/proc/PID/status`: VmRSS is what is resident, VmHWM the most there was. */
export function statusBytes(status: string, field: "VmRSS" | "VmHWM"): number {
  const kib = new RegExp(`^${field}:\\s*(\\d+) kB$`, "m").exec(status)?.[1];
  if (kib === undefined) throw new Error(`/proc/PID/status has no ${field}`);
  return Number(kib) * 1024;
}

const LOAD_WORD = 0x20;
const JUMP_IF_AT_LEAST = 0x35;
const JUMP_IF_GREATER = 0x25;
const RETURN = 0x06;
