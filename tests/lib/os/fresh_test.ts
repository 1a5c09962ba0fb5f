import { assertEquals } from "@std/assert";
import { emptyDataDirectory } from "../../../lib/os/fresh.ts";

Deno.test("emptyDataDirectory() removes what a node keeps, of Iggy's, too, and nothing else", () => {
  const root = Deno.makeTempDirSync({ prefix: "whippet-fresh-" });
  for (const folder of ["catalog", "streams/0/topics", "runtime", "http", "state", "metadata"]) {
    Deno.mkdirSync(`${root}/${folder}`, { recursive: true });
    Deno.writeTextFileSync(`${root}/${folder}/file`, "");
  }
  for (const file of ["format", "lock", "notes.txt"]) Deno.writeTextFileSync(`${root}/${file}`, "");
  emptyDataDirectory(root);
  assertEquals([...Deno.readDirSync(root)].map(({ name }) => name).sort(), ["lock", "notes.txt"]);
  emptyDataDirectory(root);
  Deno.removeSync(root, { recursive: true });
});

Deno.test("emptyDataDirectory() is fine with a directory that does not exist", () => {
  const root = Deno.makeTempDirSync({ prefix: "whippet-fresh-" });
  Deno.removeSync(root);
  emptyDataDirectory(root);
});
