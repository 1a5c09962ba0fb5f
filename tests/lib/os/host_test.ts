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
  assert(usage.threadsCount >= 1);
  for (const percent of [cpuPercent, totalCpuPercent]) {
    assert(Number.isFinite(percent) && percent >= 0, `${percent} %`);
  }
});

Deno.test("Host shows the files of the data directory, this process, and what the runtime takes", async () => {
  const host = systemHost(import.meta.dirname!);
  assert(host.files(1000).files.some(({ path }) => path === "host_test.ts"));
  assert(host.processes().processes.some(({ id }) => id === Deno.pid));
  const { heapBytes, heapUsedBytes } = host.runtime();
  assert(heapUsedBytes > 0 && heapUsedBytes <= heapBytes);
  assert(await host.loopDelayMs() >= 0);
});
