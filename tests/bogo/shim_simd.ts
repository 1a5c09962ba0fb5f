/**
 * The same program as `shim.ts`, with the provider that the node uses.
 *
 * @module
 */
import { moreGroups } from "../../tls/provider/assemble.ts";
import { simd, simdParts } from "../../tls/provider/simd.ts";
import { runShim } from "./run_shim.ts";

const groups = [...simd.groups, ...moreGroups(simdParts)];
Deno.exit(await runShim(Deno.args, { ...simd, groups }));
