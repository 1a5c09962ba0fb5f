import { assertEquals } from "@std/assert";
import { type BatchPlace, BatchSearch } from "../../../lib/log/batch_search.ts";
import { batchKernel } from "../../../lib/log/checksum.ts";
import { batchHeader } from "../../../protocol/message.ts";
import { DIRECTORY, PartitionLogs } from "../../support/partition_logs.ts";
import { SimStorage } from "../../support/sim_storage.ts";

const NAME = { directory: DIRECTORY, partitionId: 3 };
const { memory, view, input: { at: start } } = batchKernel;

/** Five batches of two messages from offset 100 on; where each is, and the way through them. */
function fiveBatches() {
  const logs = new PartitionLogs(new SimStorage());
  const places: BatchPlace[] = [];
  let at = start;
  for (let count = 0; count < 5; count++) {
    places.push({ at, offset: 100 + 2 * count });
    at += logs.load(2, 50, at);
  }
  batchKernel.stampBatches(start, at - start, 3, 100, 1_000_000);
  const end = { at, offset: 110 };
  const find = (offset: number) => {
    const search = new BatchSearch(logs.context, NAME, places[0], end);
    return search.find(offset) ?? search.place;
  };
  return { places, end, find };
}

Deno.test("BatchSearch.find() goes to the batch that holds an offset", () => {
  const { places, find } = fiveBatches();
  for (let offset = 100; offset < 110; offset++) {
    assertEquals(find(offset), places[Math.floor(offset / 2) - 50]);
  }
});

Deno.test("BatchSearch.find() tells where damage starts and ends, and goes on behind it", () => {
  const { places, find } = fiveBatches();
  memory[places[2].at + 310] ^= 1;
  assertEquals(find(103), places[1]);
  const damage = { from: places[2], to: places[3], fault: 4027, isBounded: true };
  assertEquals(find(104), damage);
  assertEquals(find(105), damage);
  assertEquals(find(106), places[3]);
});

Deno.test("BatchSearch.find() is not led astray by a length or a count", () => {
  for (const [length, count] of [[0, 2], [256, 2], [1 << 20, 2], [904, 2], [452, 9], [452, 1]]) {
    const { places, find } = fiveBatches();
    batchHeader.setLength(view, places[1].at, length);
    batchHeader.setMessageCount(view, places[1].at, count);
    const damage = { from: places[1], to: places[2], fault: 13000, isBounded: true };
    assertEquals([102, 103].map(find), [damage, damage]);
    assertEquals([100, 104, 109].map(find), [places[0], places[2], places[4]]);
  }
});

Deno.test("BatchSearch.find() gives up at the interval's end, and says that nothing was found there", () => {
  const { places, end, find } = fiveBatches();
  batchHeader.setLength(view, places[4].at, 999_999);
  assertEquals(find(108), { from: places[4], to: end, fault: 13000, isBounded: false });
});

Deno.test("BatchSearch.find() does not vouch for a start where another batch is", () => {
  const { places, find } = fiveBatches();
  batchHeader.setBaseOffset(view, places[0].at, 101);
  assertEquals(find(100), { from: places[0], to: places[1], fault: 13000, isBounded: false });
  assertEquals(find(102), places[1]);
});
