import { assertEquals } from "@std/assert";
import { loginFacts, loginRequest, logoutRequest } from "../../../lib/client/logins.ts";
import { COMMANDS } from "../../../protocol/commands.ts";
import { PROTOCOL_VERSION } from "../../../protocol/register.ts";
import { WireReader, WireWriter } from "../../../protocol/wire.ts";
import type { Request } from "../../../lib/client/exchange.ts";
import { hex } from "../../support/codec_laws.ts";

const BY_PASSWORD = { username: "iggy", password: "secret" };
const BY_TOKEN = { personalAccessToken: "c2VjcmV0" };

function bodyOf(request: Request<unknown>): WireReader {
  const writer = new WireWriter();
  request.writeBody(writer);
  return new WireReader(writer.written);
}

Deno.test("loginRequest() logs in by password with classic framing", () => {
  const request = loginRequest("classic", BY_PASSWORD);
  assertEquals(request.command, COMMANDS.loginUser);
  const body = COMMANDS.loginUser.request.classic!.decode(bodyOf(request));
  assertEquals(body, { ...BY_PASSWORD, version: "0.1.0", context: "whippet" });
  assertEquals(request.readBody(new WireReader(hex("05000000"))), 5);
});

Deno.test("loginRequest() logs in by token with classic framing", () => {
  const request = loginRequest("classic", BY_TOKEN);
  assertEquals(request.command, COMMANDS.loginWithPersonalAccessToken);
  const body = COMMANDS.loginWithPersonalAccessToken.request.classic!.decode(bodyOf(request));
  assertEquals(body, { token: "c2VjcmV0" });
});

Deno.test("loginRequest() registers with the protocol version and either login with VSR", () => {
  const codec = COMMANDS.register.request.vsr_0_11!;
  const byPassword = codec.decode(bodyOf(loginRequest("vsr_0_11", BY_PASSWORD)));
  assertEquals(byPassword.protocolVersion, PROTOCOL_VERSION);
  assertEquals(byPassword.byPassword, { ...BY_PASSWORD, context: "" });
  assertEquals(byPassword.exact, true);
  const byToken = codec.decode(bodyOf(loginRequest("vsr_0_11", BY_TOKEN)));
  assertEquals(byToken.byToken, { token: "c2VjcmV0", context: "" });
  assertEquals(byToken.exact, true);
});

Deno.test("loginRequest() and logoutRequest() leave no other request beside them", () => {
  for (const dialect of ["classic", "vsr_0_11"] as const) {
    assertEquals(loginRequest(dialect, BY_PASSWORD).isExclusive, true);
    assertEquals(loginRequest(dialect, BY_TOKEN).isExclusive, true);
  }
  assertEquals(logoutRequest().isExclusive, true);
  assertEquals(bodyOf(logoutRequest()).remaining, 0);
});

Deno.test("loginFacts() asks for a token that has to be asked for, each time", async () => {
  let asked = 0;
  const credentials = { personalAccessToken: () => Promise.resolve(`token ${++asked}`) };
  assertEquals(await loginFacts(credentials), { personalAccessToken: "token 1" });
  assertEquals(await loginFacts(credentials), { personalAccessToken: "token 2" });
});

Deno.test("loginFacts() takes what is there as it is", () => {
  assertEquals(loginFacts(BY_PASSWORD), BY_PASSWORD);
  assertEquals(loginFacts(BY_TOKEN), BY_TOKEN);
});
