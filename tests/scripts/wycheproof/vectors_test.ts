import { assertEquals } from "@std/assert";
import {
  accepted,
  compared,
  fromBase64Url,
  readVectors,
  refused,
  scalarOf,
} from "../../../scripts/wycheproof/vectors.ts";

Deno.test("readVectors() reads .json and .json.gz, in folders of folders, by name", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const vectors = (algorithm: string) =>
      JSON.stringify({ algorithm, testGroups: [{ type: "T", tests: [] }] });
    Deno.mkdirSync(`${folder}/inner`);
    const gzip = new Response(vectors("Z")).body!.pipeThrough(new CompressionStream("gzip"));
    await Deno.writeFile(`${folder}/inner/a_test.json.gz`, gzip);
    Deno.writeTextFileSync(`${folder}/b_test.json`, vectors("B"));
    Deno.writeTextFileSync(`${folder}/schema.json`, "{}");
    Deno.writeTextFileSync(`${folder}/README.md`, "not JSON");
    const read = await readVectors([folder]);
    assertEquals(read.map(({ name }) => name), ["a_test.json", "b_test.json"]);
    assertEquals(read.map(({ algorithm }) => algorithm), ["Z", "B"]);
    assertEquals((await readVectors([`${folder}/b_test.json`])).length, 1);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("scalarOf() pads and cuts to the length", () => {
  assertEquals(scalarOf("1", 2), Uint8Array.of(0, 1));
  assertEquals(scalarOf("00000102", 2), Uint8Array.of(1, 2));
  assertEquals(scalarOf(undefined, 1), Uint8Array.of(0));
});

Deno.test("fromBase64Url() reads both alphabets, padded or not", () => {
  assertEquals(fromBase64Url("-_8"), Uint8Array.of(0xfb, 0xff));
  assertEquals(fromBase64Url("+/8="), Uint8Array.of(0xfb, 0xff));
});

Deno.test("compared() tells what is right, what is refused and what is broken", () => {
  const one = Uint8Array.of(1);
  assertEquals(compared(one, one), accepted);
  assertEquals(compared(undefined, one), refused);
  assertEquals(compared(one, Uint8Array.of(2)), { kind: "broken", how: "gave 01 (1 bytes)" });
});
