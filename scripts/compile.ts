/**
 * `deno task compile [--target NAME]... [--all] [--output FOLDER]`: the product as one file, for this
 * machine when no target is named, into `dist/`; with their SHA-256 sums and the bill of materials.
 * The same commit gives the same bytes, wherever it lies.
 *
 * DENO_COMPILE names another Deno to compile with; DENORT_BIN the runtime to embed, with `{target}` in
 * its place when there is one for each.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { SYSTEM_FACTS } from "../lib/service/permissions.ts";
import { VERSION } from "../lib/version.ts";
import { simd } from "../tls/provider/simd.ts";
import { billOfMaterials } from "./compile/bill_of_materials.ts";
import { run, stage } from "./compile/stage.ts";
import { binaryName, runtimeFor, type Target, targetNamed, TARGETS } from "./compile/targets.ts";

/** What is to be compiled. */
export interface CompileOptions {
  readonly targets: readonly Target[];
  /** The folder for what is made; made when missing. */
  readonly output: string;
  /** The product, if it says nothing. */
  readonly program?: Program;
}

/** A program of this repository. All paths are from its root. */
export interface Program {
  readonly main: string;
  /** Files of it that are not the product's. */
  readonly sources: readonly string[];
  /** The workers it starts, which a graph of modules does not show. */
  readonly workers: readonly string[];
}

/** Compiles; gives the paths of the programs, in the order of `targets`. */
export function compile({ targets, output, program = PRODUCT }: CompileOptions): string[] {
  const deno = Deno.env.get("DENO_COMPILE") ?? Deno.execPath();
  const folder = Deno.makeTempDirSync({ prefix: "whippet-compile-" });
  try {
    const staged = stage(ROOT, folder, deno, program.sources);
    Deno.mkdirSync(output, { recursive: true });
    const into = Deno.realPathSync(output);
    const programs = targets.map((target) => {
      const path = `${into}/${binaryName(VERSION, target)}`;
      compileOne(deno, folder, program, target, path);
      return path;
    });
    const [, denoVersion] = /^deno (\S+)/.exec(run(deno, ["--version"], folder))!;
    const bill = billOfMaterials({ ...staged, version: VERSION, denoVersion });
    const billPath = `${into}/whippet-${VERSION}.cdx.json`;
    Deno.writeTextFileSync(billPath, `${JSON.stringify(bill, null, 2)}\n`);
    writeSums(`${into}/SHA256SUMS`, [...programs, billPath]);
    return programs;
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** The target that is this machine. */
export function ownTarget(): Target {
  return targetNamed(Deno.build.target);
}

function compileOne(
  deno: string,
  folder: string,
  { main, workers }: Program,
  target: Target,
  path: string,
): void {
  const denortBin = Deno.env.get("DENORT_BIN");
  const env = denortBin === undefined ? undefined : { DENORT_BIN: runtimeFor(denortBin, target) };
  // Compiled under one name, as that becomes part of the program.
  const made = `${folder}/whippet${target.suffix}`;
  const included = workers.flatMap((worker) => ["--include", worker]);
  const flags = [...FLAGS, ...included, "--target", target.name];
  const args = ["compile", ...flags, "--output", made, main];
  run(deno, args, folder, env);
  Deno.copyFileSync(made, path);
  Deno.chmodSync(path, 0o755);
  Deno.removeSync(made);
}

/** As `sha256sum` prints them, so that `sha256sum --check` reads them. */
function writeSums(path: string, files: readonly string[]): void {
  let lines = "";
  for (const file of files) {
    const hash = simd.hashes.sha256.digest(Deno.readFileSync(file));
    lines += `${hash.toHex()}  ${file.slice(file.lastIndexOf("/") + 1)}\n`;
  }
  Deno.writeTextFileSync(path, lines);
}

function main(): void {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      all: { type: "boolean" },
      output: { type: "string", default: `${ROOT}/dist` },
      target: { type: "string", multiple: true },
    },
  });
  const targets = values.all
    ? TARGETS
    : values.target === undefined
    ? [ownTarget()]
    : values.target.map(targetNamed);
  for (const path of compile({ targets, output: values.output })) {
    console.log(`${(Deno.statSync(path).size / 1e6).toFixed(1).padStart(6)} MB  ${path}`);
  }
}

const ROOT = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

const PRODUCT: Program = {
  main: "main.ts",
  sources: [],
  workers: [
    "lib/auth/password_worker.ts",
    "lib/certificates/signing_worker.ts",
    "lib/service/node_worker.ts",
  ],
};

/**
 * What `deno compile` is told for each target. No code cache: it would be a file of a known name in a folder
 * that everybody can write to.
 */
const FLAGS: readonly string[] = [
  "--quiet",
  "--no-check",
  "--no-prompt",
  "--no-code-cache",
  "--frozen",
  "--allow-read",
  "--allow-write",
  "--allow-net",
  "--allow-env",
  `--allow-sys=${SYSTEM_FACTS.join(",")}`,
];

if (import.meta.main) main();
