/**
 * A picture of every page, light and dark, wide and narrow, and what axe-core says of it.
 *
 * @module
 */
import axe from "axe-core";
import type { Page } from "playwright-core";

/** A page to look at. */
export interface Shot {
  readonly name: string;
  readonly path: string;
  /** What makes it worth looking at, once it is there. */
  readonly prepare?: (page: Page) => Promise<void>;
}

/** Saves `FOLDER/NAME-light-1440.png` and its three siblings; gives what axe-core found. */
export async function shoot(
  page: Page,
  origin: string,
  shots: readonly Shot[],
  folder: string,
): Promise<string[]> {
  Deno.mkdirSync(folder, { recursive: true });
  const found: string[] = [];
  for (const { name, path, prepare } of shots) {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      for (const [width, height] of SIZES) {
        await page.setViewportSize({ width, height });
        await page.goto(`${origin}${path}`);
        await page.waitForLoadState("load");
        await prepare?.(page);
        await page.screenshot({ path: `${folder}/${name}-${colorScheme}-${width}.png` });
        found.push(
          ...(await examine(page)).map((fault) => `${name} ${colorScheme} ${width}: ${fault}`),
        );
      }
    }
  }
  await page.setViewportSize({ width: SIZES[0][0], height: SIZES[0][1] });
  return found;
}

/** What axe-core calls serious or worse. */
async function examine(page: Page): Promise<string[]> {
  // The page's own policy lets no script in; the debugger's door is open to it.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate("axe.run()") as axe.AxeResults;
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(
    ({ id, nodes }) =>
      `${id}: ${
        nodes.slice(0, 2).map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(" | ")
      }`,
  );
}

const SIZES: readonly (readonly [width: number, height: number])[] = [[1440, 900], [390, 844]];
