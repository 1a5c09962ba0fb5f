/**
 * What the files are, before they run: the same each time, linked to the C library alone, and each for
 * its machine.
 *
 * @module
 */
import { compile, ownTarget } from "../compile.ts";
import { type Target, TARGETS } from "../compile/targets.ts";
import type { Candidate } from "./candidate.ts";
import { hold, need, type Trial } from "./trials.ts";

export const BUILD_TRIALS: readonly Trial[] = [
  { name: "Compiled again elsewhere, it is the same byte for byte", run: same },
  { name: "It links the C library and nothing else", run: links },
  ...TARGETS.map((target): Trial => ({
    name: `The program for ${target.name} is one, of the size that docs/install.md states`,
    run: (candidate) => isFor(target, candidate),
  })),
];

function same({ binary, folder }: Candidate): string {
  const [again] = compile({ targets: [ownTarget()], output: `${folder}/again` });
  const sums = (path: string) => Deno.readTextFileSync(path.replace(/[^/]+$/, "SHA256SUMS"));
  hold(sums(again) === sums(binary), `Sums differ:\n${sums(binary)}${sums(again)}`);
  return `${(Deno.statSync(binary).size / 1e6).toFixed(1)} MB, ${sums(binary).slice(0, 16)}...`;
}

function links({ binary }: Candidate): string {
  need("ldd", "Debian's libc-bin");
  const { stdout } = new Deno.Command("ldd", { args: [binary] }).outputSync();
  const names = [...new TextDecoder().decode(stdout).matchAll(/^\s*(?:\S*\/)?([\w-]+)\.so/gm)]
    .map(([, name]) => name).sort();
  const others = names.filter((name) => !C_LIBRARY.has(name));
  hold(others.length === 0, `It links ${others.join(", ")}`);
  return names.join(", ");
}

function isFor(target: Target, candidate: Candidate): string {
  need("file", "Debian's file");
  const path = candidate.binaryFor(target);
  const { stdout } = new Deno.Command("file", { args: ["--brief", path] }).outputSync();
  const kind = new TextDecoder().decode(stdout).trim();
  const [looked] = KINDS[target.name].exec(kind) ?? [];
  hold(looked !== undefined, `It is ${kind}`);
  const page = Deno.readTextFileSync(new URL("../../docs/install.md", import.meta.url));
  const stated = new RegExp(`-${target.name}${target.suffix}\` +\\| (\\d+) MB`).exec(page)?.[1];
  const size = Deno.statSync(path).size / 1e6;
  const figure = `${size.toFixed(1)} MB, ${stated} stated; ${looked}`;
  hold(Math.abs(size - Number(stated)) <= SIZE_MB_OFF_MAX, figure);
  return figure;
}

/** What `file` says of a program for each of the targets. */
const KINDS: Readonly<Record<string, RegExp>> = {
  "x86_64-unknown-linux-gnu": /^ELF 64-bit .*executable, x86-64/,
  "aarch64-unknown-linux-gnu": /^ELF 64-bit .*executable, ARM aarch64/,
  "x86_64-apple-darwin": /^Mach-O 64-bit x86_64 executable/,
  "aarch64-apple-darwin": /^Mach-O 64-bit arm64 executable/,
  "x86_64-pc-windows-msvc": /^PE32\+ executable \(console\) x86-64, for MS Windows/,
};

/** The runtime makes up most of it, so that it hardly changes between two releases of Deno. */
const SIZE_MB_OFF_MAX = 5;

/** libc, libm, libdl, libpthread, libgcc, and what of the C library else a runtime may name. */
const C_LIBRARY: ReadonlySet<string> = new Set([
  ...["libc", "libm", "libdl", "libpthread", "libgcc_s"],
  ...["librt", "linux-vdso", "ld-linux-x86-64", "ld-linux-aarch64"],
]);
