/**
 * A folder with what ships and nothing else, to be compiled: the product's sources, a configuration
 * and a lock for them alone, and the packages without what no program runs.
 *
 * @module
 */
import {
  type DenoConfig,
  type DenoLock,
  importedPackages,
  isRunnable,
  shippedConfig,
  shippedLock,
} from "./shipped.ts";

/** A folder that is ready to be compiled. */
export interface Stage {
  readonly folder: string;
  /** The lock of what is in it. */
  readonly lock: DenoLock;
  /** What each package in the lock says of its licence, by its key there. */
  readonly licences: ReadonlyMap<string, string>;
}

/**
 * Fills the empty `folder` from the repository at `root`, with the packages that `deno` installs, and
 * with the files `besides` the product's.
 */
export function stage(
  root: string,
  folder: string,
  deno: string,
  besides: readonly string[] = [],
): Stage {
  const sources = [...SOURCES, ...besides].flatMap((
    path,
  ) => [...copy(`${root}/${path}`, `${folder}/${path}`)]);
  const packages = new Set(
    sources.flatMap((path) => [...importedPackages(Deno.readTextFileSync(path))]),
  );
  const config = readJson(`${root}/deno.json`) as DenoConfig;
  const lock = shippedLock(readJson(`${root}/deno.lock`) as DenoLock, config, packages);
  const shipped = shippedConfig(config, packages) as { links?: readonly string[] };
  for (const link of shipped.links ?? []) copyAll(`${root}/${link}`, `${folder}/${link}`);
  writeJson(`${folder}/deno.json`, shipped);
  writeJson(`${folder}/deno.lock`, lock);
  run(deno, ["install", "--frozen", "--quiet"], folder);
  const licences = new Map(
    Object.keys(lock.npm).map((key) => [key, licenceIn(packageFolder(folder, key))]),
  );
  thinOut(`${folder}/node_modules`);
  // From here on the packages are taken as they are.
  writeJson(`${folder}/deno.json`, { ...shipped, nodeModulesDir: "manual" });
  makeTimeless(folder);
  return { folder, lock, licences };
}

/** Runs a program to its end, in `folder`; throws with what it printed when it fails. */
export function run(
  program: string,
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>> = {},
): string {
  const { success, code, stdout, stderr } = new Deno.Command(program, {
    args: [...args],
    cwd: folder,
    env: { DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1", ...env },
  }).outputSync();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (success) return text(stdout);
  throw new Error(`${program} ${args[0]} ends with ${code}:\n${text(stderr) || text(stdout)}`);
}

/** Copies a source or a folder of them; gives the paths of the copies. */
function* copy(from: string, to: string): Generator<string> {
  if (Deno.statSync(from).isFile) {
    if (!/\.(?:tsx?|wasm)$/.test(from)) return;
    Deno.mkdirSync(to.slice(0, to.lastIndexOf("/")), { recursive: true });
    Deno.copyFileSync(from, to);
    if (!from.endsWith(".wasm")) yield to;
    return;
  }
  const names = Array.from(Deno.readDirSync(from), ({ name }) => name).sort();
  for (const name of names) yield* copy(`${from}/${name}`, `${to}/${name}`);
}

/** Copies a folder with all that is in it. */
function copyAll(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) copyAll(`${from}/${name}`, `${to}/${name}`);
    else Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}

/** Removes what no program runs, and what Deno notes down for itself. */
function thinOut(folder: string): void {
  for (const { name, isDirectory, isSymlink } of [...Deno.readDirSync(folder)]) {
    const path = `${folder}/${name}`;
    if (isSymlink) continue;
    if (name === ".bin") Deno.removeSync(path, { recursive: true });
    else if (isDirectory) thinOut(path);
    else if (!isRunnable(path)) Deno.removeSync(path);
  }
  if ([...Deno.readDirSync(folder)].length === 0) Deno.removeSync(folder);
}

/** Gives all files one time, as that becomes part of the program. */
function makeTimeless(folder: string): void {
  for (const { name, isDirectory, isFile } of Deno.readDirSync(folder)) {
    if (isDirectory) makeTimeless(`${folder}/${name}`);
    else if (isFile) Deno.utimeSync(`${folder}/${name}`, 0, 0);
  }
}

/** Where Deno puts a package of the lock: `node_modules/.deno/@hono+zod-openapi@1.6.3/...`. */
function packageFolder(folder: string, key: string): string {
  const [, name, version] = /^(@?[^@]+)@([^_]+)/.exec(key)!;
  const own = `${name.replace("/", "+")}@${version}`;
  return `${folder}/node_modules/.deno/${own}/node_modules/${name}`;
}

function licenceIn(folder: string): string {
  const { license } = readJson(`${folder}/package.json`) as { license?: string };
  if (typeof license !== "string") throw new Error(`${folder}/package.json states no licence`);
  return license;
}

function readJson(path: string): unknown {
  return JSON.parse(Deno.readTextFileSync(path));
}

function writeJson(path: string, value: unknown): void {
  Deno.writeTextFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** What the product consists of, from the root of the repository. */
const SOURCES = ["main.ts", "mod.ts", "lib", "protocol", "tls"];
