import { assert, assertEquals, assertMatch } from "@std/assert";
import { getSnapshot } from "../../../lib/handlers/snapshot.ts";
import { configureLogs, logs } from "../../../lib/telemetry.ts";
import type { SnapshotRequest, SnapshotType } from "../../../protocol/system.ts";
import { assertRefusal, type TestBroker, testBroker } from "../../support/broker.ts";
import { SIM_HOST } from "../../support/sim_host.ts";

/** Entries of a stored archive, by the local headers that it is a row of. */
function entriesOf(archive: Uint8Array): Record<string, string> {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.length);
  const text = (from: number, length: number) =>
    new TextDecoder().decode(archive.subarray(from, from + length));
  const entries: Record<string, string> = {};
  for (let at = 0; view.getUint32(at, true) === 0x04034b50;) {
    const [length, nameLength] = [view.getUint32(at + 18, true), view.getUint16(at + 26, true)];
    entries[text(at + 30, nameLength)] = text(at + 30 + nameLength, length);
    at += 30 + nameLength + length;
  }
  return entries;
}

async function snapshot(
  broker: TestBroker,
  types: readonly SnapshotType[],
  compression: SnapshotRequest["compression"] = "stored",
): Promise<Uint8Array> {
  return await getSnapshot(broker, broker.connect(), { compression, types });
}

async function contentOf(broker: TestBroker, type: SnapshotType): Promise<string> {
  return entriesOf(await snapshot(broker, [type]))[`${type}.txt`];
}

Deno.test("getSnapshot() gives a text file for each type, once and in order; all is all but test", async () => {
  await using broker = await testBroker();
  const names = async (...types: SnapshotType[]) =>
    Object.keys(entriesOf(await snapshot(broker, types)));
  assertEquals(await names("all"), [
    "filesystem_overview.txt",
    "process_list.txt",
    "resource_usage.txt",
    "server_logs.txt",
    "server_config.txt",
  ]);
  assertEquals(await names("test", "server_config", "test"), ["test.txt", "server_config.txt"]);
  assertEquals(await names(), []);
});

Deno.test("getSnapshot() refuses all among others with 3", async () => {
  await using broker = await testBroker();
  await assertRefusal(3, () => snapshot(broker, ["all", "test"]));
  await assertRefusal(3, () => snapshot(broker, ["test", "all"]));
});

Deno.test("getSnapshot() makes one archive at a time, and refuses another with 9000", async () => {
  await using broker = await testBroker();
  const first = snapshot(broker, ["all"]);
  await assertRefusal(9000, () => snapshot(broker, ["test"]));
  await first;
  await snapshot(broker, ["test"]);
});

Deno.test("getSnapshot() makes the next archive after one that failed", async () => {
  const broken = await testBroker();
  await using broker = {
    ...broken,
    host: { ...SIM_HOST, processes: () => throwing("No processes") },
  };
  let fault: unknown;
  await snapshot(broker, ["process_list"]).catch((cause) => fault = cause);
  assert(fault instanceof Error);
  await snapshot(broker, ["test"]);
});

Deno.test("getSnapshot() deflates unless stored is asked for, whatever else is", async () => {
  await using broker = await testBroker();
  const method = async (compression: SnapshotRequest["compression"]) => {
    const archive = await snapshot(broker, ["resource_usage"], compression);
    return new DataView(archive.buffer, archive.byteOffset).getUint16(8, true);
  };
  assertEquals(await method("stored"), 0);
  for (const other of ["deflated", "bzip2", "zstd", "lzma", "xz"] as const) {
    assertEquals(await method(other), 8);
  }
});

Deno.test("getSnapshot() lists the files of the data directory and the processes to be seen", async () => {
  await using broker = await testBroker();
  assertMatch(
    await contentOf(broker, "filesystem_overview"),
    / 120 catalog\/journal\n.* 8 format\n/,
  );
  assertMatch(
    await contentOf(broker, "process_list"),
    /^This process alone\n.*\n +4242 .* whippet\n/,
  );
});

Deno.test("getSnapshot() shows stats, memory and limits", async () => {
  await using broker = await testBroker();
  const usage = await contentOf(broker, "resource_usage");
  for (const line of ["processId = 4242", "heapUsedBytes = 524288", "connectionsMax = 10000"]) {
    assert(usage.includes(`${line}\n`), line);
  }
});

Deno.test("getSnapshot() has the test file of the reference and the configuration as described", async () => {
  await using broker = await testBroker();
  assertEquals(await contentOf(broker, "test"), "test\n");
  assertEquals(await contentOf(broker, "server_config"), broker.describeConfig());
});

Deno.test("getSnapshot() has the last log lines", async () => {
  await using broker = await testBroker();
  await configureLogs("info", () => {});
  try {
    logs.node.warn("Disk is {percent} % full", { percent: 97 });
  } finally {
    await configureLogs("off", () => {});
  }
  assertMatch(await contentOf(broker, "server_logs"), /Z WARN {2}node: Disk is 97 % full\n$/);
});

function throwing(message: string): never {
  throw new Error(message);
}
