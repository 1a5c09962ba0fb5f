/**
 * What the operating system says of the machine and of this process.
 *
 * @module
 */
import { statfsSync } from "node:fs";
import process from "node:process";
import type { Host } from "../ports.ts";

/** Facts of this machine; `dataDirectory` names the disk whose space is told. */
export function systemHost(dataDirectory: string): Host {
  return {
    processId: Deno.pid,
    hostname: Deno.hostname(),
    osName: Deno.build.os,
    osVersion: Deno.osRelease(),
    kernelVersion: Deno.osRelease(),
    usage() {
      const memory = Deno.systemMemoryInfo();
      const disk = diskSpace(dataDirectory);
      const cpuPercent = processCpuPercent();
      return {
        cpuPercent,
        totalCpuPercent: cpuPercent,
        memoryBytes: Deno.memoryUsage().rss,
        totalMemoryBytes: memory.total,
        availableMemoryBytes: memory.available,
        freeDiskBytes: disk.free,
        totalDiskBytes: disk.total,
      };
    },
  };
}

function processCpuPercent(): number {
  const { user, system } = process.cpuUsage();
  const upMicros = performance.now() * 1000;
  return upMicros === 0 ? 0 : (user + system) / upMicros * 100;
}

function diskSpace(path: string): { free: number; total: number } {
  const { bavail, blocks, bsize } = statfsSync(path);
  return { free: bavail * bsize, total: blocks * bsize };
}
