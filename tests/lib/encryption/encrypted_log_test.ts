/** Logs whose batches are sealed, over a disk that fails: they are as other logs are. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Buffer } from "node:buffer";
import { IggyError } from "../../../protocol/errors.ts";
import {
  allIds,
  DIRECTORY,
  PartitionLogs,
  range,
  readBatches,
  readBatchesInArena,
} from "../../support/partition_logs.ts";
import { opener, sealer, testKey } from "../../support/sealing.ts";
import { SimStorage } from "../../support/sim_storage.ts";

const PATH = `${DIRECTORY}/00000000000000000000.log`;
const INTERVAL = { indexIntervalBytes: 1024 };

function encrypted(storage: SimStorage, ...bytes: number[]): PartitionLogs {
  return new PartitionLogs(storage, INTERVAL, { cipher: sealer(bytes.map(testKey)) });
}

/** A log on another disk that goes on where the ids of the first end. */
function again(logs: PartitionLogs, storage: SimStorage, ...bytes: number[]): PartitionLogs {
  const next = encrypted(storage, ...bytes);
  next.continueAfter(logs);
  return next;
}

Deno.test("A sealed log has everything after a crash up to any byte, and goes on", () => {
  const logs = encrypted(new SimStorage(), 1);
  const log = logs.open();
  const ends = range(1, 6).map(() => {
    logs.append(log, 2, 30);
    return logs.storage.readFile(PATH)!.length;
  });
  for (const size of range(0, ends[5])) {
    const disk = logs.storage.afterCrash({ files: () => ({ size }), names: "written" });
    const next = again(logs, disk, 1);
    const reopened = next.open();
    const kept = ends.filter((end) => end <= size).length;
    assertEquals(allIds(reopened), range(1, 2 * kept), `cut at ${size}`);
    next.append(reopened, 1, 30);
    assertEquals(allIds(reopened), [...range(1, 2 * kept), 13]);
  }
});

Deno.test("A sealed log has no message in its files, and gives the very bytes that were sent", () => {
  const plain = new PartitionLogs(new SimStorage());
  const logs = encrypted(new SimStorage(), 1);
  for (const each of [plain, logs]) {
    const log = each.open();
    for (let count = 0; count < 4; count++) each.append(log, 3, 40);
  }
  const sent = readBatches(plain.open(), "first");
  assertEquals(readBatches(logs.open(), "first"), sent);
  assertEquals(readBatchesInArena(logs.open(), "first"), sent);
  const stored = Buffer.from(logs.storage.readFile(PATH)!);
  assertEquals(stored.indexOf(new Uint8Array(40).fill(2)), -1);
  assert(Buffer.from(plain.storage.readFile(PATH)!).indexOf(new Uint8Array(40).fill(2)) > 0);
  assertEquals(stored.indexOf(testKey(1).secret), -1);
});

Deno.test("A log mixes batches of several keys, and of none", () => {
  const storage = new SimStorage();
  let logs = new PartitionLogs(storage, INTERVAL);
  logs.append(logs.open(), 1);
  for (const keys of [[1], [2, 1], [3, 2, 1]]) {
    logs = again(logs, storage, ...keys);
    logs.append(logs.open(), 1);
  }
  const keys = [1, 2, 3].map(testKey);
  const readable = new PartitionLogs(storage, INTERVAL, { cipher: opener(keys) });
  readable.continueAfter(logs);
  readable.append(readable.open(), 1);
  assertEquals(allIds(encrypted(storage, 1, 2, 3).open()), range(1, 5));
});

Deno.test("A log without the key serves what it can open, and cuts no committed batch", async () => {
  const storage = new SimStorage();
  const logs = encrypted(storage, 1);
  const log = logs.open();
  logs.append(log, 1);
  logs.append(log, 1);
  await log.close();
  const size = storage.readFile(PATH)!.length;
  const other = encrypted(storage, 2).open();
  assertEquals(storage.readFile(PATH)!.length, size);
  const error = assertThrows(() => readBatches(other, "first"), IggyError);
  assertEquals(error.code, 4039);
  await other.close();
  assertEquals(allIds(encrypted(storage, 1).open()), [1, 2]);
});

Deno.test("A sealed log refuses the batch that any flipped byte hits, and serves all others", () => {
  const logs = encrypted(new SimStorage(), 1);
  const log = logs.open();
  for (let count = 0; count < 3; count++) logs.append(log, 1, 30);
  const size = logs.storage.readFile(PATH)!.length;
  for (const at of range(0, size - 1)) {
    const disk = logs.storage.afterCrash({ files: "written", names: "written" });
    const found = encrypted(disk, 1);
    const reader = found.open();
    disk.corrupt(PATH, (bytes) => bytes[at] ^= 0x5a);
    const hit = Math.floor(at / (size / 3));
    for (const offset of [0, 1, 2, 0, 1, 2]) {
      const read = () => readBatches(reader, "offset", offset, 1).map((batch) => batch.offset);
      if (offset === hit) {
        const { code } = assertThrows(read, IggyError, undefined, `byte ${at}`);
        assert(code === 4039 || code === 13000, `byte ${at}: ${code}`);
      } else assertEquals(read(), [offset], `byte ${at}`);
    }
    const told = found.events.filter(({ kind }) => kind === "segment_damaged");
    assertEquals(told.length, 1, `byte ${at}`);
  }
});
