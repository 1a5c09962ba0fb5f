import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { parse } from "@std/toml";
import { IggyError } from "../../protocol/errors.ts";
import { RunningProgram, runProgram } from "../support/program.ts";
import { dial, DIALECTS, dialRoot } from "../support/raw_peer.ts";

Deno.test("whippet --help and --version print what was asked for and end with 0", async () => {
  using scratch = new Scratch();
  for (const flag of ["--help", "-h"]) {
    const { code, stdout, stderr } = await scratch.run([flag]);
    assertEquals([code, stderr], [0, ""]);
    assertStringIncludes(stdout, "Usage: whippet");
    for (const each of ["--fresh", "--with-default-root-credentials", "--replica-id"]) {
      assertStringIncludes(stdout, each);
    }
  }
  for (const flag of ["--version", "-V"]) {
    const { code, stdout } = await scratch.run([flag]);
    assertEquals(code, 0);
    assertMatch(stdout, /^whippet \d+\.\d+\.\d+\n$/);
  }
  assertEquals(scratch.names(), []);
});

Deno.test("whippet refuses a flag that does not exist, with exit code 2", async () => {
  using scratch = new Scratch();
  const { code, stdout, stderr } = await scratch.run(["--frehs"]);
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(stderr, "--frehs");
  assertStringIncludes(stderr, "whippet --help");
});

Deno.test("whippet config prints each setting in force and where it comes from", async () => {
  using scratch = new Scratch();
  scratch.write("node.toml", `[heartbeat]\ninterval = "7 s"\n[system]\npath = "from_file"\n`);
  scratch.write(".env", "IGGY_HTTP_ENABLED=false\nIGGY_TCP_ADDRESS=127.0.0.1:1\n");
  const { code, stdout } = await scratch.run(["config", "--config", "node.toml"], {
    IGGY_TCP_ADDRESS: "127.0.0.1:7777",
    WHIPPET_LIMITS_CONNECTIONS_MAX: "42",
  });
  assertEquals(code, 0);
  const expected = {
    "heartbeat.interval": ['"7 s"', "node.toml:2"],
    "system.path": ['"from_file"', "node.toml:4"],
    "http.enabled": ["false", ".env"],
    "tcp.address": ['"127.0.0.1:7777"', "IGGY_TCP_ADDRESS"],
    "limits.connections_max": ["42", "WHIPPET_LIMITS_CONNECTIONS_MAX"],
    "websocket.address": ['"127.0.0.1:8092"', "default"],
  };
  for (const [key, [value, origin]] of Object.entries(expected)) {
    const line = stdout.split("\n").find((each) => each.startsWith(`${key} =`))!;
    assertStringIncludes(line, `= ${value} `);
    assertStringIncludes(line.slice(line.indexOf("#")), origin);
  }
  assertEquals(scratch.names(), [".env", "node.toml"]);
});

Deno.test("whippet refuses unknown keys and bad values, all at once, each with its place, with exit code 2", async () => {
  using scratch = new Scratch();
  scratch.write(
    "node.toml",
    `[tcp]\nadress = "127.0.0.1:0"\n\n[heartbeat]\nenabled = "perhaps"\ninterval = "soon"\n`,
  );
  const { code, stdout, stderr } = await scratch.run(["--config", "node.toml"], {
    IGGY_SYSTEM_SEGMENT_SIZE: "7",
  });
  assertEquals([code, stdout], [2, ""]);
  assertMatch(stderr, /node\.toml:2:\d+: .*"tcp\.adress".*"tcp\.address"/);
  assertMatch(stderr, /node\.toml:5:\d+: .*"perhaps"/);
  assertMatch(stderr, /node\.toml:6:\d+: .*"30 s".*"soon"/);
  assertMatch(stderr, /IGGY_SYSTEM_SEGMENT_SIZE/);
  assertEquals(scratch.names(), ["node.toml"]);
});

