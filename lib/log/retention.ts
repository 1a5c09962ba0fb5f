/**
 * Which segments may go. A plan only: nothing is deleted here.
 *
 * @module
 */

/** What the plan needs to know of a segment. */
export interface Deletable {
  /** Offset after its last message. */
  readonly endOffset: number;
  /** Whether it takes no more messages and is wholly on stable storage. */
  readonly isSettled: boolean;
}

/**
 * How many of the oldest segments to delete when `count` were asked for (CLASSIC.md section 12,
 * DeleteSegments): only settled ones, and none with a message beyond the smallest stored consumer
 * offset. `undefined`: no offset is stored, nothing holds them back.
 */
export function segmentsToDelete(
  segments: readonly Deletable[],
  count: number,
  minimumStoredOffset: number | undefined,
): number {
  const limit = Math.min(count, segments.length);
  let deletable = 0;
  while (deletable < limit && mayGo(segments[deletable], minimumStoredOffset)) deletable++;
  return deletable;
}

function mayGo(segment: Deletable, minimumStoredOffset: number | undefined): boolean {
  return segment.isSettled &&
    (minimumStoredOffset === undefined || segment.endOffset - 1 <= minimumStoredOffset);
}
