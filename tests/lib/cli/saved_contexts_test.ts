import { assertEquals, assertThrows } from "@std/assert";
import * as saved from "../../../lib/cli/saved_contexts.ts";
import { CommandError } from "../../../lib/cli/ports.ts";
import { CliWorld } from "../../support/cli_world.ts";

const NONE = { active: saved.DEFAULT_CONTEXT, contexts: { default: {} } };

Deno.test("readContexts() finds an empty default where there is no file", () => {
  const world = new CliWorld();
  assertEquals(saved.readContexts(world), NONE);
  world.configFolder = undefined;
  assertEquals(saved.readContexts(world), NONE);
  assertThrows(() => saved.writeContexts(NONE, world), CommandError, "set HOME");
});

Deno.test("writeContexts() writes for nobody else to read", () => {
  const world = new CliWorld();
  const contexts = saved.withContext(NONE, "x", { token: "secret" });
  saved.writeContexts(contexts, world);
  const path = "/home/ada/.config/whippet/contexts.json";
  assertEquals([...world.secrets], [path]);
  assertEquals([...world.folders], ["/home/ada/.config/whippet"]);
  assertEquals(saved.readContexts(world), contexts);
});

Deno.test("readContexts() refuses a file that holds something else", () => {
  const world = new CliWorld();
  for (const text of ["no", "null", "{}", '{"active":1,"contexts":{}}']) {
    world.files.set("/home/ada/.config/whippet/contexts.json", text);
    assertThrows(() => saved.readContexts(world), Error);
  }
});

Deno.test("activeContext() knows only names that there are", () => {
  assertEquals(saved.activeContext(NONE), {});
  for (const name of ["nowhere", "toString"]) {
    assertThrows(() => saved.activeContext(NONE, name), CommandError, "does not exist");
  }
});
