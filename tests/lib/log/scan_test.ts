import { assertEquals } from "@std/assert";
import { SegmentIndex } from "../../../lib/log/index.ts";
import { scan } from "../../../lib/log/scan.ts";
import { DIRECTORY, PartitionLogs } from "../../support/partition_logs.ts";
import { SimStorage } from "../../support/sim_storage.ts";

const NAME = { directory: DIRECTORY, partitionId: 3 };
const PATH = `${DIRECTORY}/00000000000000000000.log`;

/** A log of batches with `payloads` bytes of payload each. */
function logOf(payloads: number[]) {
  const logs = new PartitionLogs(new SimStorage());
  const log = logs.open();
  for (const payload of payloads) {
    logs.clock.micros += 10;
    logs.append(log, 1, payload);
  }
  const index = new SegmentIndex(0);
  const from = (position: number, offset: number) => {
    const place = { position, offset, timestamp: 0 };
    return scan(logs.context, NAME, logs.storage.open(PATH), place, index);
  };
  return { ...logs, logs, index, from };
}

Deno.test("scan() goes to the end of a whole log, longer than a read and with batches that are", () => {
  const { logs, from, index } = logOf([10, 3_000_000, 10, 700_000, 700_000, 700_000, 1]);
  assertEquals(from(0, 0), {
    position: logs.storage.open(PATH).size,
    offset: 7,
    timestamp: logs.clock.micros,
  });
  assertEquals([...Array(index.count).keys()].map((entry) => index.offset(entry)), [
    0,
    2,
    4,
    5,
    6,
  ]);
});

Deno.test("scan() starts where it is told to", () => {
  const { from } = logOf([10, 20, 30]);
  assertEquals(from(314, 1).offset, 3);
});

Deno.test("scan() stops at once where no batch starts, or another one", () => {
  const { from } = logOf([10, 20, 30]);
  assertEquals(from(313, 1), { position: 313, offset: 1, timestamp: 0 });
  assertEquals(from(314, 2), { position: 314, offset: 2, timestamp: 0 });
});

Deno.test("scan() stops before what a length claims beyond the file or the kernel's memory", () => {
  for (const length of [0n, 255n, 325n, 1n << 30n, (1n << 64n) - 1n]) {
    const { logs, from } = logOf([10, 20]);
    logs.storage.corrupt(PATH, (bytes) => {
      new DataView(bytes.buffer).setBigUint64(314 + 32, length, true);
    });
    assertEquals(from(0, 0).position, 314, `length ${length}`);
  }
});
