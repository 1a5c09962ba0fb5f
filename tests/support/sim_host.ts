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
  }),
};
