/**
 * What Iggy's own `iggy` is asked in interop/cli, word for word, asked of `main.ts`: the same
 * invocations work, and print what is looked for there.
 */
import { assert, assertStringIncludes } from "@std/assert";
import { runProgram } from "../support/program.ts";
import { startNode } from "../support/node.ts";

/** A line, and a text that it has to print; `undefined` for one that has to be refused. */
const LINES: readonly (readonly [line: string, wanted: string | undefined])[] = [
  ["ping -c 2", "Ping statistics"],
  ["stream create s", "created"],
  ["stream create s", undefined],
  ["stream delete nope", undefined],
  ["stream list", "s"],
  ["stream get s", "s"],
  ["topic create s t 3 none", "created"],
  ["topic get s t", "t"],
  ["topic list s", "t"],
  ["message send -p 0 s t one two three", ""],
  ["message poll -l -m 1 s t 0", "three"],
  ["message send -m some-key s t keyed", ""],
  ["message send -H k1:string:v1 s t headed", ""],
  ["message poll -f -m 10 s t 0", "one"],
  ["message poll -o 2 -m 1 s t 0", "three"],
  ["message poll -n -a -c 7 -m 1 s t 0", "one"],
  ["message poll -n -a -c 7 -m 1 s t 0", "two"],
  ["consumer-offset get 7 s t 0", "1"],
  ["consumer-offset set 8 s t 0 1", ""],
  ["message poll -n -c 8 -m 1 s t 0", "three"],
  ["partition create s t 2", ""],
  ["partition delete s t 2", ""],
  ["consumer-group create s t g", ""],
  ["consumer-group list s t", "g"],
  ["consumer-group get s t g", "g"],
  ["consumer-group delete s t g", ""],
  ["user create someone secret-1", ""],
  ["user list", "someone"],
  ["user delete someone", ""],
  ["pat create token", ""],
  ["pat list", "token"],
  ["pat delete token", ""],
  ["stats", "Server PID"],
  ["me", "Client"],
  ["client list", "TCP"],
  ["cluster metadata", ""],
  ["topic update s t t-2 none", ""],
  ["topic purge s t-2", ""],
  ["topic delete s t-2", ""],
  ["stream delete s", ""],
  ["stream delete s", undefined],
];

Deno.test("whippet takes what interop/cli asks of iggy, with the same options ahead", async () => {
  await using node = await startNode();
  const directory = node.directory;
  const ahead = [
    ...["--tcp-server-address", `127.0.0.1:${node.port}`],
    ...["--tcp-reconnection-max-retries", "1", "-u", "iggy", "-p", "iggy"],
  ];
  const env = { XDG_CONFIG_HOME: directory };
  for (const [line, wanted] of LINES) {
    const run = await runProgram([...ahead, ...line.split(" ")], { directory, env });
    const said = `${line}: ${Deno.inspect(run)}`;
    if (wanted === undefined) assert(run.code !== 0, said);
    else assert(run.code === 0, said);
    assertStringIncludes(run.stdout, wanted ?? "");
  }
  const wrong = await runProgram([...ahead, "-p", "wrong", "me"], { directory, env });
  assert(wrong.code === 4, Deno.inspect(wrong));
});
