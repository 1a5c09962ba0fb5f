/**
 * Where else it serves: locked down as nobody, and on another machine; and what it can do anywhere.
 *
 * @module
 */
import { compile, ownTarget, type Program } from "../compile.ts";
import { targetNamed } from "../compile/targets.ts";
import { type Candidate, HTTP_ON } from "./candidate.ts";
import { ALLOWED, tryConfinement } from "./confinement.ts";
import { load, openDashboard, produceAndPollByHttp } from "./serving.ts";
import { emulated, ioUringFilter, lockedDown } from "./surroundings.ts";
import { hold, need, type Trial } from "./trials.ts";

export const SURROUNDINGS_TRIALS: readonly Trial[] = [
  { name: "As nobody, on a read-only root, without io_uring", run: locked },
  { name: "Its node can do its work and nothing else, its main thread nothing", run: confined },
  { name: "The program for 64-bit ARM produces and polls, emulated", run: arm },
];

async function locked(candidate: Candidate): Promise<void> {
  need("bwrap", "Debian's bubblewrap");
  const dataDirectory = candidate.directory();
  if (Deno.uid() === 0) Deno.chownSync(dataDirectory, 65534, 65534);
  const filter = `${candidate.folder}/no_io_uring.bpf`;
  Deno.writeFileSync(filter, ioUringFilter());
  const program = lockedDown(candidate.binary, dataDirectory, filter);
  await candidate.withNode({ program, dataDirectory, env: HTTP_ON }, async (node) => {
    // bwrap waits for what it runs.
    const [inside] = Deno.readTextFileSync(`/proc/${node.pid}/task/${node.pid}/children`).split(
      " ",
    );
    const status = Deno.readTextFileSync(`/proc/${inside}/status`);
    hold(/^Seccomp:\t2$/m.test(status) && /^Uid:\t65534/m.test(status), "It is not locked down");
    await produceAndPollByHttp(node.httpAddress, "locked");
    await openDashboard(node.httpAddress);
    await load({ address: node.address }, "locked-load", 5);
  });
}

/** The process is the product's, with another worker in its node's place. */
async function confined({ folder }: Candidate): Promise<string> {
  const [probe] = compile({ targets: [ownTarget()], output: `${folder}/probe`, program: PROBE });
  const { node, main, code } = await tryConfinement([probe]);
  const wrong = [
    ...node.done.filter((act) => !ALLOWED.includes(act)),
    ...ALLOWED.filter((act) => !node.done.includes(act)),
    ...main.done,
    ...[...node.failed, ...main.failed].filter((act) => !NOT_EMBEDDED.test(act)),
  ];
  hold(wrong.length === 0, `It is otherwise for: ${wrong.join("; ")}`);
  hold(code === 0, `It ends with ${code}`);
  return `${node.refused.length} acts refused to the node, ${main.refused.length} to the main thread`;
}

async function arm(candidate: Candidate): Promise<void> {
  need("qemu-aarch64-static", "Debian's qemu-user-static");
  const program = emulated(candidate.binaryFor(targetNamed("aarch64-unknown-linux-gnu")));
  await candidate.withNode({ program, env: HTTP_ON }, async ({ address, httpAddress }) => {
    await produceAndPollByHttp(httpAddress, "arm");
    await load({ address }, "arm-load", 1);
  });
}

/** A compiled program has the modules that are in it, and looks nowhere else for one. */
const NOT_EMBEDDED = /^import code: TypeError: Module not found: http:/;

const PROBE: Program = {
  main: "scripts/binary/confinement_probe.ts",
  sources: ["confinement_probe", "confinement_worker", "confinement_attempts"]
    .map((name) => `scripts/binary/${name}.ts`),
  workers: ["scripts/binary/confinement_worker.ts"],
};
