/**
 * The command line of the program, with the program at both ends: each help, and each example in it.
 *
 * @module
 */
import type { Example } from "../../lib/cli/definition.ts";
import { VERSION } from "../../lib/version.ts";
import { IggyClient, type TlsOptions } from "../../mod.ts";
import {
  NAMED_COMMANDS,
  type NamedCommand,
  SCENE,
  settled,
  wordsOf,
} from "../../tests/support/cli_scene.ts";
import type { NodeProcess } from "../node_process.ts";
import type { Candidate } from "./candidate.ts";
import { CommandLine, examplesIn, type Outcome, type ShownExample } from "./command_line.ts";
import { hold, type Trial } from "./trials.ts";

export const COMMAND_LINE_TRIALS: readonly Trial[] = [
  { name: "Each command has --help, with the examples that are run here", run: helps },
  { name: "Each example of a client's command works", run: plainExamples },
  { name: "An example of each group works by TLS", run: tlsExamples },
  { name: "Each example of serve and config works", run: serveExamples },
  { name: "Each example of cert works, beside a node", run: certExamples },
];

async function helps(candidate: Candidate): Promise<string> {
  const commands = new CommandLine(candidate.binary, candidate.directory());
  const ask = async (words: readonly string[]) => {
    const { code, out, err } = await commands.run(words);
    hold(code === 0 && err === "", `whippet ${words.join(" ")} ends with ${code}: ${err}`);
    return out;
  };
  hold(await ask(["--version"]) === `whippet ${VERSION}\n`, "--version gives another");
  const listed = await ask(["--help"]);
  hold(examplesIn(listed).length > 0, "--help has no example");
  for (const group of new Set(NAMED_COMMANDS.map(({ path }) => path[0]))) {
    hold(new RegExp(`^  ${group} `, "m").test(listed), `--help does not list ${group}`);
    await ask([group, "--help"]);
  }
  await inLanes(NAMED_COMMANDS, async ({ path, definition: { examples } }) => {
    const shown = examplesIn(await ask([...path, "--help"])).map(({ line }) => line);
    const absent = examples.filter(({ line }) => !shown.includes(line));
    hold(absent.length === 0, `The help of ${path.join(" ")} lacks ${absent[0]?.line}`);
    hold(shown.length > 0, `The help of ${path.join(" ")} has no example`);
  });
  const shown = examplesIn(await ask(["cert", "--help"])).map(({ line }) => line);
  for (const words of [["serve"], ["config"], ...CERT_COMMANDS]) {
    const examples = examplesIn(await ask([...words, "--help"])).map(({ line }) => line);
    hold(examples.length > 0, `${words.join(" ")} --help has no example`);
    const absent = words[0] === "cert" && examples.find((line) => !shown.includes(line));
    hold(!absent, `cert --help lacks ${absent}`);
  }
  return `${NAMED_COMMANDS.length} commands, and serve, config and cert`;
}

async function plainExamples(candidate: Candidate): Promise<string> {
  const examples = NAMED_COMMANDS.flatMap(({ definition }) => definition.examples);
  await runExamples(candidate, examples, {});
  return `${examples.length} examples`;
}

async function tlsExamples(candidate: Candidate): Promise<string> {
  const firsts = new Map<string, NamedCommand>();
  for (const each of NAMED_COMMANDS) if (!firsts.has(each.path[0])) firsts.set(each.path[0], each);
  const examples = [...firsts.values()].map(({ definition }) => definition.examples[0]);
  await runExamples(candidate, examples, { IGGY_TCP_TLS_ENABLED: "true" });
  return `${examples.length} examples`;
}

/** Each on a node of its own, which holds what the examples stand on. */
async function runExamples(
  candidate: Candidate,
  examples: readonly Example[],
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const scene = await prepareScene(candidate);
  const failures: string[] = [];
  await inLanes(examples, async (example) => {
    const dataDirectory = candidate.directory();
    run("cp", "-R", `${scene}/.`, dataDirectory);
    await candidate.withNode({ dataDirectory, env }, async (node) => {
      const visit = new Visit(candidate, node, dataDirectory, env);
      const { code, out, err } = await visit.example(example);
      if (code === 0 && err === "") return;
      failures.push(`${example.line} ends with ${code}: ${out}${err}`);
    });
  });
  hold(failures.length === 0, `${failures.length} fail\n${failures.join("\n")}`);
}

/** Lets the program itself make what the examples stand on; gives the data directory of it. */
async function prepareScene(candidate: Candidate): Promise<string> {
  return await candidate.withNode({}, async (node, dataDirectory) => {
    const visit = new Visit(candidate, node, dataDirectory, {});
    for (const line of SCENE) await visit.must(line);
    hold(await node.stop() === 0, "The node does not end as asked");
    return dataDirectory;
  });
}

