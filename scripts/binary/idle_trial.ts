/**
 * Whom it talks to when nobody talks to it.
 *
 * @module
 */
import { type Candidate, HTTP_ON } from "./candidate.ts";
import { reachingOut, traced } from "./surroundings.ts";
import { hold, need, type Trial } from "./trials.ts";

/** The trial, over so many seconds of this machine's. */
export function idleTrial(seconds: number): Trial {
  return { name: "Idle, it talks to nobody", run: (candidate) => idle(candidate, seconds) };
}

async function idle(candidate: Candidate, seconds: number): Promise<string> {
  need("strace", "Debian's strace");
  const trace = `${candidate.folder}/network.trace`;
  const program = traced(candidate.binary, trace);
  return await candidate.withNode({ program, env: { ...HTTP_ON, ...HASTE } }, async () => {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    const text = Deno.readTextFileSync(trace);
    hold(text.includes("listen("), "The trace shows not even that it listens");
    const lines = reachingOut(text);
    hold(lines.length === 0, lines.slice(0, 5).join("\n"));
    return `${seconds} s with its intervals shortened, ${text.split("\n").length} calls traced`;
  });
}

/** What a node does now and then, it does often, so that a minute stands for an hour. */
const HASTE = {
  IGGY_MESSAGE_SAVER_INTERVAL: "1 s",
  IGGY_DATA_MAINTENANCE_MESSAGES_CLEANER_ENABLED: "true",
  IGGY_DATA_MAINTENANCE_MESSAGES_INTERVAL: "1 s",
  IGGY_HEARTBEAT_INTERVAL: "1 s",
};
