/**
 * `--fresh`.
 *
 * @module
 */

/** Removes what a node keeps in its data directory, and nothing that is not a node's. */
export function emptyDataDirectory(path: string): void {
  for (const name of NODE_ENTRIES) {
    try {
      Deno.removeSync(`${path}/${name}`, { recursive: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** This node's, and those of Iggy's servers (CONFIG-CLI.md section 3), whose place it may take over. */
const NODE_ENTRIES = [
  "format",
  "catalog",
  "streams",
  "tls",
  "runtime",
  "http",
  "logs",
  "state",
  "metadata",
];
