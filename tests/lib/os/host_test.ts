import { assert, assertEquals } from "@std/assert";
import { systemHost } from "../../../lib/os/host.ts";

Deno.test("systemHost() says what machine and process this is", () => {
  const host = systemHost(".");
  assertEquals(host.processId, Deno.pid);
  assertEquals(host.hostname, Deno.hostname());
  assertEquals(host.osName, Deno.build.os);
  assert(host.osVersion.length > 0);
  assert(host.kernelVersion.length > 0);
});

Deno.test("Host.addresses() gives what others may dial, and nothing of loopback", () => {
  for (const address of systemHost(".").addresses()) {
    assert(!/^(127\.|::1$|fe80:)/.test(address), address);
    assert(/^[0-9a-f.:]+$/i.test(address), address);
  }
});

Deno.test("Host.usage() gives figures that can be: parts are not more than the whole", () => {
  const usage = systemHost(".").usage();
  const { memoryBytes, totalMemoryBytes, availableMemoryBytes } = usage;
  const { freeDiskBytes, totalDiskBytes, cpuPercent, totalCpuPercent } = usage;
  assert(memoryBytes > 0 && memoryBytes < totalMemoryBytes);
  assert(availableMemoryBytes > 0 && availableMemoryBytes <= totalMemoryBytes);
  assert(freeDiskBytes > 0 && freeDiskBytes <= totalDiskBytes);
  for (const bytes of [memoryBytes, totalMemoryBytes, freeDiskBytes, totalDiskBytes]) {
    assert(Number.isSafeInteger(bytes), `${bytes} bytes`);
  }
  for (const percent of [cpuPercent, totalCpuPercent]) {
    assert(Number.isFinite(percent) && percent >= 0, `${percent} %`);
  }
});