Deno.test("whippet refuses a file that is not there or is no TOML, with exit code 2", async () => {
  using scratch = new Scratch();
  scratch.write("broken.toml", `[tcp\naddress = 7`);
  for (
    const [file, said] of Object.entries({
      "missing.toml": /missing\.toml/,
      "broken.toml": /broken\.toml.*line 1\b/,
    })
  ) {
    const { code, stderr } = await scratch.run(["--config", file]);
    assertEquals(code, 2);
    assertMatch(stderr, said);
  }
});

Deno.test("whippet refuses to serve others in plain text unless it is told to", async () => {
  using scratch = new Scratch();
  const everywhere = { ...QUIET, IGGY_TCP_ADDRESS: "0.0.0.0:0" };
  const { code, stderr } = await scratch.run([], everywhere);
  assertEquals(code, 2);
  assertStringIncludes(stderr, "WHIPPET_TLS=off");
  await using program = await scratch.start([], { ...everywhere, WHIPPET_TLS: "off" });
  assertEquals((await program.stop()).code, 0);
});

Deno.test("whippet takes a free port for 0 and tells which in runtime/current_config.toml", async () => {
  using scratch = new Scratch();
  await using program = await scratch.start(["--with-default-root-credentials"], {
    IGGY_TCP_ADDRESS: "127.0.0.1:0",
    IGGY_WEBSOCKET_ADDRESS: "127.0.0.1:0",
    IGGY_HTTP_ADDRESS: "127.0.0.1:0",
  });
  const ports = ["tcp", "websocket", "http"].map((section) => scratch.port(section));
  assertEquals(new Set(ports).size, 3);
  assert(ports.every((port) => port > 0));
  for (const port of ports) {
    using peer = await dialRoot("classic", port); // every port speaks everything
    const { nodes: [{ endpoints }] } = await peer.ask("getClusterMetadata", undefined);
    assertEquals([endpoints.tcp, endpoints.websocket, endpoints.http], ports);
  }
  assertEquals((await program.stop("SIGINT")).code, 0);
});

Deno.test("whippet reads Iggy's environment, IGGY_CONFIG_PATH and flags", async () => {
  using scratch = new Scratch();
  scratch.write("node.toml", `[tcp]\naddress = "127.0.0.1:0"\n[http]\nenabled = false\n`);
  const env = {
    IGGY_CONFIG_PATH: "node.toml",
    IGGY_WEBSOCKET_ENABLED: "false",
    IGGY_SYSTEM_PATH: "elsewhere",
    IGGY_ROOT_USERNAME: "admin",
    IGGY_ROOT_PASSWORD: "open sesame",
    IGGY_QUIC_ENABLED: "false",
    IGGY_SYSTEM_MEMORY_POOL_SIZE: "4 GiB",
  };
  await using program = await scratch.start(["--replica-id", "3"], env, "elsewhere");
  for (const dialect of DIALECTS) {
    using peer = await dial(dialect, scratch.port("tcp", "elsewhere"));
    await assertRejects(() => peer.login("iggy", "iggy"), IggyError);
    await peer.login("admin", "open sesame");
  }
  const { code, stderr } = await program.stop();
  assertEquals(code, 0);
  const ignored = stderr.split("\n").filter((line) => line.includes("does not need"));
  assertEquals(ignored.length, 1, stderr); // the keys without a meaning here, all in one line
  assertEquals(stderr.includes("open sesame"), false);
});

Deno.test("whippet makes root's password when nobody gives one, and shows it once", async () => {
  using scratch = new Scratch();
  const first = await scratch.start([], QUIET);
  const printed = (await first.stop()).stderr;
  const password = /password (\S+), shown this once/.exec(printed)?.[1];
  assert(password !== undefined && password.length >= 20, printed);

  await using second = await scratch.start([], QUIET);
  using peer = await dial("vsr_0_11", scratch.port());
  await assertRejects(() => peer.login("iggy", "iggy"), IggyError);
  await peer.login("iggy", password);
  const again = (await second.stop()).stderr;
  assertEquals([again.includes(password), again.includes("the password")], [false, false]);
});

