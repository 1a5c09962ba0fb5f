/**
 * What runs on this machine, as far as this process may see it without running programs: on Linux
 * `/proc` (which Deno opens with `--allow-all` only), elsewhere this process alone.
 *
 * @module
 */
import type { HostProcess, HostProcesses } from "../ports.ts";

/** Where Linux shows its processes. */
const PROC = "/proc";

/** All processes by number. Command lines are left out, for they may hold secrets: names only. */
export function listProcesses(procfs: string = PROC): HostProcesses {
  const own: HostProcess = {
    id: Deno.pid,
    parentId: Deno.ppid,
    memoryBytes: Deno.memoryUsage().rss,
    threadsCount: threadsCount(procfs),
    command: "whippet",
  };
  try {
    const ids = Array.from(Deno.readDirSync(procfs), ({ name }) => name)
      .filter((name) => /^\d+$/.test(name))
      .sort((one, other) => Number(one) - Number(other));
    const processes = ids.map((id) => readProcess(procfs, id)).filter((each) => each !== undefined);
    return { processes, note: `As ${procfs} shows them, without command lines` };
  } catch {
    const note = `This process alone: ${procfs} is not there, or takes \`--allow-all\` to be read`;
    return { processes: [own], note };
  }
}

/** Threads of this process, of all kinds; `undefined` when the system does not tell. */
export function threadsCount(procfs: string = PROC): number | undefined {
  return readProcess(procfs, "self")?.threadsCount;
}

/** Fields of `status` (proc_pid_status(5)); `undefined` when the process is gone or not to be seen. */
function readProcess(procfs: string, id: string): HostProcess | undefined {
  let status: string;
  try {
    status = Deno.readTextFileSync(`${procfs}/${id}/status`);
  } catch {
    return undefined;
  }
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(status)?.[1];
  const number = (name: string) => {
    const value = Number.parseInt(field(name) ?? "");
    return Number.isNaN(value) ? undefined : value;
  };
  // Processes of the kernel have no memory of their own.
  const memoryKiB = number("VmRSS") ?? 0;
  return {
    id: number("Pid") ?? 0,
    parentId: number("PPid"),
    memoryBytes: memoryKiB * 1024,
    threadsCount: number("Threads"),
    command: field("Name") ?? "?",
  };
}
