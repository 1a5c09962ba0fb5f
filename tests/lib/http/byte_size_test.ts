import { assertEquals } from "@std/assert";
import { formatByteSize } from "../../../lib/http/byte_size.ts";

Deno.test("formatByteSize() takes the largest unit that is exact within three decimals", () => {
  const examples: readonly (readonly [bytes: number, text: string])[] = [
    [0, "0 B"],
    [1, "1 B"],
    [999, "999 B"],
    [1000, "1 KB"],
    [1001, "1.001 KB"],
    [1024, "1 KiB"],
    [1536, "1.5 KiB"],
    [1_234_567, "1234.567 KB"],
    [3_211_776, "3136.5 KiB"],
    [1_073_741_824, "1 GiB"],
    [Number.MAX_SAFE_INTEGER, "9007199254740.991 KB"],
  ];
  for (const [bytes, text] of examples) assertEquals(formatByteSize(bytes), text);
});
