import { assertEquals } from "@std/assert";
import { nodePermissions } from "../../../lib/service/permissions.ts";
import { load } from "../../support/config_source.ts";

const FOLDERS = { data: "/var/lib/whippet", bridge: "/var/lib/whippet/http" };
const SOCKET = "unix:/var/lib/whippet/http/gate";

/** What a node gets that is configured by `environment`. */
function permissions(environment: Record<string, string>) {
  return nodePermissions(load("", environment), FOLDERS);
}

/** Without the program's own code. */
function filesRead({ read }: Deno.PermissionOptionsObject): string[] {
  return (read as string[]).filter((path) =>
    !/service\/\.\.\/\.\.\/(lib|protocol|tls)$/.test(path)
  );
}

Deno.test("nodePermissions() lets a node read and write its folders, by whichever name", () => {
  const granted = permissions({ IGGY_SYSTEM_PATH: "data" });
  assertEquals(granted.write, [FOLDERS.data, FOLDERS.bridge, "data"]);
  assertEquals(filesRead(granted), [FOLDERS.data, FOLDERS.bridge, "data"]);
});

Deno.test("nodePermissions() lets a node read the keys and certificates it is configured with, and write none", () => {
  const granted = permissions({
    IGGY_SYSTEM_PATH: FOLDERS.data,
    IGGY_TCP_TLS_ENABLED: "true",
    IGGY_TCP_TLS_CERT_FILE: "tcp.pem",
    IGGY_TCP_TLS_KEY_FILE: "tcp.key",
    IGGY_HTTP_TLS_ENABLED: "true",
    IGGY_HTTP_TLS_CERT_FILE: "http.pem",
    IGGY_HTTP_TLS_KEY_FILE: "http.key",
    IGGY_SYSTEM_ENCRYPTION_ENABLED: "true",
    WHIPPET_SYSTEM_ENCRYPTION_KEY_FILE: "at-rest.key",
    WHIPPET_CLIENT_CERTIFICATES_CA_FILE: "clients.pem",
  });
  assertEquals(filesRead(granted).slice(2), [
    ...["tcp.pem", "tcp.key", "http.pem", "http.key"],
    ...["clients.pem", "at-rest.key"],
  ]);
  assertEquals(granted.write, [FOLDERS.data, FOLDERS.bridge]);
});

Deno.test("nodePermissions() lets a node listen where it is told, and reach its own bridge", () => {
  const { net } = permissions({
    IGGY_TCP_ADDRESS: "127.0.0.1:8090",
    IGGY_WEBSOCKET_ADDRESS: "[::1]:0",
    IGGY_HTTP_ENABLED: "false",
    WHIPPET_TLS: "off",
  });
  const bridge = Deno.build.os === "windows" ? "127.0.0.1" : SOCKET;
  assertEquals(net, ["127.0.0.1:8090", "[::1]", bridge]);
});

Deno.test("nodePermissions() keeps a node from environment, programs, libraries and foreign code", () => {
  const { env, run, ffi, import: code } = permissions({});
  assertEquals([env, run, ffi, code], [false, false, false, false]);
});
