import { assertEquals } from "@std/assert";
import { VERSION } from "../../lib/version.ts";
import { targetNamed, TARGETS } from "../../scripts/compile/targets.ts";
import { platformPackage } from "../../scripts/npm_packages.ts";

Deno.test("platformPackage() says where its program runs", () => {
  assertEquals(platformPackage("1.2.3", targetNamed("x86_64-pc-windows-msvc")), {
    name: "@whippet/win32-x64",
    version: "1.2.3",
    description: "whippet for win32 on x64",
    license: "Apache-2.0",
    os: ["win32"],
    cpu: ["x64"],
    files: ["whippet.exe"],
  });
});

Deno.test("The package whippet has the version of this, and asks for that of each machine", () => {
  const about = JSON.parse(
    Deno.readTextFileSync(new URL("../../packaging/npm/package.json", import.meta.url)),
  );
  assertEquals(about.version, VERSION);
  const platforms = TARGETS.map((target) => platformPackage(VERSION, target));
  const wanted = Object.fromEntries(platforms.map(({ name, version }) => [name, version]));
  assertEquals(about.optionalDependencies, wanted);
});
