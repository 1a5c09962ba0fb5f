import { assertEquals } from "@std/assert";
import { BufferPool } from "../../../lib/buffers.ts";
import { IdWindow } from "../../../lib/log/id_window.ts";
import { RecentIds } from "../../../lib/log/recent_ids.ts";
import type { PartitionLog } from "../../../lib/log/partition.ts";
import { PartitionLogs, range } from "../../support/partition_logs.ts";
import { SimStorage } from "../../support/sim_storage.ts";

/** Ids from 1 to `max` that a window knows once it was filled from logs. */
async function known(
  logs: readonly PartitionLog[],
  { entriesMax = 1000, since = 0, max = 10_000 },
): Promise<number[]> {
  const recent = new RecentIds(entriesMax, since);
  for (const log of logs) await recent.addAll(log, BUFFERS, () => Promise.resolve());
  const window = new IdWindow({ entriesMax, micros: 2 ** 53, seed: new Uint8Array(16) });
  recent.fill(window);
  const view = new DataView(new ArrayBuffer(16));
  return range(1, max).filter((id) => {
    view.setUint32(0, id, true);
    window.begin(0);
    const isNew = window.accept(view, 0, 2 ** 52);
    window.takeBack();
    return !isNew;
  });
}

Deno.test("RecentIds.addAll() finds the messages of a log, across segments and batches", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open({ segmentBytesMax: 2000 });
  assertEquals(await known([log], {}), []);
  for (let batch = 0; batch < 20; batch++) logs.append(log, 7);
  assertEquals(await known([log], {}), range(1, 140));
  await log.close();
});

Deno.test("RecentIds.addAll() begins at the time that is of interest", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open();
  const times: number[] = [];
  for (let batch = 0; batch < 50; batch++) {
    times.push(logs.clock.micros);
    logs.append(log, 3);
    logs.clock.micros += 1000;
  }
  assertEquals(await known([log], { since: times[40] }), range(121, 150));
  assertEquals(await known([log], { since: times[40] + 1 }), range(124, 150));
  assertEquals(await known([log], { since: logs.clock.micros }), []);
  await log.close();
});

Deno.test("RecentIds keeps the newest of all logs, and reads no more of one than it keeps", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const several = [1, 2, 3].map((id) => logs.open({ partitionId: id }, `p/${id}/1`));
  for (let batch = 0; batch < 1500; batch++) {
    logs.append(several[batch % 3], 2);
    logs.clock.micros += 10;
  }
  for (const entriesMax of [1, 5, 100, 1024, 2999]) {
    const ids = await known(several, { entriesMax });
    assertEquals(ids, range(3001 - entriesMax, 3000), `${entriesMax}`);
  }
  const before = logs.storage.done.bytesRead;
  await known(several, { entriesMax: 10 });
  // 10 messages of 314 bytes in each log, an index interval around them, and headers to find a time.
  const expectedMax = 3 * (10 * 314 + 4 * 1024 + 64 * 1024);
  assertEquals(logs.storage.done.bytesRead - before < expectedMax, true);
  await Promise.all(several.map((log) => log.close()));
});

Deno.test("RecentIds.addAll() reads a log in steps, and passes over what is damaged", async () => {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open();
  for (let batch = 0; batch < 30; batch++) logs.append(log, 1, 100_000);
  const recent = new RecentIds(1000, 0);
  let steps = 0;
  await recent.addAll(log, BUFFERS, () => {
    steps++;
    return Promise.resolve();
  });
  assertEquals([steps >= 3, steps <= 10], [true, true]);
  const path = logs.storage.paths().find((each) => each.endsWith(".log"))!;
  logs.storage.corrupt(path, (bytes) => bytes.fill(0, 0, 2_900_000));
  await known([log], {});
  await log.close();
});

const BUFFERS = new BufferPool({ leasedBytesMax: 1 << 26, idleBytesMax: 0 });
