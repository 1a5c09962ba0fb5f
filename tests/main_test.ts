/** The program as a process: arguments in, exit code and output out. Whole nodes are in tests/system. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { VERSION } from "../lib/version.ts";

const MAIN = new URL("../main.ts", import.meta.url).pathname;

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The program in an empty folder, with nothing in its environment but what is given. */
function program(args: string[], environment: Record<string, string> = {}) {
  const folder = Deno.makeTempDirSync({ prefix: "whippet-main-" });
  const { PATH = "", HOME = "", DENO_DIR = `${HOME}/.cache/deno` } = Deno.env.toObject();
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--quiet", MAIN, ...args],
    cwd: folder,
    clearEnv: true,
    env: { PATH, HOME, DENO_DIR, ...environment },
    stdout: "piped",
    stderr: "piped",
  });
  return { command, folder, remove: () => Deno.removeSync(folder, { recursive: true }) };
}

async function run(args: string[], environment?: Record<string, string>): Promise<Run> {
  const { command, remove } = program(args, environment);
  const { code, stdout, stderr } = await command.output();
  remove();
  const decoder = new TextDecoder();
  return { code, out: decoder.decode(stdout), err: decoder.decode(stderr) };
}

Deno.test("whippet --version tells the version", async () => {
  assertEquals(await run(["--version"]), { code: 0, out: `whippet ${VERSION}\n`, err: "" });
});

Deno.test("whippet --help tells the flags", async () => {
  const { code, out, err } = await run(["--help"]);
  assertEquals([code, err], [0, ""]);
  for (const flag of ["--fresh", "--with-default-root-credentials"]) {
    assertStringIncludes(out, flag);
  }
});

Deno.test("whippet cert makes a certificate in the working directory", async () => {
  const { code, out, err } = await run(["cert", "new-ca", "--name", "Our CA"]);
  assertEquals([code, err], [0, ""]);
  assertEquals(out, "Wrote ca.pem, for all to trust, and ca.key, for nobody but you to read\n");
  assertEquals((await run(["cert", "show", "nothing"])).code, 1);
  assertEquals((await run(["cert", "nothing"])).code, 2);
});

Deno.test("whippet with a flag nobody knows says so, and ends with 2", async () => {
  const { code, out, err } = await run(["--frehs"]);
  assertEquals([code, out], [2, ""]);
  assertStringIncludes(err, "--frehs");
  assertStringIncludes(err, "Run `whippet --help` for what there is.");
});

Deno.test("whippet config prints what is in force and where it comes from, and starts nothing", async () => {
  const { code, out, err } = await run(["config"], { IGGY_TCP_ADDRESS: "127.0.0.1:9999" });
  assertEquals([code, err], [0, ""]);
  const line = out.split("\n").find((each) => each.includes("tcp.address"))!;
  assertStringIncludes(line, "127.0.0.1:9999");
  assertStringIncludes(line, "IGGY_TCP_ADDRESS");
});

Deno.test("whippet with a configuration that cannot stand names the problem, and ends with 2", async () => {
  const { code, out, err } = await run([], { IGGY_TCP_ADDRESS: "nowhere" });
  assertEquals([code, out], [2, ""]);
  assertStringIncludes(err, "IGGY_TCP_ADDRESS");
});

Deno.test("whippet that cannot start says why on one line, and ends with 1", async () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { code, err } = await run(["--with-default-root-credentials"], {
    ...QUIET,
    IGGY_TCP_ADDRESS: `127.0.0.1:${taken.addr.port}`,
  });
  taken.close();
  assertEquals(code, 1);
  assertStringIncludes(err, `FATAL node: Address 127.0.0.1:${taken.addr.port} is in use`);
});

Deno.test({
  name:
    "whippet serves until SIGTERM, refuses its data directory to another meanwhile, and ends with 0",
  ignore: Deno.build.os === "windows",
  async fn() {
    const environment = { ...QUIET, IGGY_TCP_ADDRESS: "127.0.0.1:0" };
    const first = program([], environment);
    const node = first.command.spawn();
    const lines = node.stderr.pipeThrough(new TextDecoderStream());
    const log: string[] = [];
    let ready = () => {};
    const serving = new Promise<void>((resolve) => ready = resolve);
    const logged = (async () => {
      for await (const part of lines) {
        log.push(part);
        if (/Root user .* has the password/.test(log.join(""))) ready();
      }
    })();
    await Promise.race([serving, node.status]);
    const second = await run([], {
      ...environment,
      IGGY_SYSTEM_PATH: `${first.folder}/local_data`,
    });
    assertEquals(second.code, 1);
    assertStringIncludes(second.err, "is in use by another process");
    node.kill("SIGTERM");
    const { code } = await node.status;
    await Promise.all([logged, node.stdout.cancel()]);
    assertEquals(code, 0, log.join(""));
    const text = log.join("");
    for (const said of [`whippet ${VERSION} serves tcp`, "SIGTERM: draining", "Stopped"]) {
      assertStringIncludes(text, said);
    }
    assert(Deno.statSync(`${first.folder}/local_data/format`).isFile);
    first.remove();
  },
});

/** TCP only. */
const QUIET = { IGGY_HTTP_ENABLED: "false", IGGY_WEBSOCKET_ENABLED: "false" };
