import { assertEquals } from "@std/assert";
import { isSealed } from "../../../lib/log/batch_cipher.ts";
import { batchKernel } from "../../../lib/log/checksum.ts";
import { DIRECTORY, PartitionLogs } from "../../support/partition_logs.ts";
import { sealer, testKey } from "../../support/sealing.ts";
import { SimStorage } from "../../support/sim_storage.ts";

Deno.test("isSealed() tells sealed batches from others", () => {
  const { memory, input: { at } } = batchKernel;
  const length = new PartitionLogs(new SimStorage()).load(1);
  assertEquals(isSealed(memory, at), false);
  sealer([testKey(1)]).seal(memory, at, length, DIRECTORY);
  assertEquals(isSealed(memory, at), true);
});
