/**
 * `deno task tidy`: taste that lint cannot see because it spans files. Prints one line a finding,
 * with what to do, and exits with 1 when there is any.
 *
 * @module
 */
import { UNTESTED, VOCABULARIES } from "./tidy_exceptions.ts";

/** One thing to mend. */
export interface Finding {
  readonly path: string;
  readonly message: string;
}

/** The files of a repository: path from its root to text. */
export type Tree = ReadonlyMap<string, string>;

/** What tidy lets pass: path to reason. */
export interface Exceptions {
  readonly untested: Readonly<Record<string, string>>;
  readonly vocabularies: Readonly<Record<string, string>>;
}

/** All findings in a tree. */
export function findings(tree: Tree, exceptions: Exceptions): Finding[] {
  return [
    ...names(tree),
    ...lengths(tree),
    ...moduleComments(tree),
    ...readmes(tree),
    ...links(tree),
    ...tests(tree, exceptions.untested),
    ...exports(tree, exceptions.vocabularies),
    ...tasks(tree),
    ...changelog(tree),
  ].sort((a, b) => a.path < b.path ? -1 : a.path > b.path ? 1 : 0);
}

/** Source files that grow towards the limit: no fault yet. */
export function longFiles(tree: Tree): [path: string, lines: number][] {
  return sources(tree)
    .map(([path, text]): [string, number] => [path, linesOf(text)])
    .filter(([, lines]) => lines > LINES_LONG && lines <= LINES_MAX);
}

function* names(tree: Tree): Generator<Finding> {
  for (const path of tree.keys()) {
    const vague = path.split(/[/_.]/).find((word) => VAGUE_WORDS.has(word));
    if (vague !== undefined) {
      yield { path, message: `"${vague}" says little: name it after what it decides or holds` };
    }
    if (SOURCE.test(path) && !SNAKE_CASE.test(path)) {
      yield { path, message: "Names of files and folders are snake_case" };
    }
  }
}

function* lengths(tree: Tree): Generator<Finding> {
  for (const [path, text] of sources(tree)) {
    const lines = linesOf(text);
    if (lines > LINES_MAX) {
      yield { path, message: `${lines} lines, at most ${LINES_MAX}: split it by what it decides` };
    }
  }
}

function* moduleComments(tree: Tree): Generator<Finding> {
  for (const [path, text] of sources(tree)) {
    if (path.startsWith("tests/") && path.endsWith("_test.ts")) continue;
    if (!/^(\/\/.*\n)*\/\*\*[\s\S]*?@module[\s\S]*?\*\//.test(text)) {
      yield { path, message: "Starts without its @module comment: say in a sentence what it is" };
    }
  }
}

function* readmes(tree: Tree): Generator<Finding> {
  const folders = new Set(product(tree).map(([path]) => folderOf(path)).filter((each) => each));
  for (const folder of [...folders, "docs", "scripts", "tests"]) {
    if (tree.has(`${folder}/README.md`)) continue;
    yield { path: `${folder}/`, message: "Has no README.md: what it is, invariants, start here" };
  }
}

function* links(tree: Tree): Generator<Finding> {
  const folders = new Set([...tree.keys()].flatMap(foldersAbove));
  for (const [path, text] of tree) {
    if (!path.endsWith(".md")) continue;
    for (const [, target] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const to = new URL(target, `file:///${path}`).pathname.slice(1).replace(/\/$/, "");
      if (!tree.has(to) && !folders.has(to)) yield { path, message: `Links to ${to}: not there` };
    }
  }
}

function* tests(tree: Tree, untested: Exceptions["untested"]): Generator<Finding> {
  const testOf = (path: string) => `tests/${path.replace(/\.tsx?$/, "_test.ts")}`;
  for (const [path, text] of product(tree)) {
    if (tree.has(testOf(path)) || path in untested || isTypesOnly(text)) continue;
    yield { path, message: `Has no test: write ${testOf(path)}` };
  }
  for (const path of Object.keys(untested)) {
    if (tree.has(path) && !tree.has(testOf(path))) continue;
    yield { path, message: "Needs no row in UNTESTED of scripts/tidy_exceptions.ts: delete it" };
  }
}

