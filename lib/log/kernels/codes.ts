/**
 * The error codes a kernel gives, as in `protocol/error_codes.ts`, which holds more than
 * AssemblyScript can read.
 *
 * @module
 */

export const INVALID_COMMAND = 3;
export const INVALID_MESSAGES_COUNT = 4009;
export const CANNOT_READ_MESSAGE = 4011;
export const TOO_BIG_USER_HEADERS = 4017;
export const TOO_BIG_MESSAGE_PAYLOAD = 4022;
export const TOO_MANY_MESSAGES = 4023;
export const INVALID_MESSAGE_CHECKSUM = 4027;
export const NON_ZERO_OFFSET = 4031;
export const NON_ZERO_TIMESTAMP = 4032;
export const MISSING_INDEX = 4033;
export const INVALID_MESSAGES_SIZE = 4036;
export const INVALID_BATCH_CHECKSUM = 4039;
export const CANNOT_READ_INDEX_POSITION = 10011;
