import { assert, assertEquals } from "@std/assert";
import { batchFault, leads } from "../../../lib/log/batch_check.ts";
import { batchKernel } from "../../../lib/log/checksum.ts";
import { batchHeader } from "../../../protocol/message.ts";
import { DIRECTORY, PartitionLogs } from "../../support/partition_logs.ts";
import { SimStorage } from "../../support/sim_storage.ts";

const NAME = { directory: DIRECTORY, partitionId: 3 };
const { view, input: { at } } = batchKernel;

/** Fault of a batch of two messages at offset 7 after a change to it. */
function faultAfter(change: (length: number) => void): number {
  const { context, length } = stamped();
  change(length);
  return batchFault(context, NAME, at, length, 7);
}

function stamped() {
  const logs = new PartitionLogs(new SimStorage());
  const length = logs.load(2);
  batchKernel.stampBatches(at, length, 3, 7, 1_000_000);
  return { context: logs.context, length };
}

Deno.test("batchFault() is 0 for the batch that belongs there", () => {
  assertEquals(faultAfter(() => {}), 0);
});

Deno.test("batchFault() tells checksums of messages and batches from what does not hold together", () => {
  assertEquals(faultAfter((length) => batchKernel.memory[at + length - 1] ^= 1), 4027);
  assertEquals(faultAfter(() => batchKernel.memory[at + 16] ^= 1), 4039, "timestamp");
  assertEquals(faultAfter(() => batchKernel.memory[at + 32] ^= 1), 13000, "length");
  assertEquals(faultAfter(() => batchKernel.memory[at + 48] ^= 1), 13000, "count");
  assertEquals(faultAfter(() => batchKernel.memory[at + 99] ^= 1), 13000, "reserved");
});

Deno.test("batchFault() refuses a whole batch that belongs elsewhere", () => {
  const { context, length } = stamped();
  assertEquals(batchFault(context, NAME, at, length, 8), 13000);
  assertEquals(batchFault(context, { ...NAME, partitionId: 4 }, at, length, 7), 13000);
});

Deno.test("leads() goes by partition and offset alone", () => {
  stamped();
  batchHeader.setLength(view, at, 0);
  assert(leads(view, at, 3, 7));
  assert(!leads(view, at, 3, 8));
  assert(!leads(view, at, 4, 7));
});
