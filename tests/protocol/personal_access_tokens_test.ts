import { assertEquals } from "@std/assert";
import { COMMANDS } from "../../protocol/commands.ts";
import { NEVER_EXPIRES } from "../../protocol/options.ts";
import { decoded, hex, specifyCommand } from "../support/codec_laws.ts";

specifyCommand("getPersonalAccessTokens", {
  request: undefined,
  response: [
    { name: "ci", expiryAt: undefined },
    { name: "cd", expiryAt: 1_700_000_000_000_000 },
  ],
});
specifyCommand("createPersonalAccessToken", {
  request: { name: "ci", expiry: NEVER_EXPIRES },
  response: { token: "x".repeat(68) },
});
specifyCommand("deletePersonalAccessToken", { request: { name: "ci" }, response: undefined });
specifyCommand("loginWithPersonalAccessToken", {
  request: { token: "x".repeat(68) },
  response: { userId: 4294967295 },
});

Deno.test("GET_PERSONAL_ACCESS_TOKENS.response says 0 for a token that never expires", () => {
  assertEquals(
    decoded(COMMANDS.getPersonalAccessTokens.response.classic!, hex("026369 0000000000000000")),
    [{ name: "ci", expiryAt: undefined }],
  );
});
