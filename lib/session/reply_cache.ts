/**
 * The last answers to a VSR session's metadata requests, so that a request sent again is answered and
 * not carried out again (VSR.md section 6).
 *
 * @module
 */
import { INVALID_COMMAND, REQUEST_ALREADY_APPLIED } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";

/** Invariant: the watermark is the highest number remembered; numbers may have gaps. */
export class ReplyCache {
  readonly #replies: RememberedReply[] = [];
  #watermark = 0;

  /** The highest request number that was carried out. */
  get watermark(): number {
    return this.#watermark;
  }

  /** Remembers the answer to a request; `bytes` is undefined for one that holds a secret. */
  remember(request: number, stamp: bigint, bytes: Uint8Array | undefined): void {
    this.#watermark = Math.max(this.#watermark, request);
    this.#replies.push({ request, stamp, bytes });
    if (this.#replies.length > REPLIES_MAX) this.#replies.shift();
  }

  /**
   * The answer a request got before. A stamp of 0 was not computed and agrees with any.
   *
   * @throws {IggyError} 3 when another request had the number, 59 when its answer is gone.
   */
  find(request: number, stamp: bigint): Uint8Array {
    const reply = this.#replies.find((each) => each.request === request);
    if (reply !== undefined && stamp !== 0n && reply.stamp !== 0n && stamp !== reply.stamp) {
      throw new IggyError(INVALID_COMMAND, `Request ${request} was another one`);
    }
    if (reply?.bytes === undefined) {
      throw new IggyError(REQUEST_ALREADY_APPLIED, `Request ${request} was applied before`);
    }
    return reply.bytes;
  }
}

interface RememberedReply {
  readonly request: number;
  readonly stamp: bigint;
  readonly bytes: Uint8Array | undefined;
}

const REPLIES_MAX = 5;
