import { assertEquals } from "@std/assert";
import { writeZip, type ZipMethod } from "../../../lib/handlers/zip.ts";

const METHODS: readonly ZipMethod[] = ["stored", "deflated"];
const AT = Date.UTC(2026, 10, 23, 10, 20, 30) * 1000;

/** What a reader that is not ours finds: name, method, time and content of each entry. */
async function readByPython(archive: Uint8Array): Promise<unknown> {
  const path = await Deno.makeTempFile({ suffix: ".zip" });
  try {
    await Deno.writeFile(path, archive);
    const { stdout, stderr } = await new Deno.Command("python3", { args: ["-c", READER, path] })
      .output();
    if (stdout.length === 0) throw new Error(new TextDecoder().decode(stderr));
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(path);
  }
}

/** Python checks each CRC when it reads. */
const READER = `
import json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
print(json.dumps([[e.filename, e.compress_type, list(e.date_time), archive.read(e).decode("latin1")]
                  for e in archive.infolist()]))
`;

const canRun = (await Deno.permissions.query({ name: "run", command: "python3" })).state;

Deno.test({
  name: "writeZip() writes archives that others read, in both methods",
  ignore: canRun !== "granted",
  async fn() {
    const bytes = new TextEncoder();
    const long = "line\n".repeat(10_000);
    const entries = [
      { name: "empty.txt", content: new Uint8Array() },
      { name: "a/größe.txt", content: bytes.encode("one") },
      { name: "long.txt", content: bytes.encode(long) },
    ];
    for (const method of METHODS) {
      const archive = await writeZip(entries, method, AT);
      const number = method === "stored" ? 0 : 8;
      const time = [2026, 11, 23, 10, 20, 30];
      assertEquals(await readByPython(archive), [
        ["empty.txt", number, time, ""],
        ["a/größe.txt", number, time, "one"],
        ["long.txt", number, time, long],
      ]);
      assertEquals(archive.length < long.length, method === "deflated");
    }
  },
});

Deno.test("writeZip() of no entries is the end of a directory alone", async () => {
  const archive = await writeZip([], "stored", AT);
  assertEquals([...archive], [0x50, 0x4b, 5, 6, ...new Array(18).fill(0)]);
});

Deno.test("writeZip() is made of the same bytes for the same entries and time", async () => {
  const entry = { name: "a", content: new Uint8Array([1, 2, 3]) };
  assertEquals(await writeZip([entry], "stored", AT), await writeZip([entry], "stored", AT + 1));
});

Deno.test("writeZip() keeps times to what the format can say", async () => {
  const year = async (at: number) => {
    const archive = await writeZip([{ name: "a", content: new Uint8Array() }], "stored", at);
    return 1980 + (new DataView(archive.buffer, archive.byteOffset).getUint16(12, true) >> 9);
  };
  assertEquals(await year(0), 1980);
  assertEquals(await year(Date.UTC(2200, 0) * 1000), 2107);
});
