import { assertEquals } from "@std/assert";
import { CommandError } from "../../../lib/cli/ports.ts";

Deno.test("CommandError says what to do", () => {
  const { name, message } = new CommandError("There is no file x: name another");
  assertEquals([name, message], ["CommandError", "There is no file x: name another"]);
});
