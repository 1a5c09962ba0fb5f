/**
 * What the file is, before it runs: the same each time, and linked to the C library alone.
 *
 * @module
 */
import { compile, ownTarget } from "../compile.ts";
import type { Candidate } from "./candidate.ts";
import { hold, need, type Trial } from "./trials.ts";

export const BUILD_TRIALS: readonly Trial[] = [
  { name: "Compiled again elsewhere, it is the same byte for byte", run: same },
  { name: "It links the C library and nothing else", run: links },
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

/** libc, libm, libdl, libpthread, libgcc, and what of the C library else a runtime may name. */
const C_LIBRARY: ReadonlySet<string> = new Set([
  ...["libc", "libm", "libdl", "libpthread", "libgcc_s"],
  ...["librt", "linux-vdso", "ld-linux-x86-64", "ld-linux-aarch64"],
]);
