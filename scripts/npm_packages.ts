/**
 * `deno task npm-packages`: of the programs in `dist/`, the packages for npm in `dist/npm/`: one for each
 * machine with its program in it, and `whippet`, which runs the one that fits. `npm publish` takes them.
 *
 * @module
 */
import { VERSION } from "../lib/version.ts";
import { binaryName, type Target, TARGETS } from "./compile/targets.ts";

/** What says of a package that it holds the program for a target; npm installs it where it fits. */
export function platformPackage(version: string, { name, suffix }: Target) {
  const cpu = name.startsWith("aarch64") ? "arm64" : "x64";
  const os = name.includes("linux") ? "linux" : name.includes("darwin") ? "darwin" : "win32";
  return {
    name: `@whippet/${os}-${cpu}`,
    version,
    description: `whippet for ${os} on ${cpu}`,
    license: "Apache-2.0",
    os: [os],
    cpu: [cpu],
    ...(os === "linux" ? { libc: ["glibc"] } : {}),
    files: [`whippet${suffix}`],
  };
}

function main(): void {
  for (const target of TARGETS) {
    const program = `${ROOT}/dist/${binaryName(VERSION, target)}`;
    const about = platformPackage(VERSION, target);
    const folder = `${ROOT}/dist/npm/${about.name.slice("@whippet/".length)}`;
    Deno.mkdirSync(folder, { recursive: true });
    Deno.copyFileSync(program, `${folder}/${about.files[0]}`);
    Deno.copyFileSync(`${ROOT}/LICENSE`, `${folder}/LICENSE`);
    Deno.writeTextFileSync(`${folder}/package.json`, `${JSON.stringify(about, null, 2)}\n`);
    console.log(folder);
  }
  const folder = `${ROOT}/dist/npm/whippet`;
  Deno.mkdirSync(folder, { recursive: true });
  Deno.copyFileSync(`${ROOT}/LICENSE`, `${folder}/LICENSE`);
  for (const file of ["package.json", "README.md", "whippet.js"]) {
    Deno.copyFileSync(`${ROOT}/packaging/npm/${file}`, `${folder}/${file}`);
  }
  console.log(folder);
}

const ROOT = `${import.meta.dirname}/..`;

if (import.meta.main) main();
