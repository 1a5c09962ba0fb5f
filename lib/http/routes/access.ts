/**
 * Coming in and going out: logins, access tokens, and the probe that needs neither (HTTP.md section 3).
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { bearerOf, claimsOf, isJsonWebToken } from "../bearer.ts";
import { OFFSET, U32 } from "../fields.ts";
import { jsonResponse } from "../json.ts";
import { logInByPassword, logInByToken } from "../login.ts";
import { type Route, route } from "../route.ts";
import type { HttpServices } from "../services.ts";
import { noContent } from "./answers.ts";

const TOKEN_INFO = z.object({
  token: z.string(),
  expiry: OFFSET.describe("Seconds since the Unix epoch"),
});

const IDENTITY = z.object({
  user_id: U32,
  access_token: TOKEN_INFO.nullable(),
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
      const { hostname } = call.client;
      const { id } = await logInByPassword(call.services, hostname, username, password);
      return await identity(call.services, id);
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
      const { id } = await logInByToken(call.services, call.body.token);
      return await identity(call.services, id);
    },
  }),
  route({
    method: "post",
    path: "/users/web-socket-token",
    tag: "Access",
    summary: "Get a token for one login over WebSocket",
    description: "For pages: in place of a personal access token, within a minute. See `/sdk.js`.",
    access: "token",
    answers: { 200: { description: "The token", schema: TOKEN_INFO } },
    async handle({ broker, client }) {
      const token = await broker.webSocketTokens.issue(client.userId!);
      return jsonResponse(200, token, { "cache-control": "no-store" });
    },
  }),
];

async function identity(services: HttpServices, userId: number): Promise<Response> {
  const answer = { user_id: userId, access_token: await services.accessTokens.issue(userId) };
  return jsonResponse(200, answer, { "iggy-view": "0" });
}
