import { assertEquals } from "@std/assert";
import type { RootUser } from "../../../lib/node/root_user.ts";
import { greet } from "../../../lib/service/greeting.ts";
import { configureLogs } from "../../../lib/telemetry.ts";
import { VERSION } from "../../../lib/version.ts";
import { load } from "../../support/config_source.ts";

const BOUND = {
  tcp: { hostname: "127.0.0.1", port: 8090 },
  http: { hostname: "0.0.0.0", port: 3000 },
};

/** What a node says that is configured by `environment`, without time and level. */
async function greeting(
  environment: Record<string, string>,
  node: Partial<Parameters<typeof greet>[1]> = {},
): Promise<string[]> {
  const lines: string[] = [];
  await configureLogs("info", (line) => lines.push(line.trimEnd().replace(/^.*? node: /, "")));
  try {
    const config = load("", { WHIPPET_TLS: "off", ...environment });
    greet(config, { bound: BOUND, authorityPath: "tls/ca.pem", root: { kind: "kept" }, ...node });
  } finally {
    await configureLogs("off", () => {});
  }
  return lines;
}

Deno.test("greet() tells in five lines what matters", async () => {
  assertEquals(await greeting({ IGGY_SYSTEM_PATH: "/data" }), [
    `whippet ${VERSION} serves tcp 127.0.0.1:8090, http 0.0.0.0:3000`,
    "Dashboard http://localhost:3000/ui",
    "TLS clients verify this node by /data/tls/ca.pem",
    "Data directory /data",
    "Users and their passwords are those in the data directory",
  ]);
});

Deno.test("greet() tells by whom a node is verified that has no authority of its own", async () => {
  const [, , authority] = await greeting({}, { authorityPath: undefined });
  assertEquals(authority.endsWith("whoever signed the certificates in its configuration"), true);
});

Deno.test("greet() tells what keeps the dashboard away", async () => {
  const { tcp } = BOUND;
  const [, off] = await greeting({}, { bound: { tcp } });
  assertEquals(off, "Dashboard is off: http.enabled is false");
  const [, without] = await greeting({ IGGY_HTTP_WEB_UI: "false" });
  assertEquals(without, "Dashboard is off: http.web_ui is false");
});

Deno.test("greet() tells where root's password comes from, and one that was made up itself", async () => {
  const last = async (root: RootUser, environment = {}) =>
    (await greeting(environment, { root })).at(-1);
  assertEquals(
    await last({ kind: "configured" }, {
      IGGY_ROOT_USERNAME: "boss",
      IGGY_ROOT_PASSWORD: "secret",
    }),
    "Root user boss has the password of the environment",
  );
  assertEquals(
    await last({ kind: "invented", password: "made-up" }),
    "Root user iggy has the password made-up, shown this once",
  );
});
