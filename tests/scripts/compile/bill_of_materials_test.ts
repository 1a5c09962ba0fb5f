import { assertEquals, assertThrows } from "@std/assert";
import { billOfMaterials } from "../../../scripts/compile/bill_of_materials.ts";
import { LOCK } from "./sample_lock.ts";

const LICENCES = new Map(Object.keys(LOCK.npm).map((key) => [key, "MIT"]));

function bill(licences: ReadonlyMap<string, string> = LICENCES) {
  return billOfMaterials({ version: "0.1.0", denoVersion: "2.6.10", lock: LOCK, licences });
}

Deno.test("billOfMaterials() lists the runtime and each package with licence and hash", () => {
  const { components } = bill();
  assertEquals(components.map(({ name }) => name), [
    "deno",
    "framework",
    "peer",
    "parser",
    "random",
    "tester",
  ]);
  assertEquals(components[1], {
    type: "library",
    "bom-ref": "pkg:npm/framework@2.0.0",
    name: "framework",
    version: "2.0.0",
    hashes: [{ alg: "SHA-512", content: "000102" }],
    licenses: [{ expression: "MIT" }],
    purl: "pkg:npm/framework@2.0.0",
  });
});

Deno.test("billOfMaterials() says who needs whom, and names nobody who is not listed", () => {
  const { components, dependencies, metadata } = bill();
  const listed = new Set([metadata.component, ...components].map((each) => each["bom-ref"]));
  for (const { ref, dependsOn } of dependencies) {
    for (const name of [ref, ...dependsOn]) assertEquals(listed.has(name), true, name);
  }
  assertEquals(dependencies.find(({ ref }) => ref === "pkg:npm/framework@2.0.0")?.dependsOn, [
    "pkg:npm/peer@3.0.0",
  ]);
});

Deno.test("billOfMaterials() is the same text every time", () => {
  assertEquals(JSON.stringify(bill()), JSON.stringify(bill()));
});

Deno.test("billOfMaterials() refuses a package that states no licence", () => {
  assertThrows(
    () => bill(new Map()),
    Error,
    "Package framework@2.0.0_peer@3.0.0 states no licence",
  );
});
