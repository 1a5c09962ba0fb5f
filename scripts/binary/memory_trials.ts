/**
 * How much memory it takes, and that OpenSSL is not in it.
 *
 * @module
 */
import { type Candidate, HTTP_ON } from "./candidate.ts";
import { IDLE_MB_MAX, LOADED_MB_MAX } from "./ceilings.ts";
import { load } from "./serving.ts";
import { statusBytes } from "./surroundings.ts";
import { hold, type Trial } from "./trials.ts";

export const MEMORY_TRIALS: readonly Trial[] = [
  { name: "It maps no OpenSSL, and keeps below its ceilings of memory", run: memory },
];

async function memory(candidate: Candidate): Promise<string> {
  const env = { ...HTTP_ON, IGGY_TCP_TLS_ENABLED: "true" };
  return await candidate.withNode({ env }, async ({ address, pid }, directory) => {
    const bytes = (field: "VmRSS" | "VmHWM") =>
      statusBytes(Deno.readTextFileSync(`/proc/${pid}/status`), field) / 1e6;
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const idle = bytes("VmRSS");
    const ca = Deno.readTextFileSync(`${directory}/tls/ca.pem`);
    const reach = { address, tls: { ca, serverName: "localhost" } };
    await load(reach, "memory", LOAD_MB);
    const mapped = Deno.readTextFileSync(`/proc/${pid}/maps`);
    hold(!/libssl|libcrypto/.test(mapped), "libssl or libcrypto is mapped");
    const peak = bytes("VmHWM");
    const figure = `idle ${idle.toFixed(0)} MB (ceiling ${IDLE_MB_MAX}), ` +
      `at most ${peak.toFixed(0)} MB over ${LOAD_MB} MB by TLS (ceiling ${LOADED_MB_MAX})`;
    hold(idle <= IDLE_MB_MAX && peak <= LOADED_MB_MAX, figure);
    return figure;
  });
}

const SETTLE_MS = 3000;
const LOAD_MB = 400;
