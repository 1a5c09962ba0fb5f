import { assertEquals } from "@std/assert";
import * as layout from "../../protocol/message_layout.ts";

Deno.test("the fields of each header follow one another without a gap", () => {
  tile(layout.BATCH_HEADER_BYTES, [
    [layout.BATCH_PARTITION_ID, 8],
    [layout.BATCH_BASE_OFFSET, 8],
    [layout.BATCH_BASE_TIMESTAMP, 8],
    [layout.BATCH_ORIGIN_TIMESTAMP, 8],
    [layout.BATCH_LENGTH, 8],
    [layout.BATCH_CHECKSUM, 8],
    [layout.BATCH_MESSAGE_COUNT, 4],
    [layout.BATCH_RESERVED, 204],
  ]);
  tile(layout.FRAME_HEADER_BYTES, [
    [layout.FRAME_CHECKSUM, 8],
    [layout.FRAME_ID, 16],
    [layout.FRAME_OFFSET_DELTA, 4],
    [layout.FRAME_TIMESTAMP_DELTA, 4],
    [layout.FRAME_USER_HEADERS_LENGTH, 4],
    [layout.FRAME_PAYLOAD_LENGTH, 4],
    [layout.FRAME_RESERVED, 8],
  ]);
  tile(layout.CLASSIC_HEADER_BYTES, [
    [layout.CLASSIC_CHECKSUM, 8],
    [layout.CLASSIC_ID, 16],
    [layout.CLASSIC_OFFSET, 8],
    [layout.CLASSIC_TIMESTAMP, 8],
    [layout.CLASSIC_ORIGIN_TIMESTAMP, 8],
    [layout.CLASSIC_USER_HEADERS_LENGTH, 4],
    [layout.CLASSIC_PAYLOAD_LENGTH, 4],
    [layout.CLASSIC_RESERVED, 8],
  ]);
  tile(layout.CLASSIC_INDEX_BYTES, [
    [layout.INDEX_OFFSET, 4],
    [layout.INDEX_END, 4],
    [layout.INDEX_TIMESTAMP, 8],
  ]);
});

Deno.test("a batch checksum covers what lies in front of it and the message count", () => {
  assertEquals(layout.BATCH_CHECKSUM_FIELDS_BYTES, layout.BATCH_CHECKSUM);
  assertEquals(layout.BATCH_CHECKSUM_PREFIX_BYTES, layout.BATCH_CHECKSUM_FIELDS_BYTES + 4);
});

function tile(length: number, fields: [at: number, length: number][]): void {
  let end = 0;
  for (const [at, fieldLength] of fields) {
    assertEquals(at, end);
    end += fieldLength;
  }
  assertEquals(end, length);
}
