/**
 * Who takes part in `deno task bench tls`: servers in processes of their own, and the native client
 * that one turn of each is made with.
 *
 * @module
 */
import { simd } from "../../tls/provider/simd.ts";
import { toPem } from "../../tls/x509/pem.ts";
import { issueAuthority, issueLeaf } from "../../tls/x509/issue.ts";
import { cpuBetween, cpuOf, type CpuSeconds } from "./cpu.ts";
import { linesOf } from "./lines.ts";
import type { Measure, TlsBenchOptions } from "./tls_options.ts";

/** One that takes its turn in every round. */
export interface TlsContender {
  readonly name: string;
  readonly kind: "tcp" | "whippet" | "native";
  /** `undefined` without TLS. */
  readonly suite: SuiteName | undefined;
  readonly server: ServerProcess;
}

/** Those that the client can be made to ask for. */
export type SuiteName = "TLS_CHACHA20_POLY1305_SHA256" | "TLS_AES_128_GCM_SHA256";

/** What one turn came to. */
export interface Turn {
  readonly seconds: number;
  /** Of connections, from the dial to the answer of a request; ascending. */
  readonly latenciesMs: readonly number[];
  /** Of the server meanwhile, where the system tells. */
  readonly cpu: CpuSeconds | undefined;
}

/** What a server's process holds, in bytes. */
export interface Memory {
  /** Pages of the process. */
  readonly rss: number;
  /** Objects, and the buffers that belong to them. */
  readonly held: number;
}

/** Files of a certificate and its key, made for one run. */
export interface CredentialFiles {
  readonly certificate: string;
  readonly key: string;
}

/** A P-256 leaf with its authority, as a node makes them for itself. */
export async function makeCredential(folder: string): Promise<CredentialFiles> {
  const random = (into: Uint8Array) => void into.set(crypto.getRandomValues(into.slice()));
  const means = { random, sha256: simd.hashes.sha256, nowMs: Date.now() };
  const [authorityKey, key] = [1, 2].map(() => simd.generateKey("secp256r1", random));
  const lifetimeMs = 86_400_000;
  const authority = await issueAuthority({ commonName: "bench", lifetimeMs }, authorityKey, means);
  const { publicKey } = key;
  const leaf = await issueLeaf(
    { publicKey, lifetimeMs, purposes: ["serverAuth"], dnsNames: ["localhost"] },
    authority,
    authorityKey,
    means,
  );
  const files = { certificate: `${folder}/certificate.pem`, key: `${folder}/key.pem` };
  const chain = [leaf, authority].map((each) => toPem("CERTIFICATE", each)).join("");
  Deno.writeTextFileSync(files.certificate, chain);
  Deno.writeTextFileSync(files.key, toPem("PRIVATE KEY", key.toPkcs8!()));
  return files;
}

/** A server that listens. */
export class ServerProcess implements AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #questions: WritableStreamDefaultWriter<Uint8Array>;

  /** Runs `program` (a path from the root of `checkout`, this one's when left out). */
  static async start(
    program: string,
    args: readonly string[],
    checkout = ROOT,
  ): Promise<ServerProcess> {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--no-prompt", "--v8-flags=--expose-gc", "-A"],
        `${checkout}/${program}`,
        ...args,
      ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const lines = linesOf(child.stdout);
    const { value } = await lines.read();
    if (value === undefined) throw new Error(`${program} ended before it said where it listens`);
    return new ServerProcess(child, lines, Number(value));
  }

  private constructor(
    child: Deno.ChildProcess,
    lines: ReadableStreamDefaultReader<string>,
    port: number,
  ) {
    this.pid = child.pid;
    this.port = port;
    this.#child = child;
    this.#lines = lines;
    this.#questions = child.stdin.getWriter();
  }

  /** What it holds once garbage is collected. */
  async memory(): Promise<Memory> {
    await this.#questions.write(Uint8Array.of(0x0a));
    const { value } = await this.#lines.read();
    return JSON.parse(value!);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill();
    await this.#child.status;
    this.#questions.close().catch(() => {});
    await this.#lines.cancel();
  }
}

/** The client's program. */
export class NativeClient {
  readonly #path: string;
  readonly #options: TlsBenchOptions;

