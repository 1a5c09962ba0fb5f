/**
 * Compiles the AssemblyScript kernels to the `.wasm` files beside them, which are committed: whoever
 * clones the repository needs no compiler. `--check` compares instead of writing, for CI.
 *
 * @module
 */
import asc from "assemblyscript/asc";
import { MEMORY_BYTES } from "../lib/log/kernels/memory.ts";
import { AEAD_MEMORY_BYTES } from "../tls/provider/kernels/aead_memory.ts";
import { CURVE25519_MEMORY_BYTES } from "../tls/provider/kernels/curve25519_memory.ts";
import { HASH_MEMORY_BYTES } from "../tls/provider/kernels/hash_memory.ts";
import { MLKEM768_MEMORY_BYTES } from "../tls/provider/kernels/mlkem768_memory.ts";
import { NIST_MEMORY_BYTES } from "../tls/provider/kernels/nist_memory.ts";
import { RSA_MEMORY_BYTES } from "../tls/provider/kernels/rsa_memory.ts";
import { aesPass } from "./kernels/aes_pass.ts";
import { chacha20Passes } from "./kernels/chacha20_passes.ts";
import { nistConstants } from "./kernels/nist_constants.ts";
import { nistField } from "./kernels/nist_field.ts";
import { type NistCurve, P256, P384, P521 } from "./kernels/nist_curves.ts";

/** One module: an entry point and the memory it gets, all at once and for good. */
export interface Kernel {
  /** From the root of the repository; `x.ts` becomes `x.wasm`. */
  readonly entry: string;
  readonly memoryBytes: number;
  /** Sources that only declare what a script writes: path to the text that the compiler sees. */
  readonly written?: Readonly<Record<string, () => string>>;
}

export const KERNELS: readonly Kernel[] = [
  { entry: "lib/log/kernels/batch.ts", memoryBytes: MEMORY_BYTES },
  {
    entry: "tls/provider/kernels/aead.ts",
    memoryBytes: AEAD_MEMORY_BYTES,
    written: {
      "tls/provider/kernels/aes_pass.ts": aesPass,
      "tls/provider/kernels/chacha20_passes.ts": chacha20Passes,
    },
  },
  { entry: "tls/provider/kernels/hash.ts", memoryBytes: HASH_MEMORY_BYTES },
  { entry: "tls/provider/kernels/curve25519.ts", memoryBytes: CURVE25519_MEMORY_BYTES },
  { entry: "tls/provider/kernels/mlkem768.ts", memoryBytes: MLKEM768_MEMORY_BYTES },
  nistKernel("tls/provider/kernels/p256.ts", P256),
  nistKernel("tls/provider/kernels/p384.ts", P384),
  nistKernel("tls/provider/kernels/p521.ts", P521),
  { entry: "tls/provider/kernels/rsa.ts", memoryBytes: RSA_MEMORY_BYTES },
];

const ROOT = new URL("..", import.meta.url);
const PAGE_BYTES = 65_536;

/** The module's bytes. Throws with the compiler's own words when the source is wrong. */
export async function compileKernel(kernel: Kernel): Promise<Uint8Array> {
  const pages = String(kernel.memoryBytes / PAGE_BYTES);
  let words = "";
  let compiled: Uint8Array | undefined;
  const { error } = await asc.main([
    kernel.entry,
    ...["--outFile", "kernel.wasm"],
    ...["--runtime", "stub", "--use", "abort=", "--noAssert", "-O3"],
    ...["--enable", "simd", "--enable", "relaxed-simd"],
    ...["--initialMemory", pages, "--maximumMemory", pages],
  ], {
    readFile: (name) => kernel.written?.[name]?.() ?? readText(new URL(name, ROOT)),
    writeFile: (_name, content) => {
      compiled = content as Uint8Array;
    },
    listFiles: () => [],
    stderr: { write: (text) => words += text },
  });
  if (error || compiled === undefined) {
    throw new Error(`${kernel.entry} does not compile:\n${words}`, { cause: error });
  }
  return compiled;
}

/** Where a kernel's module is kept. */
export function modulePath(kernel: Kernel): URL {
  return new URL(kernel.entry.replace(/\.ts$/, ".wasm"), ROOT);
}

function readText(path: URL): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** One source for all curves: what differs is written for each. */
function nistKernel(entry: string, curve: NistCurve): Kernel {
  return {
    entry,
    memoryBytes: NIST_MEMORY_BYTES,
    written: {
      "tls/provider/kernels/nist_constants.ts": () => nistConstants(curve),
      "tls/provider/kernels/nist_field.ts": () => nistField(curve),
    },
  };
}

if (import.meta.main) {
  const check = Deno.args.includes("--check");
  for (const kernel of KERNELS) {
    const compiled = await compileKernel(kernel);
    const path = modulePath(kernel);
    if (!check) {
      Deno.writeFileSync(path, compiled);
      console.log(`${kernel.entry}: ${compiled.length} bytes`);
    } else if (!equal(compiled, Deno.readFileSync(path))) {
      console.error(`${kernel.entry} has changed: run deno task kernels and commit the result`);
      Deno.exit(1);
    }
  }
}
