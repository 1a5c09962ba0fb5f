/**
 * What of the project ships: the imports that the product's sources name, the packages that these
 * bring along, and the files of those packages that can be run. `deno compile` would embed every
 * package of the configuration, with the tests of each.
 *
 * @module
 */

/** What this needs of `deno.json`. */
export interface DenoConfig {
  readonly imports: Readonly<Record<string, string>>;
  /** Folders that stand in for JSR packages. */
  readonly links: readonly string[];
  readonly compilerOptions: Readonly<Record<string, unknown>>;
  /** Features of the runtime that have to be asked for. */
  readonly unstable: readonly string[];
}

/** What this needs of `deno.lock`, version 5. */
export interface DenoLock {
  readonly version: string;
  /** `npm:zod@4.6.7` to the version that was resolved: `4.6.7`. */
  readonly specifiers: Readonly<Record<string, string>>;
  /** `zod@4.6.7` to what it is. */
  readonly npm: Readonly<Record<string, LockedPackage>>;
  readonly workspace: {
    readonly dependencies: readonly string[];
    readonly links: Readonly<Record<string, { readonly dependencies?: readonly string[] }>>;
  };
}

/** A package in the lock. */
export interface LockedPackage {
  /** `sha512-` and base64. */
  readonly integrity: string;
  /** Names, with `@VERSION` where the name alone is not clear. */
  readonly dependencies?: readonly string[];
}

/** The names of packages that a source imports, without subpaths. */
export function importedPackages(source: string): Set<string> {
  const found = source.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)"((?:@[\w-]+\/)?[\w-]+)[^":]*"/g);
  return new Set(Array.from(found, ([, name]) => name));
}

/** The configuration for the shipped sources alone, which name `packages`. */
export function shippedConfig(config: DenoConfig, packages: ReadonlySet<string>): object {
  const links = config.links.filter((link) => packages.has(linkedName(link)));
  return {
    imports: ordered(config.imports, (name) => packages.has(name)),
    ...(links.length > 0 ? { links } : {}),
    compilerOptions: config.compilerOptions,
    unstable: config.unstable,
    // A folder that can be looked through and thinned out before it is embedded.
    nodeModulesDir: "auto",
  };
}

/** The lock for the shipped sources alone: the same versions and hashes, without what is not needed. */
export function shippedLock(
  lock: DenoLock,
  { imports }: DenoConfig,
  packages: ReadonlySet<string>,
): DenoLock {
  const own = Object.entries(imports).filter(([name]) => packages.has(name))
    .map(([, specifier]) => specifier);
  const links = ordered(lock.workspace.links, (name) => packages.has(nameOf(name.slice(4))));
  const specifiers = new Set([
    ...own,
    ...Object.values(links).flatMap(({ dependencies }) => dependencies ?? []),
  ]);
  const kept = reachable(lock, specifiers);
  return {
    version: lock.version,
    specifiers: ordered(lock.specifiers, (specifier) => specifiers.has(specifier)),
    npm: ordered(lock.npm, (key) => kept.has(key)),
    workspace: {
      dependencies: lock.workspace.dependencies.filter((specifier) => specifiers.has(specifier)),
      links,
    },
  };
}

/** The key in `lock.npm` of what a package names as its dependency. */
export function dependencyKey(lock: DenoLock, dependency: string): string {
  const key = Object.keys(lock.npm).find((key) =>
    key === dependency || key.startsWith(`${dependency}_`) || nameOf(key) === dependency
  );
  if (key === undefined) throw new Error(`deno.lock has no package ${dependency}`);
  return key;
}

/** `@hono/zod-openapi` of `@hono/zod-openapi@1.6.3_hono@4.13.19`. */
export function nameOf(key: string): string {
  return key.slice(0, key.indexOf("@", 1));
}

/** `1.6.3` of `@hono/zod-openapi@1.6.3_hono@4.13.19`. */
export function versionOf(key: string): string {
  return key.slice(key.indexOf("@", 1) + 1).split("_")[0];
}

/**
 * Whether a file of a package is of use to a program: its code, and what says how to load that.
 * Tests are left out for their own sake too: those of bintrees overflow the stack of `deno compile`.
 */
export function isRunnable(path: string): boolean {
  return /\.(?:[cm]?js|json)$/.test(path) && !/\/tests?\/|\.min\.js$/.test(path);
}

/** The keys of all packages that the specifiers need. */
function reachable(lock: DenoLock, specifiers: Iterable<string>): Set<string> {
  const kept = new Set<string>();
  const pending = Array.from(specifiers, (specifier) => lock.specifiers[specifier] && specifier)
    .filter((specifier) => specifier?.startsWith("npm:"))
    .map((specifier) => `${nameOf(specifier.slice(4))}@${lock.specifiers[specifier]}`);
  for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
    if (kept.has(key)) continue;
    kept.add(key);
    const dependencies = lock.npm[key]?.dependencies ?? [];
    pending.push(...dependencies.map((name) => dependencyKey(lock, name)));
  }
  return kept;
}

/** `@std/toml` of `./scripts/std/toml`. */
function linkedName(link: string): string {
  return `@std/${link.split("/").at(-1)}`;
}

function ordered<Value>(
  record: Readonly<Record<string, Value>>,
  isKept: (key: string) => boolean,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => isKept(key)));
}
