/**
 * The program that BoGo's runner starts for each of its tests: the engine with the reference provider
 * behind the runner's flags. `deno task bogo` runs it.
 *
 * @module
 */
import { reference, referenceMoreGroups } from "../../tls/provider/reference.ts";
import { runShim } from "./run_shim.ts";

const groups = [...reference.groups, ...referenceMoreGroups];
Deno.exit(await runShim(Deno.args, { ...reference, groups }));