/** The command line, at a node. */
class Visit {
  readonly #node: NodeProcess;
  readonly #commands: CommandLine;
  readonly #folder: string;
  /** What leads to the node. */
  readonly #place: readonly string[];
  readonly #tls: TlsOptions | undefined;

  constructor(
    candidate: Candidate,
    node: NodeProcess,
    dataDirectory: string,
    env: Readonly<Record<string, string>>,
  ) {
    this.#node = node;
    this.#folder = candidate.directory();
    const authority = `${dataDirectory}/tls/ca.pem`;
    const isTls = env.IGGY_TCP_TLS_ENABLED === "true";
    const port = node.address.split(":").at(-1);
    this.#place = isTls
      ? ["--tcp-server-address", `localhost:${port}`, "--tls-ca", authority]
      : ["--tcp-server-address", node.address];
    this.#tls = isTls
      ? { ca: Deno.readTextFileSync(authority), serverName: "localhost" }
      : undefined;
    this.#commands = new CommandLine(candidate.binary, this.#folder, {
      IGGY_USERNAME: "iggy",
      IGGY_PASSWORD: "iggy",
      // For the doctor, who looks at a node by its configuration.
      IGGY_SYSTEM_PATH: dataDirectory,
      IGGY_TCP_ADDRESS: node.address,
      IGGY_WEBSOCKET_ADDRESS: node.webSocketAddress,
      IGGY_HTTP_ENABLED: "false",
      ...env,
    });
  }

  async must(line: string): Promise<void> {
    const { code, err } = await this.#run(line);
    hold(code === 0, `${line} ends with ${code}: ${err}`);
  }

  /** Runs an example behind what it needs, while a client is connected. */
  async example(example: Example): Promise<Outcome> {
    const { address } = this.#node;
    const login = { username: "iggy", password: "iggy" };
    await using client = await IggyClient.connect({ address, tls: this.#tls, ...login });
    const { clientId } = await client.me();
    const { line, before = [], input } = settled(example, clientId, this.#folder);
    for (const each of before) await this.must(each);
    return await this.#run(line, input);
  }

  #run(line: string, input?: string): Promise<Outcome> {
    return this.#commands.run([...this.#place, ...wordsOf(line)], input);
  }
}

/** Nodes start on free ports where the examples have fixed ones, and are pinged. */
async function serveExamples(candidate: Candidate): Promise<string> {
  const help = await new CommandLine(candidate.binary, candidate.directory()).run(["--help"]);
  const examples = examplesIn(help.out);
  await inLanes(examples, async ({ line, env }) => {
    const folder = candidate.directory();
    const shown = JSON.stringify({ line, env });
    const commands = new CommandLine(candidate.binary, folder, onFreePorts(env));
    if (/^(config|cert)\b/.test(line)) {
      const { code, err } = await commands.run(wordsOf(line));
      return hold(code === 0 && err === "", `${shown} ends with ${code}: ${err}`);
    }
    const code = await commands.serve(wordsOf(line), async (address) => {
      const words = ["--tcp-server-address", `localhost:${address.split(":").at(-1)}`, "ping"];
      if (env.IGGY_TCP_TLS_ENABLED) words.push("--tls-ca", `${folder}/local_data/tls/ca.pem`);
      const ping = await commands.run(words);
      hold(ping.code === 0, `${shown} does not answer: ${ping.err}`);
    });
    hold(code === 0, `${shown} ends with ${code}`);
  });
  return `${examples.length} examples`;
}

function onFreePorts(env: ShownExample["env"]): Record<string, string> {
  const free = {
    IGGY_TCP_ADDRESS: "127.0.0.1:0",
    IGGY_WEBSOCKET_ADDRESS: "127.0.0.1:0",
    IGGY_HTTP_ADDRESS: "127.0.0.1:0",
  };
  return Object.fromEntries(
    Object.entries({ ...free, ...env }).map((
      [name, value],
    ) => [name, value.replace(/:\d+$/, ":0")]),
  );
}

/** In the folder that has the node's data directory by its default name. */
async function certExamples(candidate: Candidate): Promise<string> {
  const folder = candidate.directory();
  const commands = new CommandLine(candidate.binary, folder);
  const examples = examplesIn((await commands.run(["cert", "--help"])).out);
  await candidate.withNode({ dataDirectory: `${folder}/local_data` }, async ({ address }) => {
    for (const { line } of examples) {
      const words = wordsOf(
        line.replace(/\blocalhost:8090\b/, address.replace(/^.*:/, "localhost:")),
      );
      const { code, err } = await commands.run(words);
      hold(code === 0 && err === "", `${line} ends with ${code}: ${err}`);
    }
  });
  return `${examples.length} examples`;
}

const CERT_COMMANDS = ["new-ca", "new", "show", "verify"].map((name) => ["cert", name]);

/** As many at a time as there are processors. */
async function inLanes<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const lane = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, lane));
}

function run(program: string, ...args: string[]): void {
  const { success, stderr } = new Deno.Command(program, { args }).outputSync();
  hold(success, `${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}
