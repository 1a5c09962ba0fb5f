/**
 * What the operating system says of the machine and of this process.
 *
 * @module
 */
import { statfsSync } from "node:fs";
import { cpus } from "node:os";
import process from "node:process";
import type { Host } from "../ports.ts";
import { listFiles } from "./data_files.ts";
import { listProcesses, threadsCount } from "./processes.ts";

/** Facts of this machine; `dataDirectory` names the disk whose space is told. */
export function systemHost(dataDirectory: string): Host {
  const atStart = cpuTimes();
  return {
    processId: Deno.pid,
    hostname: Deno.hostname(),
    osName: Deno.build.os,
    osVersion: Deno.osRelease(),
    kernelVersion: Deno.osRelease(),
    addresses,
    usage() {
      const memory = Deno.systemMemoryInfo();
      const disk = diskSpace(dataDirectory);
      return {
        cpuPercent: processCpuPercent(),
        totalCpuPercent: busyPercent(atStart, cpuTimes()),
        memoryBytes: Deno.memoryUsage().rss,
        totalMemoryBytes: memory.total,
        availableMemoryBytes: memory.available,
        freeDiskBytes: disk.free,
        totalDiskBytes: disk.total,
        threadsCount: threadsCount() ?? 1,
      };
    },
    files: (filesMax) => listFiles(dataDirectory, filesMax),
    processes: () => listProcesses(),
    runtime() {
      const { heapTotal, heapUsed, external } = Deno.memoryUsage();
      return { heapBytes: heapTotal, heapUsedBytes: heapUsed, outsideHeapBytes: external };
    },
    loopDelayMs() {
      const from = performance.now();
      return new Promise((resolve) => setTimeout(() => resolve(performance.now() - from), 0));
    },
  };
}

/** Link-local IPv6 addresses are left out: they mean nothing without the name of the link. */
function addresses(): readonly string[] {
  return Deno.networkInterfaces()
    .map(({ address }) => address)
    .filter((address) => !/^(127\.|::1$|fe80:)/i.test(address));
}

function processCpuPercent(): number {
  const { user, system } = process.cpuUsage();
  const upMicros = performance.now() * 1000;
  return upMicros === 0 ? 0 : (user + system) / upMicros * 100;
}

/** What all cores of the machine did so far, in milliseconds. */
interface CpuTimes {
  readonly busy: number;
  readonly idle: number;
}

function cpuTimes(): CpuTimes {
  const times = cpus().map((core) => core.times);
  const sum = (of: (time: typeof times[number]) => number) =>
    times.reduce((total, time) => total + of(time), 0);
  return {
    busy: sum(({ user, nice, sys, irq }) => user + nice + sys + irq),
    idle: sum(({ idle }) => idle),
  };
}

function busyPercent(from: CpuTimes, to: CpuTimes): number {
  const busy = to.busy - from.busy;
  const all = busy + to.idle - from.idle;
  return all === 0 ? 0 : busy / all * 100;
}

function diskSpace(path: string): { free: number; total: number } {
  const { bavail, blocks, bsize } = statfsSync(path);
  return { free: bavail * bsize, total: blocks * bsize };
}
