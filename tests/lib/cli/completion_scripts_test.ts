import { assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../../lib/cli/commands/all.ts";
import { completionScript, SHELLS } from "../../../lib/cli/completion_scripts.ts";

/** What bash offers behind `words`, the last of which is being written. */
async function offered(...words: string[]): Promise<string[]> {
  const script = `${completionScript("bash", COMMANDS)}
COMP_WORDS=(whippet "$@"); COMP_CWORD=$#; _whippet; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const command = new Deno.Command("bash", { args: ["-c", script, "bash", ...words] });
  const { stdout } = await command.output();
  return new TextDecoder().decode(stdout).trim().split("\n");
}

Deno.test({
  name: "completionScript() makes bash complete commands, those below them, and options",
  ignore: Deno.build.os === "windows",
  async fn() {
    assertEquals(await offered("strea"), ["stream"]);
    assertEquals(await offered("stream", "cr"), ["create"]);
    assertEquals(await offered("-u", "t", "cre"), ["create"]);
    assertEquals(await offered("message", "poll", "orders", "--off"), ["--offset"]);
    assertEquals(await offered("completions", "f"), ["fish"]);
    assertEquals(await offered("stats", "--outp"), ["--output", "--output"]);
  },
});

Deno.test("completionScript() names every command to every shell", () => {
  for (const shell of SHELLS) {
    const script = completionScript(shell, COMMANDS);
    for (const { name } of COMMANDS) assertStringIncludes(script, name, shell);
  }
});
