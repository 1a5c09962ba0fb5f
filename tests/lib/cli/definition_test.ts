import { assertEquals } from "@std/assert";
import { isGroup } from "../../../lib/cli/definition.ts";

Deno.test("isGroup() tells words with commands below them from commands", () => {
  const command = { name: "ping", about: "", examples: [], run: () => Promise.resolve() };
  const group = { name: "stream", about: "", commands: [command] };
  assertEquals([group, command].map(isGroup), [true, false]);
});
