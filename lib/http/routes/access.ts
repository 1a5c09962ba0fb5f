/**
 * Coming in and going out: logins, access tokens, and the probe that needs neither (HTTP.md section 3).
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import {
  INVALID_CREDENTIALS,
  INVALID_PERSONAL_ACCESS_TOKEN,
  UNAUTHENTICATED,
} from "../../../protocol/error_codes.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { bearerOf, claimsOf, isJsonWebToken } from "../bearer.ts";
import { OFFSET, U32 } from "../fields.ts";
import { jsonResponse } from "../json.ts";
import { type Route, route } from "../route.ts";
import type { HttpServices } from "../services.ts";
import { noContent } from "./answers.ts";

const IDENTITY = z.object({
  user_id: U32,
  access_token: z.object({
    token: z.string(),
    expiry: OFFSET.describe("Seconds since the Unix epoch"),
  }).nullable(),
}).openapi("IdentityInfo");

const LOGIN = z.object({
  username: z.string(),
  password: z.string(),
  version: z.string().nullish(),
  context: z.string().nullish(),
});

const TOKEN = z.object({ token: z.string() });

const LOGGED_IN = { 200: { description: "Who came in, with an access token", schema: IDENTITY } };

export const ACCESS_ROUTES: readonly Route[] = [
  route({
    method: "get",
    path: "/ping",
    tag: "System",
    summary: "Whether the node answers",
    access: "public",
    answers: { 200: { description: "pong", mediaType: "text/plain" } },
    handle: () => new Response("pong"),
  }),
  route({
    method: "post",
    path: "/users/login",
    tag: "Access",
    summary: "Log in by name and password",
    access: "public",
    body: LOGIN,
    answers: LOGGED_IN,
    async handle(call) {
      const { username, password } = call.body;
      const request = { username, password, version: undefined, context: undefined };
      const { userId } = await asOneFault(call.perform("loginUser", request), INVALID_CREDENTIALS);
      return await identity(call.services, userId);
    },
  }),
  route({
    method: "post",
    path: "/users/refresh-token",
    tag: "Access",
    summary: "Exchange an access token for a new one",
    description: "The old one is invalid from then on.",
    access: "public",
    body: TOKEN,
    answers: LOGGED_IN,
    async handle(call) {
      const claims = await claimsOf(call.services, call.body.token);
      call.services.accessTokens.revoke(claims);
      return await identity(call.services, claims.userId);
    },
  }),
  route({
    method: "delete",
    path: "/users/logout",
    tag: "Access",
    summary: "Log out",
    description: "The access token is invalid from then on.",
    access: "token",
    answers: { 204: { description: "Done" } },
    async handle(call) {
      const bearer = bearerOf(call.request);
      if (isJsonWebToken(bearer)) {
        call.services.accessTokens.revoke(await claimsOf(call.services, bearer));
      }
      return noContent();
    },
  }),
  route({
    method: "post",
    path: "/personal-access-tokens/login",
    tag: "Access",
    summary: "Log in by a personal access token",
    access: "public",
    body: TOKEN,
    answers: LOGGED_IN,
    async handle(call) {
      const { userId } = await asOneFault(
        call.perform("loginWithPersonalAccessToken", { token: call.body.token }),
        INVALID_PERSONAL_ACCESS_TOKEN,
      );
      return await identity(call.services, userId);
    },
  }),
];

async function identity(services: HttpServices, userId: number): Promise<Response> {
  const answer = { user_id: userId, access_token: await services.accessTokens.issue(userId) };
  return jsonResponse(200, answer, { "iggy-view": "0" });
}

/** What is wrong with a login is told to nobody: every refusal gets one code. */
async function asOneFault<T>(login: Promise<T>, code: number): Promise<T> {
  try {
    return await login;
  } catch (fault) {
    if (fault instanceof IggyError && CREDENTIAL_FAULTS.has(fault.code)) throw new IggyError(code);
    throw fault;
  }
}

/** Lengths, unknown, wrong, inactive, expired. */
const CREDENTIAL_FAULTS: ReadonlySet<number> = new Set([20, UNAUTHENTICATED, 42, 43, 44, 47, 54]);
