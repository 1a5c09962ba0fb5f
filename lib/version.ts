/**
 * What this program is called and which version of it this is; a test holds it equal to `deno.json`.
 *
 * @module
 */

export const VERSION = "0.1.0";
