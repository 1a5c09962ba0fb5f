import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { commandList, isForCommands, runCommand } from "../../../lib/cli/program.ts";
import { CliWorld } from "../../support/cli_world.ts";

async function run(line: string, world = new CliWorld()): Promise<[number, string]> {
  const code = await runCommand(line.split(" ").filter((word) => word !== ""), world);
  return [code, [...world.printed, ...world.complaints].join("\n")];
}

Deno.test("isForCommands() tells a command from the flags of the node", () => {
  const lines = [
    ["stream list", true],
    ["-u iggy -p iggy stream list", true],
    ["--transport=tcp me", true],
    ["--tcp-reconnection-max-retries 1 me", true],
    ["strem", true],
    ["", false],
    ["--dev", false],
    ["--config file", false],
    ["-u iggy", false],
    ["--help", false],
  ] as const;
  for (const [line, expected] of lines) {
    assertEquals(isForCommands(line.split(" ").filter(Boolean)), expected, line);
  }
});

Deno.test("runCommand() says what was meant by a wrong command or option, and ends with 2", async () => {
  const [code, said] = await run("strem list");
  assertEquals(code, 2);
  assertStringIncludes(said, "Unknown command 'strem', did you mean stream?");
  const [, inner] = await run("stream crate x");
  assertStringIncludes(inner, "did you mean create?\nRun `whippet stream --help`");
  assertStringIncludes((await run("sevre"))[1], "did you mean serve?");
  const [, option] = await run("stream list --otput json");
  assertStringIncludes(option, "did you mean --output?");
});

Deno.test("runCommand() ends with 2 for arguments that are missing or wrong", async () => {
  for (const line of ["stream", "stream create", "topic create a b many none", "ping -c 0"]) {
    assertEquals((await run(line))[0], 2, line);
  }
});

Deno.test("runCommand() ends with 3 where nobody answers, and says how to find out", async () => {
  const [code, said] = await run("-u a -p b stream list");
  assertEquals(code, 3);
  assertStringIncludes(said, "`whippet doctor`");
});

Deno.test("runCommand() prints help with examples and exit codes", async () => {
  const [code, said] = await run("help");
  assertEquals(code, 0);
  assertStringIncludes(said, "130  interrupted");
  assertStringIncludes((await run("help stream"))[1], "Create a stream");
  assertStringIncludes((await run("topic create --help"))[1], "Examples:\n  whippet topic create");
});

Deno.test("runCommand() takes shared options behind the command too, and they win", async () => {
  const world = new CliWorld();
  const [code, said] = await run("--output json context list --output ndjson", world);
  assertEquals([code, said.split("\n").length], [0, 1]);
});

Deno.test("runCommand() writes what was called, without its arguments, where --debug says", async () => {
  const world = new CliWorld();
  await run("-d log -u a -p hidden stream list", world);
  const log = world.files.get("log")!;
  assertStringIncludes(log, "whippet stream list: ConnectionError");
  assert(!log.includes("hidden"), log);
  assertEquals([...world.secrets], ["log"]);
});

Deno.test("commandList() has a line for each command", () => {
  assertStringIncludes(commandList(), "  stream");
});
