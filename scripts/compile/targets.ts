/**
 * The machines that a release is for, and how its files are called.
 *
 * @module
 */

/** A kind of machine, by Deno's name for it, which is Rust's. */
export interface Target {
  readonly name: string;
  /** What the name of a program ends in there. */
  readonly suffix: "" | ".exe";
}

export const TARGETS: readonly Target[] = [
  { name: "x86_64-unknown-linux-gnu", suffix: "" },
  { name: "aarch64-unknown-linux-gnu", suffix: "" },
  { name: "x86_64-apple-darwin", suffix: "" },
  { name: "aarch64-apple-darwin", suffix: "" },
  { name: "x86_64-pc-windows-msvc", suffix: ".exe" },
];

/** The target of that name; throws with the names there are. */
export function targetNamed(name: string): Target {
  const target = TARGETS.find((each) => each.name === name);
  if (target !== undefined) return target;
  const names = TARGETS.map((each) => each.name).join(", ");
  throw new RangeError(`Target "${name}" is not one of ${names}`);
}

/** `whippet-0.1.0-x86_64-unknown-linux-gnu`, with what a program's name ends in there. */
export function binaryName(version: string, { name, suffix }: Target): string {
  return `whippet-${version}-${name}${suffix}`;
}

/**
 * The runtime to embed, where DENORT_BIN says so: one file, or with `{target}` in it one for each
 * target, to which `.exe` is added for Windows.
 */
export function runtimeFor(denortBin: string, { name, suffix }: Target): string {
  if (!denortBin.includes("{target}")) return denortBin;
  return denortBin.replaceAll("{target}", name) + suffix;
}
