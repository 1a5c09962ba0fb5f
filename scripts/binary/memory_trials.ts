/**
 * How much memory it takes, and that OpenSSL is not in it.
 *
 * @module
 */
import { type Candidate, HTTP_ON } from "./candidate.ts";
import { IDLE_MB_MAX, LOADED_MB_MAX } from "./ceilings.ts";
import { CommandLine } from "./command_line.ts";
import { statusBytes } from "./surroundings.ts";
import { hold, type Trial } from "./trials.ts";

export const MEMORY_TRIALS: readonly Trial[] = [
  { name: "It keeps below its ceilings of memory, and maps no OpenSSL", run: memory },
];

async function memory(candidate: Candidate): Promise<string> {
  return await candidate.withNode({ env: HTTP_ON }, async ({ address, pid }, directory) => {
    const megabytes = (field: "VmRSS" | "VmHWM") =>
      statusBytes(Deno.readTextFileSync(`/proc/${pid}/status`), field) / 1e6;
    await elapsed(SETTLE_MS);
    const idle = megabytes("VmRSS");
    const port = address.split(":").at(-1);
    const place = ["--tcp-server-address", `localhost:${port}`, "-u", "iggy", "-p", "iggy"];
    const commands = new CommandLine(candidate.binary, candidate.directory());
    const moved = await Promise.all(BENCHES.map(async ({ batch, isTls, afterMs }) => {
      await elapsed(afterMs);
      const tls = isTls ? ["--tls-ca", `${directory}/tls/ca.pem`] : [];
      return await bench(commands, [...place, ...tls, ...BENCH, "--batch", batch]);
    }));
    const mapped = Deno.readTextFileSync(`/proc/${pid}/maps`);
    hold(!/libssl|libcrypto/.test(mapped), "libssl or libcrypto is mapped");
    const peak = megabytes("VmHWM");
    const total = moved.reduce((sum, each) => sum + each, 0);
    const figure = `idle ${idle.toFixed(0)} MB (ceiling ${IDLE_MB_MAX}), ` +
      `under the bench at most ${peak.toFixed(0)} MB (ceiling ${LOADED_MB_MAX}), ` +
      `which sent and polled ${(total / 1000).toFixed(1)} GB`;
    hold(idle <= IDLE_MB_MAX && peak <= LOADED_MB_MAX, figure);
    return figure;
  });
}

/** Gives the megabytes that were sent and those that were polled, together. */
async function bench(commands: CommandLine, words: readonly string[]): Promise<number> {
  const { code, out, err } = await commands.run(words);
  hold(code === 0, `${words.join(" ")} ends with ${code}: ${err}`);
  const [sent, polled] = JSON.parse(out) as { readonly bytes: number }[];
  hold(polled.bytes === sent.bytes, `Of ${sent.bytes} bytes the bench polled ${polled.bytes}`);
  return (sent.bytes + polled.bytes) / 1e6;
}

function elapsed(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

const SETTLE_MS = 3000;
const SEND_MS = 4000;

/** Each sends, then polls. */
const BENCH = [
  ...["--output", "json", "bench", "--connections", "4", "--duration", `${SEND_MS}ms`],
];

/** The later ones send while the earlier ones poll. */
const BENCHES = [
  { batch: "100", isTls: false, afterMs: 0 },
  { batch: "1000", isTls: true, afterMs: 0 },
  { batch: "1000", isTls: false, afterMs: SEND_MS },
  { batch: "100", isTls: true, afterMs: SEND_MS },
];
