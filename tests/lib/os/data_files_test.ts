import { assert, assertEquals } from "@std/assert";
import { listFiles } from "../../../lib/os/data_files.ts";

/** A folder with `a/x` (2 bytes), `a/y` (empty) and `b` (3 bytes). */
async function withFolder(test: (root: string) => void): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    Deno.mkdirSync(`${root}/a`);
    for (const [path, text] of [["b", "123"], ["a/y", ""], ["a/x", "12"]]) {
      Deno.writeTextFileSync(`${root}/${path}`, text);
    }
    test(root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("listFiles() gives path, size and time of each file, in order", () =>
  withFolder((root) => {
    const { files, left } = listFiles(root, 100);
    assertEquals(files.map(({ path, bytes }) => [path, bytes]), [["a/x", 2], ["a/y", 0], ["b", 3]]);
    assertEquals(left, 0);
    for (const { modifiedMs } of files) assert(modifiedMs! > 0);
  }));

Deno.test("listFiles() stops listing at its bound and counts the rest", () =>
  withFolder((root) => {
    const { files, left } = listFiles(root, 1);
    assertEquals([files.map(({ path }) => path), left], [["a/x"], 2]);
  }));

Deno.test("listFiles() follows no link, and finds nothing in what is not there", () =>
  withFolder((root) => {
    if (Deno.build.os !== "windows") {
      Deno.symlinkSync(root, `${root}/a/loop`);
      assertEquals(listFiles(root, 100).files.map(({ path }) => path).sort(), [
        "a/loop",
        "a/x",
        "a/y",
        "b",
      ]);
    }
    assertEquals(listFiles(`${root}/none`, 100), { files: [], left: 0 });
  }));
