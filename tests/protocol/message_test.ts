import { assertEquals } from "@std/assert";
import { batchChecksum, batchHeader, frameLength } from "../../protocol/message.ts";
import { xxh3_64 } from "../../protocol/xxhash.ts";
import { VSR_POLL, VSR_SEND } from "../vectors/messages.ts";

Deno.test("batchHeader reads the fields of the sheet's stored batch", () => {
  const view = new DataView(VSR_POLL.buffer);
  assertEquals(batchHeader.partitionId(view, 0), 1);
  assertEquals(batchHeader.baseOffset(view, 0), 0);
  assertEquals(batchHeader.baseTimestamp(view, 0), 1_700_000_005_000_000);
  assertEquals(batchHeader.originTimestamp(view, 0), 1_700_000_000_000_000);
  assertEquals(batchHeader.length(view, 0), 363);
  assertEquals(batchHeader.checksum(view, 0), 0x2b43a1f9c626a8e8n);
  assertEquals(batchHeader.messageCount(view, 0), 2);
});

Deno.test("batchHeader writes what it reads, at any position", () => {
  const at = 3;
  const bytes = new Uint8Array(at + VSR_POLL.length);
  bytes.set(VSR_SEND, at);
  const view = new DataView(bytes.buffer);
  batchHeader.setPartitionId(view, at, 1);
  batchHeader.setBaseOffset(view, at, 0);
  batchHeader.setBaseTimestamp(view, at, 1_700_000_005_000_000);
  batchHeader.setOriginTimestamp(view, at, 1_700_000_000_000_000);
  batchHeader.setLength(view, at, 363);
  batchHeader.setChecksum(view, at, 0x2b43a1f9c626a8e8n);
  batchHeader.setMessageCount(view, at, 2);
  assertEquals(bytes.subarray(at), VSR_POLL.subarray());
  batchHeader.setBaseOffset(view, at, Number.MAX_SAFE_INTEGER);
  assertEquals(batchHeader.baseOffset(view, at), Number.MAX_SAFE_INTEGER);
});

Deno.test("frameLength() gives header, payload and user headers together", () => {
  const view = new DataView(VSR_SEND.buffer.slice(0));
  assertEquals(frameLength(view, 256), 48 + 5);
  view.setUint32(256 + 32, 0xffffffff, true);
  view.setUint32(256 + 36, 0xffffffff, true);
  assertEquals(frameLength(view, 256), 48 + 2 * 0xffffffff);
});

Deno.test("batchChecksum() gives the sheet's checksums of producer and server", () => {
  assertEquals(batchChecksum(VSR_SEND, 0, xxh3_64), 0xddb39b2bca5eefe0n);
  assertEquals(batchChecksum(VSR_POLL, 0, xxh3_64), 0x2b43a1f9c626a8e8n);
});
