/**
 * Users over HTTP (HTTP.md section 3).
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import type { Identifier } from "../../../protocol/primitives.ts";
import type { User, UserDetails } from "../../../protocol/users.ts";
import { IDENTIFIER_TEXT, TIMESTAMP, U32 } from "../fields.ts";
import { jsonResponse } from "../json.ts";
import { PERMISSIONS, permissionsBody, permissionsOf } from "../permissions.ts";
import { type Call, type Route, route } from "../route.ts";
import { absentIsNotFound, noContent } from "./answers.ts";

const PARAMS = z.object({ user_id: IDENTIFIER_TEXT.describe("A number, a name, or `me`") });

const STATUS = z.enum(["active", "inactive"]);

const USER = z.object({
  id: U32,
  created_at: TIMESTAMP,
  status: STATUS,
  username: z.string(),
  options: z.object({}),
}).openapi("User");

const USER_DETAILS = USER.extend({ permissions: PERMISSIONS.nullable() }).openapi("UserDetails");

export const USER_ROUTES: readonly Route[] = [
  route({
    method: "get",
    path: "/users",
    tag: "Users",
    summary: "All users",
    access: "token",
    answers: { 200: { description: "The users, by id", schema: z.array(USER) } },
    async handle(call) {
      const users = await call.perform("getUsers", undefined);
      return jsonResponse(200, users.map(userBody));
    },
  }),
  route({
    method: "post",
    path: "/users",
    tag: "Users",
    summary: "Create a user",
    access: "token",
    body: z.object({
      username: z.string().describe("3 to 50 bytes"),
      password: z.string().describe("3 to 100 bytes"),
      status: STATUS,
      permissions: PERMISSIONS.nullish(),
    }),
    answers: { 200: { description: "The user", schema: USER_DETAILS } },
    async handle(call) {
      const { permissions, ...fields } = call.body;
      const request = { ...fields, permissions: permissionsOf(permissions) };
      return jsonResponse(200, userDetailsBody(await call.perform("createUser", request)));
    },
  }),
  route({
    method: "get",
    path: "/users/{user_id}",
    tag: "Users",
    summary: "One user with its permissions",
    description: "Everybody may read the own account.",
    access: "token",
    params: PARAMS,
    answers: { 200: { description: "The user", schema: USER_DETAILS } },
    handle: (call) =>
      absentIsNotFound(async () => {
        const user = await call.perform("getUser", { userId: userOf(call) });
        return jsonResponse(200, userDetailsBody(user!));
      }),
  }),
  route({
    method: "put",
    path: "/users/{user_id}",
    tag: "Users",
    summary: "Rename a user, or change its status",
    description: "What is absent or null stays as it is.",
    access: "token",
    params: PARAMS,
    body: z.object({
      username: z.string().nullish().describe("3 to 50 bytes"),
      status: STATUS.nullish(),
    }),
    answers: { 204: { description: "Done" } },
    async handle(call) {
      const { username, status } = call.body;
      await call.perform("updateUser", {
        userId: userOf(call),
        username: username ?? undefined,
        status: status ?? undefined,
      });
      return noContent();
    },
  }),
  route({
    method: "delete",
    path: "/users/{user_id}",
    tag: "Users",
    summary: "Delete a user",
    access: "token",
    params: PARAMS,
    answers: { 204: { description: "Done" } },
    async handle(call) {
      await call.perform("deleteUser", { userId: userOf(call) });
      return noContent();
    },
  }),
  route({
    method: "put",
    path: "/users/{user_id}/permissions",
    tag: "Users",
    summary: "Replace the permissions of a user",
    access: "token",
    params: PARAMS,
    body: z.object({ permissions: PERMISSIONS.nullish() }),
    answers: { 204: { description: "Done" } },
    async handle(call) {
      const permissions = permissionsOf(call.body.permissions);
      await call.perform("updatePermissions", { userId: userOf(call), permissions });
      return noContent();
    },
  }),
  route({
    method: "put",
    path: "/users/{user_id}/password",
    tag: "Users",
    summary: "Change a password",
    description: "Everybody may change the own password.",
    access: "token",
    params: PARAMS,
    body: z.object({
      current_password: z.string(),
      new_password: z.string().describe("3 to 100 bytes"),
    }),
    answers: { 204: { description: "Done" } },
    async handle(call) {
      await call.perform("changePassword", {
        userId: userOf(call),
        currentPassword: call.body.current_password,
        newPassword: call.body.new_password,
      });
      return noContent();
    },
  }),
];

/** `me` is the caller: names of users have at least three bytes. */
function userOf({ params, client }: Call<z.output<typeof PARAMS>>): Identifier {
  return params.user_id === "me" ? client.userId! : params.user_id;
}

function userBody(user: User): z.input<typeof USER> {
  return {
    id: user.id,
    created_at: user.createdAt,
    status: user.status,
    username: user.username,
    options: {},
  };
}

function userDetailsBody(user: UserDetails): z.input<typeof USER_DETAILS> {
  const { options, ...fields } = userBody(user);
  return { ...fields, permissions: permissionsBody(user.permissions), options };
}
