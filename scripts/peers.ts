/**
 * `deno task peers [NAME...]`: the TLS engine against other TLS programs of this machine, as their
 * server and as their client, case by case. What is not installed is left out. Prints a table.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { BULK_BYTES, type Case, CASES, fault, type Sight } from "../tests/peers/cases.ts";
import { type Lab, openLab, serverFor } from "../tests/peers/lab.ts";
import { OurServer } from "../tests/peers/our_server.ts";
import { type Peer, PEERS, type ServerStart, type Step } from "../tests/peers/programs.ts";
import { visitServer } from "../tests/peers/their_server.ts";
import { report, type Run } from "./interop_report.ts";

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: args.filter((each) => each !== "--"),
    allowPositionals: true,
    options: { case: { type: "string" } },
  });
  const unknown = positionals.find((name) => !PEERS.some((peer) => peer.name === name));
  if (unknown !== undefined) {
    console.error(`No peer ${unknown}; there are ${PEERS.map(({ name }) => name).join(", ")}`);
    return 2;
  }
  if (!isInstalled("openssl")) {
    console.log("All skipped: openssl makes the certificates, and is not installed");
    console.log("0 passed, 0 failed");
    return 0;
  }
  const peers = PEERS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const cases = CASES.filter((each) => values.case === undefined || each === values.case);
  const folder = Deno.makeTempDirSync({ prefix: "whippet-peers-" });
  try {
    const lab = await openLab(folder);
    await writeBulk(`${folder}/big`);
    const runs: Run[] = [];
    for (const peer of peers) runs.push(...await examine(peer, cases, lab));
    const { table, remarks, passed, failed } = report(runs);
    console.log(`\n${[...table, "", ...remarks].join("\n")}`);
    console.log(`${passed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Both roles of a peer. */
async function examine(peer: Peer, cases: readonly Case[], lab: Lab): Promise<Run[]> {
  const missing = peer.needs.filter((program) => !isInstalled(program));
  const obstacle = missing.length > 0
    ? `${missing.join(", ")} not installed`
    : await peer.prepare?.(lab).then(() => undefined, (error) => `not prepared: ${error.message}`);
  const roles = [
    {
      sdk: `${peer.name} client`,
      attempt: peer.client && ((which: Case) => asClient(peer, which, lab)),
    },
    {
      sdk: `${peer.name} server`,
      attempt: peer.server && ((which: Case) => asServer(peer, which, lab)),
    },
  ];
  const runs: Run[] = [];
  for (const { sdk, attempt } of roles) {
    if (attempt === undefined) continue;
    const lines: string[] = [];
    for (const which of cases) {
      const line = obstacle === undefined
        ? await lineOf(which, attempt)
        : `skip ${which}: ${obstacle}`;
      console.log(`${sdk}: ${line}`);
      lines.push(line);
    }
    const failed = lines.filter((line) => line.startsWith("FAIL")).length;
    lines.push(`${lines.length - failed} passed, ${failed} failed`);
    runs.push({ sdk, output: lines.join("\n") });
  }
  return runs;
}

/** What came of a case, in the words of the interop programs. */
async function lineOf(which: Case, attempt: (which: Case) => Promise<Outcome>): Promise<string> {
  try {
    const outcome = await attempt(which);
    if ("skip" in outcome) return `skip ${which}: ${outcome.skip}`;
    const why = fault(which, outcome.sights) ?? outcome.complaint;
    return why === undefined ? `ok ${which}` : `FAIL ${which}: ${why}`;
  } catch (error) {
    return `FAIL ${which}: ${error instanceof Error ? error.message : error}`;
  }
}

type Outcome =
  | { readonly skip: string }
  /** `complaint`: the peer's own. */
  | { readonly sights: readonly Sight[]; readonly complaint?: string };

async function asClient(peer: Peer, which: Case, lab: Lab): Promise<Outcome> {
  await using server = new OurServer(serverFor(which, lab));
  const steps = peer.client!(which, lab, server.port);
  if (typeof steps === "string") return { skip: steps };
  let connections = 0;
  for (const step of steps) {
    connections += step.connections ?? 1;
    const complaint = await take(step, () => server.seen(connections));
    if (complaint !== undefined) return { sights: server.sights, complaint };
  }
  return { sights: server.sights };
}

/** Runs a client to its end; its standard input stays open until it has been answered. */
async function take(step: Step, answered: () => Promise<void>): Promise<string | undefined> {
  const [command, ...args] = step.command;
  const child = new Deno.Command(command, {
    args,
    env: step.env,
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), CASE_MS_MAX);
  const errors = new Response(child.stderr).text();
  const input = child.stdin.getWriter();
  const writing = write(input, step).catch(() => {});
  await Promise.race([answered(), child.status]);
  await writing;
  await input.close().catch(() => {});
  const { success, signal } = await child.status;
  clearTimeout(timer);
  if (signal === "SIGKILL") return `took more than ${CASE_MS_MAX / 1000} s`;
  return success || step.isHonest !== true ? undefined : lastLine(await errors);
}

async function write(input: WritableStreamDefaultWriter<Uint8Array>, step: Step): Promise<void> {
  if (step.input !== undefined) await input.write(new TextEncoder().encode(step.input));
  const zeros = new Uint8Array(1 << 20);
  for (let rest = step.zeros ?? 0; rest > 0; rest -= zeros.length) {
    await input.write(zeros.subarray(0, rest));
  }
}

async function asServer(peer: Peer, which: Case, lab: Lab): Promise<Outcome> {
  const port = freePort();
  const start = peer.server!(which, lab, port);
  if (typeof start === "string") return { skip: start };
  const order = { which, folder: lab.folder, port, start };
  return peer.isOpen ? await inOwnNetwork(order) : { sights: await visitServer(order) };
}

/** A server that listens on all interfaces gets a network where there is nothing but itself and us. */
async function inOwnNetwork(
  order: { which: Case; folder: string; port: number; start: ServerStart },
): Promise<Outcome> {
  const program = new URL("../tests/peers/their_server.ts", import.meta.url).pathname;
  const deno = [Deno.execPath(), "run", "--quiet", "--no-check", "--allow-all", program];
  const script = 'ip link set lo up && exec "$@"';
  const { success, stdout, stderr } = await new Deno.Command("timeout", {
    args: ["60", "unshare", "-n", "sh", "-c", script, "sh", ...deno, JSON.stringify(order)],
  }).output();
  const errors = new TextDecoder().decode(stderr);
  if (/unshare|Operation not permitted/.test(errors)) {
    return { skip: `no network: ${lastLine(errors)}` };
  }
  if (!success) return { sights: [], complaint: lastLine(errors) };
  return { sights: JSON.parse(new TextDecoder().decode(stdout)) };
}

function isInstalled(program: string): boolean {
  const folders = Deno.env.get("PATH")?.split(":") ?? [];
  return folders.some((folder) => {
    try {
      return Deno.statSync(`${folder}/${program}`).isFile;
    } catch {
      return false;
    }
  });
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function writeBulk(path: string): Promise<void> {
  using file = await Deno.create(path);
  await file.truncate(BULK_BYTES);
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) || "no word";
}

/** 100 MB through programs that read 4 KiB at a time, on a busy machine. */
const CASE_MS_MAX = 180_000;

if (import.meta.main) Deno.exit(await main(Deno.args));
