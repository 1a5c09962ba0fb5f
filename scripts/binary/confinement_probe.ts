/**
 * A node's process with another worker in the node's place: one that tries what a node has no business
 * to do. Prints a line of JSON for each thread (`Attempts`), the main thread's once it has given up
 * what it may, and goes on until SIGTERM. Configured by the environment, as a node is.
 *
 * @module
 */
import { loadConfig } from "../../lib/config.ts";
import { serve } from "../../lib/service/serve.ts";
import { attempts } from "./confinement_attempts.ts";

const config = loadConfig({
  environment: Deno.env.toObject(),
  readText: () => undefined,
});
const code = serve(config, { fresh: false }, new URL("./confinement_worker.ts", import.meta.url));
while (Deno.permissions.querySync({ name: "read" }).state === "granted") {
  await new Promise((resolve) => setTimeout(resolve, 10));
}
console.log(JSON.stringify({ thread: "main", ...await attempts(config) }));
Deno.exit(await code);
