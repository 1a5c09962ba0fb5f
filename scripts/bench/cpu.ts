/**
 * How much processor time a process has used.
 *
 * @module
 */

/** Seconds of all threads since the process started. */
export interface CpuSeconds {
  readonly user: number;
  readonly system: number;
}

/** What a process has used; `undefined` where the system has no /proc to tell. */
export function cpuOf(pid: number): CpuSeconds | undefined {
  const line = read(`/proc/${pid}/stat`);
  if (line === undefined) return undefined;
  // proc(5): the second field is a name in brackets, which may hold anything; utime and stime are 14 and 15.
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  return { user: Number(fields[11]) / TICKS, system: Number(fields[12]) / TICKS };
}

/** What was used between two readings. */
export function cpuBetween(
  before: CpuSeconds | undefined,
  after: CpuSeconds | undefined,
): CpuSeconds | undefined {
  if (before === undefined || after === undefined) return undefined;
  return { user: after.user - before.user, system: after.system - before.system };
}

/** By way of `cat`: Deno itself reads from /proc only with every permission there is. */
function read(path: string): string | undefined {
  try {
    const { success, stdout } = new Deno.Command("cat", { args: [path], stderr: "null" })
      .outputSync();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch {
    return undefined;
  }
}

/** A second; USER_HZ is 100 on every Linux there is. */
const TICKS = 100;
