/**
 * What it means to set a group's offset, in words.
 *
 * @module
 */

/** A partition of a group: the last offset it processed (-1: none), and the end of the messages. */
export interface OffsetCell {
  readonly partitionId: number;
  readonly stored: number;
  readonly end: number;
}

/** The cells of `PARTITION:STORED:END,...`. */
export function cellsOf(text: string): OffsetCell[] {
  return text.split(",").filter((each) => each !== "").map((each) => {
    const [partitionId, stored, end] = each.split(":").map(Number);
    return { partitionId, stored, end };
  });
}

/** `Skips 180 messages`, `Reads 20 messages again`; `undefined` when it cannot be. */
export function changeOf({ stored, end }: OffsetCell, next: number): string | undefined {
  // The node stores what was processed, and takes no offset that has no message.
  if (!Number.isInteger(next) || next < 1 || next > end) return undefined;
  const by = next - (stored + 1);
  if (by === 0) return "Changes nothing";
  const messages = `${Math.abs(by).toLocaleString("en-US")} message${
    Math.abs(by) === 1 ? "" : "s"
  }`;
  return by > 0 ? `Skips ${messages}` : `Reads ${messages} again`;
}
