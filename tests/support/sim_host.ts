/**
 * A machine that never changes.
 *
 * @module
 */
import type { Host } from "../../lib/ports.ts";

export const SIM_HOST: Host = {
  processId: 4242,
  hostname: "test-host",
  osName: "linux",
  osVersion: "6.1",
  kernelVersion: "6.1.0",
  addresses: () => ["192.0.2.7", "2001:db8::7"],
  usage: () => ({
    cpuPercent: 1.5,
    totalCpuPercent: 2.5,
    memoryBytes: 2 ** 26,
    totalMemoryBytes: 2 ** 33,
    availableMemoryBytes: 2 ** 32,
    freeDiskBytes: 2 ** 30,
    totalDiskBytes: 2 ** 31,
    threadsCount: 9,
  }),
  files: (filesMax) => ({
    files: [
      { path: "catalog/journal", bytes: 120, modifiedMs: 0 },
      { path: "format", bytes: 8 },
    ].slice(0, filesMax),
    left: Math.max(0, 2 - filesMax),
  }),
  processes: () => ({
    processes: [{
      id: 4242,
      parentId: 1,
      memoryBytes: 1 << 26,
      threadsCount: 9,
      command: "whippet",
    }],
    note: "This process alone",
  }),
  runtime: () => ({ heapBytes: 1 << 20, heapUsedBytes: 1 << 19, outsideHeapBytes: 1 << 18 }),
  loopDelayMs: () => Promise.resolve(0.25),
};
