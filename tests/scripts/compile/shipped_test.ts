import { assertEquals } from "@std/assert";
import {
  type DenoConfig,
  type DenoLock,
  dependencyKey,
  importedPackages,
  isRunnable,
  nameOf,
  shippedConfig,
  shippedLock,
  versionOf,
} from "../../../scripts/compile/shipped.ts";
import { LOCK } from "./sample_lock.ts";

const CONFIG: DenoConfig = {
  imports: {
    "@std/assert": "jsr:@std/assert@^1",
    "@std/toml": "jsr:@std/toml@^1",
    "framework": "npm:framework@2.0.0",
    "tester": "npm:tester@1.0.0",
  },
  links: ["./scripts/std/assert", "./scripts/std/toml"],
  compilerOptions: { strict: true },
  unstable: ["net"],
};
const PACKAGES = new Set(["@std/toml", "framework"]);

Deno.test("importedPackages() finds the packages of all kinds of imports, without subpaths", () => {
  const source = `
    import { a } from "framework";
    import {
      b,
    } from "@scope/thing/part.js";
    export { c } from "exported/deep";
    import "effect";
    const d = await import("lazy");
    import type { E } from "./own.ts";
    import { f } from "node:fs";
  `;
  const expected = ["framework", "@scope/thing", "exported", "effect", "lazy"];
  assertEquals([...importedPackages(source)], expected);
});

Deno.test("shippedConfig() keeps the imports that ship, the stand-ins for them, and what the runtime is asked for", () => {
  assertEquals(shippedConfig(CONFIG, PACKAGES), {
    imports: { "@std/toml": "jsr:@std/toml@^1", "framework": "npm:framework@2.0.0" },
    links: ["./scripts/std/toml"],
    compilerOptions: { strict: true },
    unstable: ["net"],
    nodeModulesDir: "auto",
  });
});

Deno.test("shippedLock() keeps what the imports that ship need, directly or not", () => {
  const lock = shippedLock(LOCK, CONFIG, PACKAGES);
  assertEquals(Object.keys(lock.npm), ["framework@2.0.0_peer@3.0.0", "peer@3.0.0", "parser@4.0.0"]);
  assertEquals(Object.keys(lock.specifiers), ["npm:framework@2.0.0", "npm:parser@4.0.0"]);
  assertEquals(lock.workspace.links, {
    "jsr:@std/toml@1.0.0": { dependencies: ["npm:parser@4.0.0"] },
  });
  assertEquals(lock.workspace.dependencies, ["jsr:@std/toml@^1", "npm:framework@2.0.0"]);
});

Deno.test("shippedLock() keeps the hashes of this repository's own lock", () => {
  const read = (name: string) =>
    JSON.parse(Deno.readTextFileSync(new URL(`../../../${name}`, import.meta.url)));
  const config: DenoConfig = read("deno.json");
  const lock: DenoLock = read("deno.lock");
  const shipped = shippedLock(lock, config, new Set(["zod", "@hono/zod-openapi"]));
  assertEquals(shipped.npm["zod@4.6.7"], lock.npm["zod@4.6.7"]);
  assertEquals("fast-check@4.10.2" in shipped.npm, false);
});

Deno.test("dependencyKey() finds a package by its name, and by name and version", () => {
  assertEquals(dependencyKey(LOCK, "peer"), "peer@3.0.0");
  assertEquals(dependencyKey(LOCK, "framework@2.0.0"), "framework@2.0.0_peer@3.0.0");
});

Deno.test("nameOf() and versionOf() read a key with a scope and with peers", () => {
  assertEquals(nameOf("@scope/thing@1.6.3_peer@3.0.0"), "@scope/thing");
  assertEquals(versionOf("@scope/thing@1.6.3_peer@3.0.0"), "1.6.3");
});

Deno.test("isRunnable() keeps code and package.json, and leaves types, maps, texts and tests", () => {
  for (const path of ["a/index.js", "a/b.mjs", "a/c.cjs", "a/package.json", "a/d.umd.js"]) {
    assertEquals(isRunnable(path), true, path);
  }
  for (const path of ["a/b.d.ts", "a/b.js.map", "a/LICENSE", "a/test/b.js", "a/b.min.js"]) {
    assertEquals(isRunnable(path), false, path);
  }
});
