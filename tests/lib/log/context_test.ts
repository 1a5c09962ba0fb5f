import { assert, assertEquals } from "@std/assert";
import { PartitionLogs, range, readBatches, turns } from "../../support/partition_logs.ts";
import { sealer, testKey } from "../../support/sealing.ts";
import { SimStorage } from "../../support/sim_storage.ts";

Deno.test("LogContext bounds the syncs in flight over all partitions", async () => {
  const logs = new PartitionLogs(new SimStorage(), { syncsInFlightMax: 3 });
  const all = range(1, 10).map((id) => logs.open({}, `p/${id}`));
  for (const log of all) logs.append(log);
  await Promise.all(all.map((log) => log.whenCommitted()));
  const before = logs.storage.done.syncs;
  const release = logs.storage.holdSyncs();
  for (const log of all) logs.append(log);
  const committed = all.map((log) => log.whenCommitted());
  await turns();
  assertEquals(logs.storage.done.syncs - before, 3);
  release();
  await Promise.all(committed);
  assertEquals(logs.storage.done.syncs - before, 10);
});

Deno.test("LogContext bounds the indexes in memory over all partitions", async () => {
  const indexCacheBytesMax = 200;
  const logs = new PartitionLogs(new SimStorage(), { indexCacheBytesMax });
  const all = range(1, 5).map((id) => logs.open({ segmentBytesMax: 2000 }, `p/${id}`));
  for (const log of all) {
    for (let count = 0; count < 20; count++) logs.append(log, 1, 100);
    await log.whenCommitted();
  }
  for (const log of all) {
    for (const offset of range(0, 19)) {
      assertEquals(readBatches(log, "offset", offset, 1).map((batch) => batch.offset), [offset]);
    }
  }
  const { size } = logs.context.indexes;
  assert(size > 0 && size * 48 <= indexCacheBytesMax, `${size} indexes are cached`);
});

Deno.test("LogContext.checksReads says so by the node's policy, and of all that is encrypted", () => {
  const cipher = sealer([testKey(1)]);
  const checks = [
    { validatesChecksums: true },
    { validatesChecksums: false },
    { validatesChecksums: false, cipher },
  ].map((policy) => new PartitionLogs(new SimStorage(), {}, policy).context.checksReads);
  assertEquals(checks, [true, false, true]);
});