  /** Compiles it into `folder`. */
  static build(folder: string, options: TlsBenchOptions): NativeClient {
    const path = `${folder}/client`;
    const command = new Deno.Command("go", {
      args: ["build", "-o", path, "main.go"],
      cwd: new URL("tls_client/", import.meta.url).pathname,
      env: { CGO_ENABLED: "0" },
    });
    let failure: string;
    try {
      const { success, stderr } = command.outputSync();
      if (success) return new NativeClient(path, options);
      failure = new TextDecoder().decode(stderr);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      failure = "go is not there: install Go 1.24 or later";
    }
    throw new Error(`The client cannot be compiled: ${failure}`);
  }

  private constructor(path: string, options: TlsBenchOptions) {
    this.#path = path;
    this.#options = options;
  }

  /** Gives `contender` its turn. */
  async run(contender: TlsContender, measure: Exclude<Measure, "idle">): Promise<Turn> {
    const { totalBytes, connections } = this.#options;
    const args = measure === "send" || measure === "receive"
      ? [`-mode=${measure}`, `-bytes=${totalBytes}`]
      : measure === "latency"
      ? ["-mode=full", `-count=${Math.ceil(connections / 4)}`]
      : [`-mode=${measure}`, `-count=${connections}`, `-parallel=${WORKERS}`];
    await using client = this.#start(contender, args);
    await client.ready();
    const before = cpuOf(contender.server.pid);
    const { resumed, cipherSuite, seconds, latenciesMs } = await client.result();
    const cpu = cpuBetween(before, cpuOf(contender.server.pid));
    if (measure === "resumed" && contender.suite !== undefined && resumed < connections) {
      throw new Error(`${contender.name} resumed ${resumed} of ${connections} sessions`);
    }
    if (cipherSuite && cipherSuite !== contender.suite) {
      throw new Error(`${contender.name} speaks ${cipherSuite}`);
    }
    return { seconds, cpu, latenciesMs: latenciesMs ?? [] };
  }

  /**
   * What a connection of `contender` holds that does nothing, in bytes: what so many more of them
   * take, when there are as many already.
   */
  async idle({ idle }: TlsBenchOptions, contender: TlsContender): Promise<Memory> {
    const { server } = contender;
    await using _first = await this.#idle(contender, idle);
    const before = await server.memory();
    await using _second = await this.#idle(contender, idle);
    const after = await server.memory();
    return { rss: (after.rss - before.rss) / idle, held: (after.held - before.held) / idle };
  }

  async #idle(contender: TlsContender, count: number): Promise<ClientProcess> {
    const client = this.#start(contender, ["-mode=idle", `-count=${count}`]);
    await client.ready();
    await client.result();
    return client;
  }

  #start({ server, suite }: TlsContender, args: readonly string[]): ClientProcess {
    const child = new Deno.Command(this.#path, {
      args: [
        `-address=127.0.0.1:${server.port}`,
        ...(suite === undefined ? ["-plain"] : []),
        ...(this.#options.hybrid ? ["-hybrid"] : []),
        ...args,
      ],
      // Go's client has no choice of suites: it prefers ChaCha20 when it believes AES to be slow.
      env: suite === "TLS_CHACHA20_POLY1305_SHA256" ? { GODEBUG: "cpu.aes=off" } : {},
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    return new ClientProcess(child);
  }
}

/** What the client says at its end. */
interface ClientResult {
  readonly seconds: number;
  readonly latenciesMs: readonly number[] | null;
  readonly resumed: number;
  readonly cipherSuite: string;
}

class ClientProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;

  constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#lines = linesOf(child.stdout);
    this.#input = child.stdin.getWriter();
  }

  /** Until it is connected, and what is slow the first time was done. */
  async ready(): Promise<void> {
    await this.#line();
  }

  /** Has it begin, and waits until it is done. */
  async result(): Promise<ClientResult> {
    await this.#input.write(Uint8Array.of(0x0a));
    return JSON.parse(await this.#line());
  }

  async #line(): Promise<string> {
    const { value } = await this.#lines.read();
    if (value === undefined) throw new Error("The client failed");
    return value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#child.status;
    await this.#lines.cancel();
  }
}

/**
 * Enough to keep a server busy, also one whose clients wait 40 ms each: a server that has to wait long
 * for its turn has its heap shrunk and its code forgotten by V8, and pays for that in its turn.
 */
const WORKERS = 24;

const ROOT = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
