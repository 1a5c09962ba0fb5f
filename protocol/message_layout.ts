/**
 * Where the fields of the two message forms lie, in bytes from the start of their header. Numbers
 * only: this file is TypeScript and AssemblyScript at once, so that the kernels of `lib/log` read
 * the same table as `protocol`.
 *
 * Sources: batch and frame headers VSR.md sections 8.1 and 8.2; the classic header CLASSIC.md
 * section 6.1, its index section 6.
 *
 * @module
 */

/** Header of a stored batch, which is also the batch on the VSR wire. */
export const BATCH_HEADER_BYTES = 256;
/** Header of one message in a batch; payload and user headers follow. */
export const FRAME_HEADER_BYTES = 48;
/** Header of one message in the classic form; payload and user headers follow. */
export const CLASSIC_HEADER_BYTES = 64;
/** Entry of the index section in front of the messages of a classic send. */
export const CLASSIC_INDEX_BYTES = 16;

/** Longest payload of one message. */
export const MESSAGE_PAYLOAD_BYTES_MAX = 64_000_000;
/** Longest user headers of one message. */
export const USER_HEADERS_BYTES_MAX = 100_000;

export const BATCH_PARTITION_ID = 0;
export const BATCH_BASE_OFFSET = 8;
export const BATCH_BASE_TIMESTAMP = 16;
export const BATCH_ORIGIN_TIMESTAMP = 24;
export const BATCH_LENGTH = 32;
export const BATCH_CHECKSUM = 40;
export const BATCH_MESSAGE_COUNT = 48;
export const BATCH_RESERVED = 52;

export const FRAME_CHECKSUM = 0;
export const FRAME_ID = 8;
export const FRAME_OFFSET_DELTA = 24;
export const FRAME_TIMESTAMP_DELTA = 28;
export const FRAME_USER_HEADERS_LENGTH = 32;
export const FRAME_PAYLOAD_LENGTH = 36;
export const FRAME_RESERVED = 40;

export const CLASSIC_CHECKSUM = 0;
export const CLASSIC_ID = 8;
export const CLASSIC_OFFSET = 24;
export const CLASSIC_TIMESTAMP = 32;
export const CLASSIC_ORIGIN_TIMESTAMP = 40;
export const CLASSIC_USER_HEADERS_LENGTH = 48;
export const CLASSIC_PAYLOAD_LENGTH = 52;
export const CLASSIC_RESERVED = 56;

export const INDEX_OFFSET = 0;
export const INDEX_END = 4;
export const INDEX_TIMESTAMP = 8;

/** What of a batch header its checksum covers first: the fields from the partition to the length. */
export const BATCH_CHECKSUM_FIELDS_BYTES = 40;
/** Then the message count; the checksums of the frames follow. */
export const BATCH_CHECKSUM_PREFIX_BYTES = 44;
