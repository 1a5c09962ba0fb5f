/**
 * What a program prints or a server answers, line by line as it comes.
 *
 * @module
 */

/** The lines of `bytes` (UTF-8) without their ends; what follows the last end is left out. */
export function linesOf(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
): ReadableStreamDefaultReader<string> {
  let rest = "";
  const lines = new TransformStream<string, string>({
    transform(text, controller) {
      const parts = (rest + text).split("\n");
      rest = parts.pop()!;
      for (const part of parts) controller.enqueue(part);
    },
  });
  return bytes.pipeThrough(new TextDecoderStream()).pipeThrough(lines).getReader();
}
