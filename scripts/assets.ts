/**
 * Bundles what browsers load into modules of text, which are committed, for that is what every
 * `deno compile` can carry: the dashboard's script and style into `lib/http/dashboard/assets.ts`, the
 * client into `lib/http/sdk_bundle.ts`. `--check` compares instead of writing, for CI.
 *
 * @module
 */
import { xxh3_64 } from "../protocol/xxhash.ts";

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

/** The text of `sdk_bundle.ts` for a bundled client. */
export function sdkModule(script: string): string {
  const hash = xxh3_64(new TextEncoder().encode(script)).toString(16).padStart(16, "0");
  return [
    "// deno-fmt-ignore-file",
    "/**",
    " * The client that pages load, written by `deno task assets`: change `lib/browser/` instead.",
    " *",
    " * @module",
    " */",
    "",
    "/** XXH3-64 of the script. */",
    `export const SDK_HASH = ${JSON.stringify(hash)};`,
    "",
    "/** `lib/browser/sdk.ts` and all that it imports, minified: one ES module. */",
    `export const SDK_SCRIPT = ${JSON.stringify(script)};`,
    "",
  ].join("\n");
}

/** A style sheet without comments and without spaces at the ends of its lines. */
export function compactStyle(css: string): string {
  return css.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/\s*\n\s*/g, "\n").trim();
}

/** Paths are those of the checkout, so that the same text comes out wherever it lies. */
async function bundle(entry: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", "--minify", entry],
    cwd: CHECKOUT,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

async function main(): Promise<number> {
  const css = Deno.readTextFileSync(new URL("lib/http/dashboard/client/style.css", CHECKOUT));
  const style = compactStyle(css);
  const script = await bundle("lib/http/dashboard/client/main.ts");
  const sdk = await bundle("lib/browser/sdk.ts");
  console.log(
    `assets: ${script.length} characters of script, ${style.length} of style, ${sdk.length} of sdk.js`,
  );
  const modules = {
    "lib/http/dashboard/assets.ts": assetsModule(script, style),
    "lib/http/sdk_bundle.ts": sdkModule(sdk),
  };
  const isCheck = Deno.args.includes("--check");
  const stale = Object.entries(modules).filter(([path, text]) =>
    Deno.readTextFileSync(new URL(path, CHECKOUT)) !== text
  );
  for (const [path, text] of stale) {
    if (isCheck) console.error(`${path} is not what its sources make: run \`deno task assets\``);
    else Deno.writeTextFileSync(new URL(path, CHECKOUT), text);
  }
  return isCheck && stale.length > 0 ? 1 : 0;
}

const CHECKOUT = new URL("..", import.meta.url);

if (import.meta.main) Deno.exit(await main());