function* exports(tree: Tree, vocabularies: Exceptions["vocabularies"]): Generator<Finding> {
  const files = sources(tree).map(([path, text]) => [path, withoutComments(text)] as const);
  const users = new Map<string, number>();
  for (const [, text] of files) {
    for (const word of new Set(text.match(/[\w$]+/g))) users.set(word, (users.get(word) ?? 0) + 1);
  }
  for (const [path, text] of files) {
    if (path === "mod.ts" || Object.keys(vocabularies).some((each) => path.startsWith(each))) {
      continue;
    }
    for (const name of exportedValues(text)) {
      if (users.get(name) !== 1) continue;
      yield { path, message: `Exports ${name}, which no other file names: drop the export` };
    }
  }
}

function* tasks(tree: Tree): Generator<Finding> {
  const path = "deno.json";
  const listed = JSON.parse(tree.get(path) ?? "{}").tasks ?? {};
  for (const [name, task] of Object.entries(listed)) {
    if (typeof task === "object" && task !== null && "description" in task) continue;
    yield { path, message: `Task ${name} has no description` };
  }
}

function* changelog(tree: Tree): Generator<Finding> {
  const path = "CHANGELOG.md";
  if (/^## \[?Unreleased\]?$/m.test(tree.get(path) ?? "")) return;
  yield { path, message: "Has no section Unreleased (keepachangelog.com)" };
}

function sources(tree: Tree): [string, string][] {
  return [...tree].filter(([path]) => SOURCE.test(path));
}

/** Source files that ship. */
function product(tree: Tree): [string, string][] {
  return sources(tree).filter(([path]) => !/^(scripts|tests)\/|(^|\/)kernels\//.test(path));
}

/** Whether nothing of a file is left when it runs. */
function isTypesOnly(text: string): boolean {
  return !/^\s*(export )?(async |abstract )*(function|class|const|let|await)\b/m
    .test(withoutComments(text));
}

/** Types are left out: one that a signature mentions is rightly exported though nobody names it. */
function exportedValues(text: string): string[] {
  const declared = text.matchAll(
    /^export (?:declare |async |abstract )*(?:function\*?|class|const|let) ([\w$]+)/gm,
  );
  return Array.from(declared, ([, name]) => name);
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

function linesOf(text: string): number {
  return text.split("\n").length - 1;
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

function foldersAbove(path: string): string[] {
  const folder = folderOf(path);
  return folder === "" ? [] : [folder, ...foldersAbove(folder)];
}

function readTree(root: string, folder = ""): Map<string, string> {
  const tree = new Map<string, string>();
  for (const entry of Deno.readDirSync(`${root}/${folder}`)) {
    const path = `${folder}${entry.name}`;
    if (OUTSIDE.has(path) || entry.name === "node_modules") continue;
    if (entry.isDirectory) {
      readTree(root, `${path}/`).forEach((text, inner) => tree.set(inner, text));
    } else if (TEXT_FILE.test(path)) tree.set(path, Deno.readTextFileSync(`${root}/${path}`));
    else tree.set(path, "");
  }
  return tree;
}

function main(): number {
  const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
  const tree = readTree(root);
  const found = findings(tree, { untested: UNTESTED, vocabularies: VOCABULARIES });
  for (const { path, message } of found) console.log(`${path}: ${message}`);
  const long = longFiles(tree).map(([path, lines]) => `${path} (${lines})`);
  if (long.length > 0) console.log(`over ${LINES_LONG} lines, still fine: ${long.join(", ")}`);
  console.log(`tidy: ${tree.size} files, ${found.length} findings`);
  return found.length === 0 ? 0 : 1;
}

const LINES_LONG = 400;
const LINES_MAX = 600;
const VAGUE_WORDS = new Set(["util", "utils", "helper", "helpers", "manager", "misc", "common"]);
const SNAKE_CASE = /^([a-z0-9_]+\/)*[a-z0-9_]+(\.d)?\.tsx?$/;
const SOURCE = /\.tsx?$/;
const TEXT_FILE = /\.(tsx?|md|json)$/;
const OUTSIDE = new Set([".git", "coverage", "dist", "local_data", "tests/vectors"]);

if (import.meta.main) Deno.exit(main());
