import { assertEquals } from "@std/assert";
import { linesOf, textOf } from "../../../lib/cli/input_lines.ts";

async function lines(...chunks: string[]): Promise<string[]> {
  const input = ReadableStream.from(chunks.map((chunk) => new TextEncoder().encode(chunk)));
  return (await Array.fromAsync(linesOf(input))).map(textOf);
}

Deno.test("linesOf() puts lines together across chunks", async () => {
  assertEquals(await lines("a", "b\nc\r", "\n", "\nd"), ["ab", "c", "", "d"]);
  assertEquals(await lines("a\n"), ["a"]);
  assertEquals(await lines(), []);
});
