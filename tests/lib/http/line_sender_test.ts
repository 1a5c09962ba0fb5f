import { assertEquals, assertRejects } from "@std/assert";
import { Rejection } from "../../../lib/http/errors.ts";
import { sendLines } from "../../../lib/http/line_sender.ts";
import type { Partitioning } from "../../../protocol/primitives.ts";

/** Sends pieces of a body; lines that begin with `k` have a key. */
async function sent(pieces: string[], lineBytesMax = 100) {
  const batches: string[][] = [];
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
  const outcome = await sendLines(body, {
    lineBytesMax,
    read(line) {
      const text = new TextDecoder().decode(line);
      if (text === "bad") throw new Rejection(422, "It is bad");
      const partitioning: Partitioning = text.startsWith("k")
        ? { kind: "messages_key", key: line.slice(0, 1) }
        : { kind: "balanced" };
      return { partitioning, message: { id: 0n, originTimestamp: 0, payload: line } };
    },
    send(_partitioning, messages) {
      batches.push(messages.map(({ payload }) => new TextDecoder().decode(payload)));
      return Promise.resolve({ streamId: 0, topicId: 0, partitionId: 0, baseOffset: 5 });
    },
  });
  return { batches, ...outcome };
}

Deno.test("sendLines() gives the same lines wherever the body is cut", async () => {
  const text = "one\r\n\ntwo\nthree";
  for (let cut = 0; cut <= text.length; cut++) {
    const { batches, messagesCount } = await sent([text.slice(0, cut), text.slice(cut)]);
    assertEquals([batches.flat(), messagesCount], [["one", "two", "three"], 3]);
  }
});

Deno.test("sendLines() sends one batch for each piece and partitioning", async () => {
  const { batches, confirmations } = await sent(["a\nk1\nb\n", "c\n"]);
  assertEquals(batches, [["a", "b"], ["k1"], ["c"]]);
  assertEquals(confirmations, [
    { streamId: 0, topicId: 0, partitionId: 0, baseOffset: 5, messagesCount: 4 },
  ]);
});

Deno.test("sendLines() refuses a bad line by its number, and tells what was sent", async () => {
  const refusal = async (pieces: string[], lineBytesMax?: number) =>
    (await assertRejects(() => sent(pieces, lineBytesMax), Rejection)).message;
  assertEquals(await refusal(["a\n", "b\nbad\n"]), "Line 3: It is bad; 1 messages are sent");
  const long = await refusal(["a\n", "x".repeat(9), "x".repeat(9)], 16);
  assertEquals(long.startsWith("Line 2: Failed to buffer the request body"), true);
});
