import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { binaryName, TARGETS } from "../../scripts/compile/targets.ts";

const SCRIPT = `${import.meta.dirname}/../../packaging/install.sh`;
const VERSION = "1.2.3";
const RUNS = "#!/bin/sh\necho whippet 1.2.3\n";
const FETCHES = ["curl", "wget"];
/** What the script uses besides. */
const TOOLS = [
  "awk",
  "cat",
  "chmod",
  "mkdir",
  "mktemp",
  "mv",
  "rm",
  "sha256sum",
  "shasum",
  "uname",
];

/** Windows has no shell to run it; its users take the file itself. */
const ignore = Deno.build.os === "windows";

/** How the script is run. */
interface Run {
  /** The shell with its first arguments. */
  readonly shell?: readonly string[];
  /** The programs that are there, besides {@link TOOLS}. */
  readonly tools?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A release on a server: the same program for each machine, and the list of sums. */
class Release implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync();
  readonly prefix = `${this.folder}/prefix`;
  readonly files = new Map<string, string>();
  readonly #server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const file = this.files.get(new URL(request.url).pathname.slice(1));
    return file === undefined ? new Response("none", { status: 404 }) : new Response(file);
  });

  static async of(program: string): Promise<Release> {
    const release = new Release();
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(program));
    let sums = "";
    for (const target of TARGETS) {
      const name = binaryName(VERSION, target);
      release.files.set(name, program);
      sums += `${new Uint8Array(hash).toHex()}  ${name}\n`;
    }
    release.files.set("SHA256SUMS", sums);
    return release;
  }

  /** Runs the script; gives what it says: on standard error when it fails. */
  async install({ shell = ["sh"], tools = FETCHES, env }: Run = {}): Promise<[number, string]> {
    const [bin, scratch] = ["bin", "scratch"].map((prefix) =>
      Deno.makeTempDirSync({ dir: this.folder, prefix })
    );
    for (const tool of [...TOOLS, ...tools]) {
      const path = whereIs(tool);
      if (path !== undefined) Deno.symlinkSync(path, `${bin}/${tool}`);
    }
    const { code, stdout, stderr } = await new Deno.Command(whereIs(shell[0])!, {
      args: [...shell.slice(1), SCRIPT],
      clearEnv: true,
      env: {
        PATH: bin,
        TMPDIR: scratch,
        PREFIX: this.prefix,
        WHIPPET_VERSION: VERSION,
        WHIPPET_RELEASES: `http://127.0.0.1:${this.#server.addr.port}`,
        ...env,
      },
    }).output();
    assertEquals([...Deno.readDirSync(scratch)], [], "Nothing is left behind");
    return [code, new TextDecoder().decode(code === 0 ? stdout : stderr)];
  }

  /** The names in PREFIX/bin. */
  installed(): string[] {
    return [...Deno.readDirSync(`${this.prefix}/bin`)].map(({ name }) => name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** The path of a program, looked for as a shell does. */
function whereIs(program: string): string | undefined {
  const paths = (Deno.env.get("PATH") ?? "").split(":").map((folder) => `${folder}/${program}`);
  return paths.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

for (const shell of [["sh"], ["dash"], ["bash"], ["busybox", "sh"]]) {
  for (const tool of FETCHES) {
    Deno.test({
      name: `install.sh puts the program of this machine in place, by ${
        shell.join(" ")
      } and ${tool}`,
      ignore: ignore || [shell[0], tool].some((each) => whereIs(each) === undefined),
      async fn() {
        await using release = await Release.of(RUNS);
        const [code, said] = await release.install({ shell, tools: [tool] });
        assertEquals(
          said,
          `whippet 1.2.3 is ${release.prefix}/bin/whippet; ` +
            `try: ${release.prefix}/bin/whippet --help\n`,
        );
        assertEquals(code, 0);
        assertEquals(release.installed(), ["whippet"]);
        const program = `${release.prefix}/bin/whippet`;
        assertEquals(Deno.readTextFileSync(program), RUNS);
        assertEquals(Deno.statSync(program).mode! & 0o777, 0o755);
      },
    });
  }
}

Deno.test({
  name: "install.sh keeps the program that is there when what it fetched is not what was released",
  ignore,
  async fn() {
    await using release = await Release.of(RUNS);
    await release.install();
    for (const target of TARGETS) {
      release.files.set(binaryName(VERSION, target), `${RUNS}# changed\n`);
    }
    const [code, said] = await release.install();
    assertEquals(code, 1);
    assertMatch(
      said,
      /^whippet: whippet-1\.2\.3-\S+ has the sum [0-9a-f]{64}, not [0-9a-f]{64}: it is/,
    );
    assertEquals(release.installed(), ["whippet"]);
    assertEquals(Deno.readTextFileSync(`${release.prefix}/bin/whippet`), RUNS);
  },
});

Deno.test({
  name: "install.sh installs nothing that does not run here, and says what it takes",
  ignore,
  async fn() {
    await using release = await Release.of("#!/nowhere/ld-linux.so.2\n");
    const [code, said] = await release.install();
    assertEquals(code, 1);
    assertStringIncludes(said, "does not run here: on Linux it takes glibc 2.27 or newer");
    assertEquals(release.installed(), []);
  },
});

Deno.test({
  name: "install.sh says what to do when a file of the release is not there",
  ignore,
  async fn() {
    await using release = await Release.of(RUNS);
    for (const target of TARGETS) release.files.delete(binaryName(VERSION, target));
    const [missingProgram, program] = await release.install();
    assertMatch(program, /whippet: http\S+\/whippet-1\.2\.3-\S+ cannot be fetched: see whether/);
    const [otherVersion, version] = await release.install({ env: { WHIPPET_VERSION: "9.9.9" } });
    assertMatch(
      version,
      /SHA256SUMS does not list whippet-9\.9\.9-\S+: see whether WHIPPET_VERSION/,
    );
    release.files.clear();
    const [missingSums, sums] = await release.install();
    assertMatch(sums, /whippet: http\S+\/SHA256SUMS cannot be fetched: see whether/);
    assertEquals([missingProgram, otherVersion, missingSums], [1, 1, 1]);
    assertEquals(release.installed(), []);
  },
});

Deno.test({
  name: "install.sh says what to do before it fetches, where it may not write or lacks a setting",
  ignore,
  async fn() {
    await using release = await Release.of(RUNS);
    const said = [
      await release.install({ env: { PREFIX: "/dev/null" } }),
      await release.install({ env: { WHIPPET_RELEASES: "" } }),
      await release.install({ tools: [] }),
    ];
    assertEquals(said, [
      [
        1,
        "whippet: /dev/null/bin cannot be written: " +
        "set PREFIX, as PREFIX=$HOME/.local, or run this as root\n",
      ],
      [1, "whippet: set WHIPPET_RELEASES to the address of the release\n"],
      [1, "whippet: it takes curl or wget to fetch the release: install one of them\n"],
    ]);
  },
});
