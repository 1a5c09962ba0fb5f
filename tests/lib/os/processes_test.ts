import { assertEquals, assertMatch } from "@std/assert";
import { listProcesses, threadsCount } from "../../../lib/os/processes.ts";

/** A folder in the shape of Linux's `/proc`. */
async function withProcfs(test: (path: string) => void): Promise<void> {
  const path = await Deno.makeTempDir();
  try {
    for (const [id, status] of Object.entries(STATUS)) {
      Deno.mkdirSync(`${path}/${id}`);
      Deno.writeTextFileSync(`${path}/${id}/status`, status);
    }
    // One that ended between being listed and being read, and what is no process.
    Deno.mkdirSync(`${path}/99`);
    Deno.mkdirSync(`${path}/sys`);
    test(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

const STATUS = {
  "2": "Name:\tkthreadd\nState:\tS (sleeping)\nPid:\t2\nPPid:\t0\nThreads:\t1\n",
  "11": "Name:\tdeno run\nPid:\t11\nPPid:\t1\nVmRSS:\t   2048 kB\nThreads:\t13\n",
  self: "Name:\tdeno\nPid:\t11\nPPid:\t1\nVmRSS:\t   2048 kB\nThreads:\t13\n",
};

Deno.test("listProcesses() reads what Linux shows, by number, and skips who is gone", () =>
  withProcfs((path) => {
    const { processes, note } = listProcesses(path);
    assertEquals(processes, [
      { id: 2, parentId: 0, memoryBytes: 0, threadsCount: 1, command: "kthreadd" },
      { id: 11, parentId: 1, memoryBytes: 2 << 20, threadsCount: 13, command: "deno run" },
    ]);
    assertEquals(note, `As ${path} shows them, without command lines`);
    assertEquals(threadsCount(path), 13);
  }));

Deno.test("listProcesses() gives this process and says why it is alone where it sees no other", () => {
  const { processes, note } = listProcesses("/nowhere");
  assertEquals(processes.map(({ id, parentId, command }) => [id, parentId, command]), [
    [Deno.pid, Deno.ppid, "whippet"],
  ]);
  assertMatch(note, /^This process alone: \/nowhere /);
  assertEquals(threadsCount("/nowhere"), undefined);
});
