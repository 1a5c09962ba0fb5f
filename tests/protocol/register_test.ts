import { assertEquals, assertThrows } from "@std/assert";
import { COMMANDS } from "../../protocol/commands.ts";
import { WireError } from "../../protocol/errors.ts";
import {
  isVersionAccepted,
  packVersion,
  PROTOCOL_VERSION,
  type RegisterRequest,
} from "../../protocol/register.ts";
import { decoded, encoded, hex, specifyCommand } from "../support/codec_laws.ts";

const REQUEST = COMMANDS.register.request.vsr_0_11!;
const PREFIX = { protocolVersion: PROTOCOL_VERSION, sdkName: "rust-sdk", sdkVersion: "0.11.0" };

specifyCommand("register", {
  request: {
    ...PREFIX,
    byPassword: { username: "iggy", password: "iggy", context: "" },
    byToken: undefined,
    exact: true,
  },
  response: {
    userId: 0,
    session: 2 ** 50,
    serverProtocolVersion: PROTOCOL_VERSION,
    serverVersion: "0.9.0",
  },
});

Deno.test("packVersion() gives each number ten bits", () => {
  assertEquals(PROTOCOL_VERSION, 0x2c00);
  assertEquals(packVersion(0, 12, 2), 0x3002);
  assertEquals(packVersion(4095, 1023, 1023), 0xffffffff);
});

Deno.test("REGISTER.request reads a login by token", () => {
  const byToken = { token: "t".repeat(68), context: "" };
  const bytes = encoded(REQUEST, { ...PREFIX, byToken, exact: true });
  assertEquals(decoded(REQUEST, bytes), { ...PREFIX, byPassword: undefined, byToken, exact: true });
});

Deno.test("REGISTER.request reads both logins of a body that may be either", () => {
  // By token it is "a" and no context, with one byte left over; by password "a", "" and no context.
  const request = decoded(REQUEST, prefixed("01 61  00 00000000"));
  assertEquals(request.byPassword, { username: "a", password: "", context: "" });
  assertEquals(request.byToken, { token: "a", context: "" });
  assertEquals(request.exact, true);
});

Deno.test("REGISTER.request reads a body of neither shape, for the version may be the reason", () => {
  for (const body of ["", "ff", "00".repeat(2), "04 69676779 04"]) {
    const request = decoded(REQUEST, prefixed(body));
    assertEquals(request, { ...PREFIX, byPassword: undefined, byToken: undefined, exact: false });
  }
});

Deno.test("REGISTER.request refuses a body without a version prefix", () => {
  for (const body of ["", "002c0000", "002c0000 00", "002c0000 0161 05"]) {
    assertThrows(() => decoded(REQUEST, hex(body)), WireError);
  }
});

Deno.test("isVersionAccepted() takes 0.11.0, and later patches only with a body of its own", () => {
  const request = (protocolVersion: number, exact: boolean): RegisterRequest => ({
    ...PREFIX,
    protocolVersion,
    exact,
  });
  assertEquals(isVersionAccepted(request(packVersion(0, 11, 0), false)), true);
  assertEquals(isVersionAccepted(request(packVersion(0, 11, 1), true)), true);
  assertEquals(isVersionAccepted(request(packVersion(0, 11, 1023), true)), true);
  assertEquals(isVersionAccepted(request(packVersion(0, 11, 1), false)), false);
  assertEquals(isVersionAccepted(request(packVersion(0, 10, 1023), true)), false);
  assertEquals(isVersionAccepted(request(packVersion(0, 12, 0), true)), false);
  assertEquals(isVersionAccepted(request(0xffffffff, true)), false);
});

function prefixed(body: string): Uint8Array {
  return hex(`002c0000 08 727573742d73646b 06 302e31312e30 ${body}`);
}
