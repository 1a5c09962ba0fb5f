/**
 * Who may import whom: the one table behind the lint rule `whippet/imports`. Each row is a file or a
 * folder of the repository; the first row that matches a path is its layer. What a row does not
 * name, it may not import. docs/architecture.md draws the same picture.
 *
 * @module
 */

/** One row: a place and what its files may import besides their own folder. */
interface Layer {
  /** A file, or a folder when it ends in `/`, or a name both begin with. */
  readonly path: string;
  /** Files and folders, in the same notation. `FOUNDATION` comes on top for everything in `lib/`. */
  readonly imports: readonly string[];
  /** Packages, by the name before any subpath. `"*"`: any. */
  readonly packages: readonly string[];
}

/** What all of `lib/` stands on. */
const FOUNDATION = [
  "protocol/",
  "lib/buffers.ts",
  "lib/limits.ts",
  "lib/ports.ts",
  "lib/telemetry",
  "lib/waiters.ts",
];

/** The layers, inner places before the folders that hold them. */
const LAYERS: readonly Layer[] = [
  { path: "tests/", imports: ["*"], packages: ["*"] },
  { path: "scripts/", imports: ["*"], packages: ["*"] },
  { path: "main.ts", imports: ["mod.ts", "lib/", "protocol/"], packages: ["commander"] },
  { path: "mod.ts", imports: ["lib/", "protocol/", "tls/mod.ts"], packages: [] },
  { path: "protocol/", imports: [], packages: [] },
  {
    path: "lib/service/",
    imports: [
      "lib/auth/argon2id.ts",
      "lib/config",
      "lib/log/format.ts",
      "lib/node",
      "lib/os/",
      "lib/session/session.ts",
      "lib/version.ts",
    ],
    packages: [],
  },
  {
    path: "tls/provider/",
    imports: ["tls/"],
    packages: ["@noble/ciphers", "@noble/curves", "@noble/hashes", "@noble/post-quantum"],
  },
  { path: "tls/", imports: ["tls/provider/"], packages: [] },
  { path: "lib/node", imports: ["lib/", "tls/"], packages: [] },
  {
    path: "lib/http/",
    imports: [
      "lib/session/",
      "lib/handlers/",
      "lib/auth/",
      "lib/catalog/",
      "lib/log/",
      "lib/config",
    ],
    packages: ["hono", "@hono/zod-openapi", "prom-client", "zod"],
  },
  {
    path: "lib/encryption/",
    imports: [
      "lib/certificates/provider.ts",
      "lib/log/batch_cipher.ts",
      "lib/log/lru.ts",
      "tls/hkdf.ts",
      "tls/provider/",
    ],
    packages: [],
  },
  { path: "lib/browser/", imports: ["lib/client/", "lib/os/"], packages: [] },
  { path: "lib/certificates/", imports: ["tls/"], packages: [] },
  {
    path: "lib/cli/",
    imports: [
      "lib/certificates/",
      "lib/client/",
      "lib/config",
      "lib/http/json.ts",
      "lib/log/checksum",
      "lib/transport/ciphertext",
      "lib/transport/tls",
      "lib/version.ts",
      "tls/",
    ],
    packages: ["cli-progress", "commander"],
  },
  { path: "lib/transport/", imports: ["lib/session/", "tls/"], packages: [] },
  {
    path: "lib/session/",
    imports: ["lib/handlers/", "lib/catalog/", "lib/log/", "lib/auth/"],
    packages: [],
  },
  { path: "lib/handlers/", imports: ["lib/catalog/", "lib/log/", "lib/auth/"], packages: [] },
  { path: "lib/log/checksum", imports: ["lib/log/kernels/"], packages: ["hash-wasm"] },
  { path: "lib/log/", imports: ["lib/log/checksum"], packages: [] },
  { path: "lib/catalog/", imports: [], packages: [] },
  { path: "lib/auth/", imports: [], packages: ["hash-wasm", "@std/crypto", "hono"] },
  {
    path: "lib/client/",
    imports: [
      "lib/certificates/",
      "lib/log/checksum",
      "lib/transport/ciphertext",
      "lib/transport/tls",
      "tls/",
    ],
    packages: [],
  },
  { path: "lib/config", imports: [], packages: ["@std/toml", "commander"] },
  {
    path: "lib/telemetry",
    imports: [],
    packages: ["@logtape/logtape", "@opentelemetry/api", "prom-client"],
  },
  { path: "lib/os/", imports: ["lib/cli/ports.ts"], packages: [] },
  { path: "lib/", imports: [], packages: [] },
];

/** The layer a file of the repository belongs to; `undefined` for a file at the root with no row. */
export function layerOf(path: string): Layer | undefined {
  return LAYERS.find((layer) => path.startsWith(layer.path));
}

/** Whether `from` (a file) may import `to` (a file); both as paths from the root of the repository. */
export function mayImport(from: string, to: string): boolean {
  const layer = layerOf(from);
  if (layer === undefined) return true;
  if (layerOf(to) === layer) return true;
  const allowed = from.startsWith("lib/") ? [...layer.imports, ...FOUNDATION] : layer.imports;
  return allowed.some((path) => path === "*" || to.startsWith(path));
}

/** Whether `from` (a file) may import the package `name`, with or without a subpath. */
export function mayUsePackage(from: string, name: string): boolean {
  const packages = layerOf(from)?.packages ?? ["*"];
  return packages.some((each) => each === "*" || name === each || name.startsWith(`${each}/`));
}
