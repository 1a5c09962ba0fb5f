import { assertEquals, assertThrows } from "@std/assert";
import { COMMANDS } from "../../protocol/commands.ts";
import { INVALID_FORMAT, INVALID_USER_STATUS } from "../../protocol/error_codes.ts";
import { WireError } from "../../protocol/errors.ts";
import { ALL_GLOBAL_PERMISSIONS } from "../../protocol/permissions.ts";
import { decoded, encoded, hex, specifyCommand } from "../support/codec_laws.ts";

const USER = {
  id: 1,
  createdAt: 1_700_000_000_000_000,
  status: "active",
  username: "ann",
} as const;
const PERMISSIONS = { global: ALL_GLOBAL_PERMISSIONS, streams: new Map() };

specifyCommand("getUser", {
  request: { userId: "ann" },
  response: { ...USER, permissions: PERMISSIONS },
});
specifyCommand("getUsers", {
  request: undefined,
  response: [USER, { ...USER, id: 2, status: "inactive" }],
});
specifyCommand("createUser", {
  request: { username: "ann", password: "secret", status: "active", permissions: PERMISSIONS },
  response: { ...USER, permissions: undefined },
});
specifyCommand("deleteUser", { request: { userId: 1 }, response: undefined });
specifyCommand("updateUser", {
  request: { userId: 1, username: undefined, status: "inactive" },
  response: undefined,
});
specifyCommand("updatePermissions", {
  request: { userId: 1, permissions: undefined },
  response: undefined,
});
specifyCommand("changePassword", {
  request: { userId: 1, currentPassword: "old", newPassword: "" },
  response: undefined,
});
specifyCommand("loginUser", {
  request: { username: "iggy", password: "iggy", version: "0.10.0", context: "" },
  response: { userId: 0 },
});
specifyCommand("logoutUser", { request: undefined, response: undefined });

Deno.test("GET_USER.response ends in four zero bytes when there are no permissions", () => {
  const bytes = encoded(COMMANDS.getUser.response.classic!, { ...USER, permissions: undefined });
  assertEquals(bytes, hex("01000000 00401e18240a0600 01 03616e6e 00000000"));
});

Deno.test("CREATE_USER.request refuses an unknown status with InvalidUserStatus", () => {
  const error = assertThrows(
    () => decoded(COMMANDS.createUser.request.classic!, hex("03616e6e 0470617373 03 00")),
    WireError,
    "User status 3 does not exist",
  );
  assertEquals(error.code, INVALID_USER_STATUS);
});

Deno.test("CREATE_USER.request refuses permissions longer than announced with InvalidFormat", () => {
  const error = assertThrows(
    () =>
      decoded(
        COMMANDS.createUser.request.classic!,
        hex("03616e6e 0470617373 01 01 0a000000 00000000000000000000 00"),
      ),
    WireError,
    "Permissions of 11 bytes are announced as 10",
  );
  assertEquals(error.code, INVALID_FORMAT);
});

Deno.test("LOGIN_USER.request may end after the password, as old clients send it", () => {
  assertEquals(decoded(COMMANDS.loginUser.request.classic!, hex("0469676779 0469676779")), {
    username: "iggy",
    password: "iggy",
    version: undefined,
    context: undefined,
  });
});

Deno.test("LOGIN_USER.request always writes version and context", () => {
  assertEquals(
    encoded(COMMANDS.loginUser.request.classic!, { username: "iggy", password: "" }),
    hex("0469676779 00 00000000 00000000"),
  );
});
