/**
 * Drives the dashboard as a person would, in headless Chromium over https with the node's own
 * authority: `deno task e2e [--shots FOLDER] [--shots-only]`. Needs Debian's packages chromium and
 * libnss3-tools. Exits with 1 when a step fails, a page logs an error, anything is asked of another
 * origin, or axe-core finds something serious.
 *
 * @module
 */
import { startBrowser } from "./e2e/browser.ts";
import { journey } from "./e2e/journey.ts";
import { SHOTS } from "./e2e/pages.ts";
import { shoot } from "./e2e/shots.ts";
import { startWorkload } from "./e2e/workload.ts";
import { startNode } from "./node_process.ts";

async function main(): Promise<number> {
  const folder = Deno.makeTempDirSync({ prefix: "whippet-e2e-" });
  const at = Deno.args.indexOf("--shots");
  const pictures = at < 0 ? `${folder}/shots` : Deno.args[at + 1];
  const data = `${folder}/data`;
  const node = await startNode({
    dataDirectory: data,
    logFile: `${folder}/node.log`,
    env: {
      IGGY_HTTP_ENABLED: "true",
      IGGY_HTTP_ADDRESS: "127.0.0.1:0",
      IGGY_SYSTEM_LOGGING_LEVEL: "debug",
    },
  });
  try {
    const origin = `https://localhost:${node.httpAddress.split(":").at(-1)}`;
    await using workload = await startWorkload(node.address);
    await using browser = await startBrowser(origin, `${data}/tls/ca.pem`, folder);
    const failed = await journey({
      ...browser,
      origin,
      workload,
      isShort: Deno.args.includes("--shots-only"),
    });
    const findings = await shoot(browser.page, origin, SHOTS, pictures);
    const faults = [...failed, ...browser.faults, ...new Set(findings)];
    for (const fault of faults) console.error(fault);
    console.log(`pictures in ${pictures}; ${faults.length} faults`);
    return faults.length === 0 ? 0 : 1;
  } finally {
    await node.stop();
  }
}

if (import.meta.main) Deno.exit(await main());
