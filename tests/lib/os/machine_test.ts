import { assert, assertEquals } from "@std/assert";
import { systemMachine } from "../../../lib/os/machine.ts";

Deno.test("Machine.listenProblem() finds an address free, or taken", () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr;
  const problem = systemMachine.listenProblem({ hostname, port });
  assert(problem?.isTaken && problem.message.includes("is in use"), problem?.message);
  listener.close();
  assertEquals(systemMachine.listenProblem({ hostname, port }), undefined);
  assertEquals(systemMachine.listenProblem({ hostname: "192.0.2.1", port: 1 })?.isTaken, false);
});

Deno.test("Machine.folder() looks at a folder, or at where it would be made", () => {
  const folder = Deno.makeTempDirSync();
  try {
    const facts = systemMachine.folder(`${folder}/a/b`);
    assertEquals([facts.exists, facts.isWritable, facts.changedMicros], [false, true, undefined]);
    assert(facts.freeBytes > 0);
    Deno.writeTextFileSync(`${folder}/f`, "");
    Deno.utimeSync(`${folder}/f`, 5, 5);
    const { exists, changedMicros, isOpenToOthers } = systemMachine.folder(folder);
    assertEquals([exists, changedMicros, isOpenToOthers], [true, 5_000_000, false]);
    assertEquals(systemMachine.folder("nowhere").exists, false);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("Machine.openFiles() opens as many as are wanted, where it can", () => {
  assertEquals(systemMachine.openFiles(10), 10);
});
