/**
 * `deno task bench tls`: whippet's TLS over real sockets, beside the runtime's and beside plain TCP.
 *
 * @module
 */
import {
  type CredentialFiles,
  makeCredential,
  type Memory,
  NativeClient,
  ServerProcess,
  type SuiteName,
  type TlsContender,
  type Turn,
} from "./tls_contenders.ts";
import { parseTlsOptions, TLS_HELP, type TlsBenchOptions } from "./tls_options.ts";
import { idleTable, tlsTable } from "./tls_report.ts";

/** Measures, and prints. Throws a `UsageError` for a command line that cannot be meant. */
export async function benchTls(args: readonly string[]): Promise<void> {
  const options = parseTlsOptions(args);
  if (options === "help") return console.log(TLS_HELP);
  const folder = Deno.makeTempDirSync({ prefix: "whippet-bench-tls-" });
  try {
    const client = NativeClient.build(folder, options);
    const files = await makeCredential(folder);
    const before = Deno.loadavg()[0];
    const idle = options.measures.includes("idle") ? await measureIdle(client, files, options) : [];
    const series = await measure(client, files, options);
    const load = { before, after: Deno.loadavg()[0] };
    if (options.json) console.log(JSON.stringify({ options, load, idle, series }, undefined, 2));
    else print(options, load, idle, series);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** All turns of one contender by one measure. */
interface MeasuredSeries {
  readonly measure: Exclude<TlsBenchOptions["measures"][number], "idle">;
  readonly contender: Pick<TlsContender, "name" | "kind" | "suite">;
  readonly turns: Turn[];
}

async function measure(
  client: NativeClient,
  files: CredentialFiles,
  options: TlsBenchOptions,
): Promise<MeasuredSeries[]> {
  await using processes = new AsyncDisposableStack();
  const contenders = await startAll(files, options, processes);
  const measures = options.measures.filter((each) => each !== "idle");
  const series = measures.flatMap((measure) =>
    contenders.map(({ server, ...contender }) => ({
      ...{ measure, contender, server },
      turns: [] as Turn[],
    }))
  );
  // The first round is for the compilers.
  for (let round = 0; round <= options.rounds; round++) {
    for (const { measure, contender, server, turns } of series) {
      const turn = await client.run({ ...contender, server }, measure);
      if (round > 0) turns.push(turn);
    }
  }
  return series.map(({ server: _, ...rest }) => rest);
}

interface IdleRow {
  readonly name: string;
  readonly memory: Memory;
}

/** Servers that have done nothing else: what a process holds depends on what it has been through. */
async function measureIdle(
  client: NativeClient,
  files: CredentialFiles,
  options: TlsBenchOptions,
): Promise<IdleRow[]> {
  await using processes = new AsyncDisposableStack();
  const rows: IdleRow[] = [];
  for (const contender of await startAll(files, { ...options, aes: false }, processes)) {
    rows.push({ name: contender.name, memory: await client.idle(options, contender) });
  }
  return rows;
}

/** Everybody, in the order of their turns. */
async function startAll(
  { certificate, key }: CredentialFiles,
  { aes, against }: TlsBenchOptions,
  processes: AsyncDisposableStack,
): Promise<TlsContender[]> {
  const start = async (program: string, args: readonly string[], checkout?: string) =>
    processes.use(await ServerProcess.start(program, args, checkout));
  const contenders: TlsContender[] = [
    { name: "TCP", kind: "tcp", suite: undefined, server: await start(OWN_SERVER, ["tcp"]) },
  ];
  const native = await start(NATIVE_SERVER, [certificate, key]);
  for (const suite of aes ? [CHACHA20, AES_128] : [CHACHA20]) {
    const short = suite === CHACHA20 ? "ChaCha20" : "AES-128";
    contenders.push({ name: `native ${short}`, kind: "native", suite, server: native });
    for (const checkout of [undefined, ...against]) {
      const server = await start(OWN_SERVER, ["whippet", certificate, key, suite], checkout);
      const suffix = checkout === undefined ? "" : ` (${checkout})`;
      contenders.push({ name: `whippet ${short}${suffix}`, kind: "whippet", suite, server });
    }
  }
  return contenders;
}

function print(
  { measures, totalBytes, connections, rounds, hybrid, idle }: TlsBenchOptions,
  load: { readonly before: number; readonly after: number },
  idleRows: readonly IdleRow[],
  series: readonly MeasuredSeries[],
): void {
  console.log(
    `${rounds} round(s); P-256 certificate, ${hybrid ? "X25519MLKEM768" : "X25519"}; ` +
      `Deno ${Deno.version.deno}, ${navigator.hardwareConcurrency} cores, ` +
      `load ${load.before} before and ${load.after} after`,
  );
  for (const measure of measures) {
    console.log(`\n${TITLES[measure](measure === "idle" ? idle : connections, totalBytes)}`);
    const rows = series.filter((each) => each.measure === measure);
    const amount = measure === "send" || measure === "receive"
      ? totalBytes
      : measure === "latency"
      ? Math.ceil(connections / 4)
      : connections;
    const lines = measure === "idle" ? idleTable(idleRows) : tlsTable(measure, rows, amount);
    for (const line of lines) console.log(line);
  }
}

const TITLES = {
  send: (_: number, bytes: number) => `server sends ${bytes / 1e6} MB`,
  receive: (_: number, bytes: number) => `server receives ${bytes / 1e6} MB`,
  full: (count: number) => `${count} full handshakes, 24 at a time: connect, ask, close`,
  resumed: (count: number) => `${count} resumed handshakes, 24 at a time: connect, ask, close`,
  latency: (count: number) =>
    `${Math.ceil(count / 4)} full handshakes one after another: connect, ask, close`,
  idle: (count: number) => `memory a connection, ${count} that are idle after one request`,
};

const CHACHA20: SuiteName = "TLS_CHACHA20_POLY1305_SHA256";
const AES_128: SuiteName = "TLS_AES_128_GCM_SHA256";
const OWN_SERVER = "scripts/bench/tls_server.ts";
const NATIVE_SERVER = "tests/bench/tls/native_server.ts";
