import { assertEquals } from "@std/assert";
import { decodeBase64 } from "../../../lib/config/http.ts";
import { load, problemsOf } from "../../support/config_source.ts";

const SECRET = "c2VjcmV0IQ==";

Deno.test("httpConfigOf() has Iggy's values where nobody says anything", () => {
  const { maxRequestSizeBytes, metrics, cors, jwt } = load().httpApi;
  assertEquals(maxRequestSizeBytes, 2_000_000);
  assertEquals(metrics, { enabled: true, endpoint: "/metrics", access: "token" });
  assertEquals(cors.allowedOrigins, ["*"]);
  assertEquals(
    [jwt.algorithm, jwt.lifetimeSeconds, jwt.clockSkewSeconds, jwt.encodingSecret],
    ["HS256", 3600, 5, undefined],
  );
});

Deno.test("httpConfigOf() reads secrets as text or as base64, and shows them to nobody", () => {
  const secret = (extra: string) => {
    const config = load(`[http.jwt]\nencoding_secret = "${SECRET}"\n${extra}`);
    assertEquals(JSON.stringify(config.settings).includes(SECRET), false);
    assertEquals(Deno.inspect(config).includes("c2VjcmV0"), false);
    return new TextDecoder().decode(config.httpApi.jwt.encodingSecret!.reveal());
  };
  assertEquals(secret(""), SECRET);
  assertEquals(secret("use_base64_secret = true"), "secret!");
});

Deno.test("httpConfigOf() takes an access token that never expires", () => {
  const { jwt } = load('[http.jwt]\naccess_token_expiry = "none"').httpApi;
  assertEquals(jwt.lifetimeSeconds, undefined);
});

Deno.test("settings of HTTP that cannot stand together are refused with the way out", () => {
  const at = "core/server/config.toml:2:1: ";
  assertEquals(problemsOf('[http.metrics]\nendpoint = "metrics"'), [
    `${at}"http.metrics.endpoint" "metrics" must begin with "/"`,
  ]);
  assertEquals(problemsOf("[http.cors]\nallow_credentials = true"), [
    `${at}"http.cors.allow_credentials" is true, and "http.cors.allowed_origins" lets in any; ` +
    "name the origins that may send cookies",
  ]);
  assertEquals(problemsOf('[http.jwt]\ndecoding_secret = "%%%"\nuse_base64_secret = true'), [
    `${at}"http.jwt.decoding_secret" is not base64; write it so, or set ` +
    '"http.jwt.use_base64_secret" to false',
  ]);
});

Deno.test("decodeBase64() gives nothing for what is no base64", () => {
  assertEquals(decodeBase64(SECRET), new TextEncoder().encode("secret!"));
  assertEquals(decodeBase64("%%%"), undefined);
});
