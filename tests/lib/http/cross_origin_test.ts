import { assertEquals } from "@std/assert";
import type { HttpConfig } from "../../../lib/config.ts";
import { CrossOrigin } from "../../../lib/http/cross_origin.ts";

type CorsConfig = HttpConfig["cors"];

const CONFIG: CorsConfig = {
  enabled: true,
  allowedMethods: ["GET", "POST"],
  allowedOrigins: ["*"],
  allowedHeaders: ["content-type", ""],
  exposedHeaders: ["iggy-view"],
  allowCredentials: false,
  allowPrivateNetwork: false,
};

function ask(method = "GET", headers: Record<string, string> = {}): Request {
  return new Request("http://node/", {
    method,
    headers: { origin: "https://a.example", ...headers },
  });
}

const PREFLIGHT = ask("OPTIONS", {
  "access-control-request-method": "POST",
  "access-control-request-private-network": "true",
});

Deno.test("CrossOrigin.headers() names any origin, or the one that asks if it may", () => {
  const headers = (change: Partial<CorsConfig>) =>
    Object.fromEntries(new CrossOrigin({ ...CONFIG, ...change }).headers(ask()));
  const exposed = { "access-control-expose-headers": "iggy-view" };
  assertEquals(headers({}), { "access-control-allow-origin": "*", ...exposed });
  assertEquals(headers({ allowedOrigins: ["", "https://a.example"], allowCredentials: true }), {
    vary: "origin",
    "access-control-allow-origin": "https://a.example",
    "access-control-allow-credentials": "true",
    ...exposed,
  });
  assertEquals(headers({ allowedOrigins: ["https://b.example"] }), { vary: "origin", ...exposed });
  assertEquals(headers({ enabled: false }), {});
});

Deno.test("CrossOrigin.preflight() answers 200 with an empty body, and nothing else", async () => {
  const answer = new CrossOrigin(CONFIG).preflight(PREFLIGHT)!;
  assertEquals([answer.status, await answer.text()], [200, ""]);
  assertEquals(Object.fromEntries(answer.headers), {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET,POST",
    "access-control-allow-headers": "content-type",
  });
  assertEquals(new CrossOrigin(CONFIG).preflight(ask()), undefined);
  assertEquals(new CrossOrigin({ ...CONFIG, enabled: false }).preflight(PREFLIGHT), undefined);
});

Deno.test("CrossOrigin.preflight() lets pages of public addresses ask where that is allowed", () => {
  const answer = new CrossOrigin({ ...CONFIG, allowPrivateNetwork: true }).preflight(PREFLIGHT)!;
  assertEquals(answer.headers.get("access-control-allow-private-network"), "true");
});
