/**
 * Waiting for what comes about by itself and tells nobody.
 *
 * @module
 */

/** Asks again and again until `check` gives true; rejects when that takes half a minute. */
export async function eventually(
  what: string,
  check: () => boolean | Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!await check()) {
    if (performance.now() > deadline) throw new Error(`It is still not so: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

const DEADLINE_MS = 30_000;
const PAUSE_MS = 10;
