import { assertEquals } from "@std/assert";
import { load } from "../../support/config_source.ts";

const OFF = { WHIPPET_TLS: "off" };
const TCP_ON = { IGGY_TCP_TLS_ENABLED: "true" };

Deno.test("TLS is spoken beside plain text, alone where it is enabled, and not at all where tls is off", () => {
  const modes = (environment: Record<string, string>) => {
    const { tcp, websocket, http } = load("", environment);
    return [tcp, websocket, http].map(({ tls }) => tls.mode);
  };
  assertEquals(modes({}), ["optional", "optional", "optional"]);
  assertEquals(modes(OFF), ["off", "off", "off"]);
  assertEquals(modes(TCP_ON), ["required", "optional", "optional"]);
  assertEquals(modes({ ...TCP_ON, ...OFF }), ["required", "off", "off"]);
  assertEquals(modes({ ...TCP_ON, WHIPPET_TCP_TLS_REQUIRED: "false" })[0], "optional");
});

Deno.test("Certificate files count where TLS is enabled, by Iggy's names", () => {
  const files = { IGGY_TCP_TLS_CERT_FILE: "a.pem", IGGY_TCP_TLS_KEY_FILE: "b.pem" };
  assertEquals(load("", files).tcp.tls.files, undefined);
  assertEquals(load("", { ...files, ...TCP_ON }).tcp.tls.files, {
    certFile: "a.pem",
    keyFile: "b.pem",
    selfSigned: true,
  });
  const toml = '[http.tls]\nenabled = true\nself_signed = false\ncert_file = "c.pem"';
  assertEquals(load(toml).http.tls.files, {
    certFile: "c.pem",
    keyFile: "core/certs/iggy_key.pem",
    selfSigned: false,
  });
});

Deno.test("Clients are not asked for certificates unless that is configured", () => {
  assertEquals(load("").clientCertificates, { mode: "off", caFile: undefined, login: false });
  const toml = '[client_certificates]\nmode = "optional"\nca_file = "ca.pem"\nlogin = true';
  assertEquals(load(toml).clientCertificates, {
    mode: "optional",
    caFile: "ca.pem",
    login: true,
  });
});
