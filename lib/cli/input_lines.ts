/**
 * Bytes of a stream as lines.
 *
 * @module
 */

/** Each line without its end (`\n` or `\r\n`); what is behind the last end is one too, unless it is empty. */
export async function* linesOf(input: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array[] = [];
  for await (const chunk of input) {
    let from = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, from)) {
      yield withoutReturn(joined([...rest, chunk.subarray(from, end)]));
      rest = [];
      from = end + 1;
    }
    if (from < chunk.length) rest.push(chunk.slice(from));
  }
  if (rest.length > 0) yield withoutReturn(joined(rest));
}

/** Bytes as UTF-8. */
export function textOf(bytes: Uint8Array): string {
  return UTF8.decode(bytes);
}

function withoutReturn(line: Uint8Array): Uint8Array {
  return line.at(-1) === CR ? line.subarray(0, -1) : line;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const LF = 0x0a;
const CR = 0x0d;
const UTF8 = new TextDecoder();
