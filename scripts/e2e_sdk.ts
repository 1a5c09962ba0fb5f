/**
 * Uses `/sdk.js` in headless Chromium over wss with the node's own authority: `deno task e2e:sdk`. Needs
 * Debian's packages chromium and libnss3-tools. Exits with 1 when a page that may cannot send and poll,
 * or one that may not can.
 *
 * @module
 */
import { startBrowser } from "./e2e/browser.ts";
import { sdkJourney } from "./e2e/sdk.ts";
import { startNode } from "./node_process.ts";

async function main(): Promise<number> {
  const folder = Deno.makeTempDirSync({ prefix: "whippet-e2e-sdk-" });
  const data = `${folder}/data`;
  await using admitted = servePage();
  await using foreign = servePage();
  const node = await startNode({
    dataDirectory: data,
    logFile: `${folder}/node.log`,
    env: {
      IGGY_HTTP_ENABLED: "true",
      IGGY_HTTP_ADDRESS: "127.0.0.1:0",
      WHIPPET_WEBSOCKET_ALLOWED_ORIGINS: JSON.stringify([admitted.origin]),
    },
  });
  try {
    const origin = `https://localhost:${node.httpAddress.split(":").at(-1)}`;
    await using browser = await startBrowser(origin, `${data}/tls/ca.pem`, folder);
    const faults = await sdkJourney(browser.context, {
      node: origin,
      admitted: admitted.origin,
      foreign: foreign.origin,
    });
    for (const fault of faults) console.error(fault);
    console.log(`sdk.js in three pages; ${faults.length} faults`);
    return faults.length === 0 ? 0 : 1;
  } finally {
    await node.stop();
  }
}

/** A server of one empty page, on an origin of its own. */
function servePage() {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    const headers = { "content-type": "text/html" };
    return new Response("<!doctype html><title>Page</title>", { headers });
  });
  const origin = `http://127.0.0.1:${server.addr.port}`;
  return { origin, [Symbol.asyncDispose]: () => server.shutdown() };
}

if (import.meta.main) Deno.exit(await main());
