import { assertEquals } from "@std/assert";
import { linesOf } from "../../../scripts/bench/lines.ts";

Deno.test("linesOf() gives whole lines, however the bytes come", async () => {
  const bytes = new TextEncoder().encode("héllo\n\nworld\nno end");
  for (const size of [1, 2, 5, bytes.length]) {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
    const reader = linesOf(ReadableStream.from(chunks));
    const lines: string[] = [];
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      lines.push(next.value);
    }
    assertEquals(lines, ["héllo", "", "world"]);
  }
});
