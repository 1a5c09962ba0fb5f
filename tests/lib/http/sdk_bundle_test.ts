import { assert, assertEquals } from "@std/assert";
import { SDK_HASH, SDK_SCRIPT } from "../../../lib/http/sdk_bundle.ts";
import { sdkModule } from "../../../scripts/assets.ts";
import { xxh3_64 } from "../../../protocol/xxhash.ts";

Deno.test("SDK_SCRIPT is one module that needs nothing but a browser", () => {
  assertEquals(/\bDeno\b|\bnode:|\bprocess\./.exec(SDK_SCRIPT), null);
  assertEquals(/\bimport\s*[("'{*]/.exec(SDK_SCRIPT), null);
});

Deno.test("SDK_SCRIPT compiles no WebAssembly, which strict pages forbid, and stays below 100 KB", () => {
  assert(!SDK_SCRIPT.includes("WebAssembly"));
  assert(SDK_SCRIPT.length < 100_000);
});

Deno.test("SDK_SCRIPT exports the client and its errors", async () => {
  const sdk = await import(`data:text/javascript,${encodeURIComponent(SDK_SCRIPT)}`);
  assertEquals(Object.keys(sdk).sort(), [
    "ConnectionError",
    "IggyClient",
    "IggyError",
    "TimeoutError",
    "errors",
  ]);
});

Deno.test("SDK_HASH is the script's", () => {
  const hash = xxh3_64(new TextEncoder().encode(SDK_SCRIPT));
  assertEquals(BigInt(`0x${SDK_HASH}`), hash);
  assert(sdkModule(SDK_SCRIPT).includes(SDK_HASH));
});
