/**
 * Bundles the dashboard's script and style into `lib/http/dashboard/assets.ts`, which is committed: a
 * module of text is what every `deno compile` can carry. `--check` compares instead of writing, for CI.
 *
 * @module
 */

/** The text of `assets.ts` for a script and a style. */
export function assetsModule(script: string, style: string): string {
  return [
    "// deno-fmt-ignore-file",
    "/**",
    " * What the dashboard's pages load, written by `deno task assets`: change `client/` instead.",
    " *",
    " * @module",
    " */",
    "",
    "/** `client/main.ts` and all that it imports, minified. */",
    `export const SCRIPT = ${JSON.stringify(script)};`,
    "",
    "/** `client/style.css` without comments. */",
    `export const STYLE = ${JSON.stringify(style)};`,
    "",
  ].join("\n");
}

/** A style sheet without comments and without spaces at the ends of its lines. */
export function compactStyle(css: string): string {
  return css.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/\s*\n\s*/g, "\n").trim();
}

async function bundle(): Promise<string> {
  const entry = new URL("client/main.ts", FOLDER).pathname;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", "--minify", entry],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

async function main(): Promise<number> {
  const style = compactStyle(Deno.readTextFileSync(new URL("client/style.css", FOLDER)));
  const script = await bundle();
  const text = assetsModule(script, style);
  const path = new URL("assets.ts", FOLDER);
  console.log(`assets: ${script.length} characters of script, ${style.length} of style`);
  if (!Deno.args.includes("--check")) {
    Deno.writeTextFileSync(path, text);
    return 0;
  }
  if (Deno.readTextFileSync(path) === text) return 0;
  console.error("assets.ts is not what client/ makes: run `deno task assets`");
  return 1;
}

const FOLDER = new URL("../lib/http/dashboard/", import.meta.url);

if (import.meta.main) Deno.exit(await main());
