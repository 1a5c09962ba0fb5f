import { assert, assertEquals } from "@std/assert";
import { ProcessNode } from "../support/process_node.ts";
import { dial, DIALECTS } from "../support/raw_peer.ts";

const PASSWORD = "not-to-be-seen-1";

/** What `python3` finds in an archive: the text of each entry by its name; its CRCs are checked. */
async function readByPython(archive: Uint8Array): Promise<Record<string, string>> {
  const path = await Deno.makeTempFile({ suffix: ".zip" });
  try {
    await Deno.writeFile(path, archive);
    const { stdout } = await new Deno.Command("python3", { args: ["-c", READER, path] }).output();
    return JSON.parse(new TextDecoder().decode(stdout));
  } finally {
    await Deno.remove(path);
  }
}

const READER = `
import json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
print(json.dumps({name: archive.read(name).decode() for name in archive.namelist()}))
`;

Deno.test("The diagnostics archive of a running node can be read, in both protocols, and has no secrets", async () => {
  await using node = await ProcessNode.start({ IGGY_ROOT_PASSWORD: PASSWORD });
  for (const dialect of DIALECTS) {
    using peer = await dial(dialect, node.port);
    await peer.login("iggy", PASSWORD);
    for (const compression of ["deflated", "stored", "zstd"] as const) {
      const archive = await peer.ask("getSnapshot", { compression, types: ["all"] });
      const entries = await readByPython(archive);
      assertEquals(Object.keys(entries), [
        "filesystem_overview.txt",
        "process_list.txt",
        "resource_usage.txt",
        "server_logs.txt",
        "server_config.txt",
      ]);
      const all = Object.values(entries).join("");
      assert(!all.includes(PASSWORD));
      assert(entries["filesystem_overview.txt"].includes(" runtime/current_config.toml\n"));
      assert(entries["process_list.txt"].includes(` ${node.pid} `));
      assert(entries["resource_usage.txt"].includes(`processId = ${node.pid}\n`));
      assert(entries["server_logs.txt"].includes(" INFO  node: whippet "));
      assert(entries["server_config.txt"].includes("tcp.address = "));
    }
  }
});
