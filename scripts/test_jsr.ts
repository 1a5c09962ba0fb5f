/**
 * `deno task test:jsr`: all tests with the real `@std` packages of JSR in place of the stand-ins, by a
 * copy of deno.json without its `links`. Fails where JSR is out of reach.
 *
 * @module
 */
const ROOT = new URL("..", import.meta.url);
const CONFIG = new URL(".deno.jsr.json", ROOT);

const { links: _, ...rest } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));
Deno.writeTextFileSync(CONFIG, JSON.stringify(rest, null, 2));
try {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--parallel",
      "--no-lock",
      "--no-prompt",
      "--allow-read",
      "--allow-write",
      "--allow-net",
      "--allow-env",
      "--allow-sys",
      "--allow-run",
      `--config=${CONFIG.pathname}`,
      "--ignore=tests/scripts",
      "tests",
    ],
    cwd: ROOT.pathname,
  }).spawn().status;
  if (code !== 0) console.error("Failed: the tests, or JSR is out of reach (see above)");
  Deno.exitCode = code;
} finally {
  Deno.removeSync(CONFIG);
}