Deno.test("whippet --fresh removes what a node keeps and nothing else", async () => {
  using scratch = new Scratch();
  const args = ["--with-default-root-credentials"];
  const first = await scratch.start(args, QUIET);
  {
    using peer = await dialRoot("classic", scratch.port());
    await peer.ask("createStream", { name: "old" });
  }
  await first.stop();
  scratch.write("local_data/notes.txt", "mine");
  await using second = await scratch.start([...args, "--fresh"], QUIET);
  using peer = await dialRoot("classic", scratch.port());
  assertEquals(await peer.ask("getStreams", undefined), []);
  assertEquals(Deno.readTextFileSync(`${scratch.path}/local_data/notes.txt`), "mine");
  await second.stop();
});

Deno.test("whippet refuses a data directory that another process has, and leaves that one alone", async () => {
  using scratch = new Scratch();
  const args = ["--with-default-root-credentials"];
  await using first = await scratch.start(args, QUIET);
  const port = scratch.port();
  for (const more of [[], ["--fresh"]]) {
    const { code, stderr } = await scratch.run([...args, ...more], QUIET);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "is in use by another process");
  }
  assertEquals(scratch.port(), port);
  using peer = await dialRoot("vsr_0_11", port);
  await peer.ask("createStream", { name: "still here" });
  assertEquals((await first.stop()).code, 0);
});

Deno.test("whippet says which address is in use, and ends with 1", async () => {
  using scratch = new Scratch();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = `127.0.0.1:${listener.addr.port}`;
  const { code, stderr } = await scratch.run([], { ...QUIET, IGGY_TCP_ADDRESS: address });
  assertEquals(code, 1);
  assertStringIncludes(stderr, `Address ${address} is in use`);
  assertEquals(stderr.includes("    at "), false, "A stack is printed");
});

Deno.test("whippet refuses a data directory of an unknown format, and changes nothing in it", async () => {
  using scratch = new Scratch();
  await (await scratch.start(["--with-default-root-credentials"], QUIET)).stop();
  scratch.write("local_data/format", "whippet-log 99\n");
  Deno.removeSync(`${scratch.path}/local_data/runtime`, { recursive: true });
  const before = scratch.names("local_data");
  const { code, stderr } = await scratch.run([], QUIET);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "whippet-log 99");
  assertEquals(scratch.names("local_data"), before);
});

/** A working directory of a test's own. */
class Scratch implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "whippet-program-" });

  run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    return runProgram(args, { directory: this.path, env });
  }

  start(args: readonly string[], env: Readonly<Record<string, string>>, data = "local_data") {
    // That of a node before would be taken for the new one's.
    const runtime = `${this.path}/${data}/runtime`;
    if (this.names(data).includes("runtime")) Deno.removeSync(runtime, { recursive: true });
    return RunningProgram.start(args, { directory: this.path, env }, data);
  }

  /** The bound port of a transport. */
  port(section = "tcp", data = "local_data"): number {
    const text = Deno.readTextFileSync(`${this.path}/${data}/runtime/current_config.toml`);
    const { address } = parse(text)[section] as { address: string };
    return Number(address.split(":").at(-1));
  }

  write(name: string, text: string): void {
    Deno.writeTextFileSync(`${this.path}/${name}`, text);
  }

  /** What is in there, sorted. */
  names(folder = ""): string[] {
    try {
      return Array.from(Deno.readDirSync(`${this.path}/${folder}`), ({ name }) => name).sort();
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** One free port and nothing else. */
const QUIET = {
  IGGY_TCP_ADDRESS: "127.0.0.1:0",
  IGGY_WEBSOCKET_ENABLED: "false",
  IGGY_HTTP_ENABLED: "false",
};
