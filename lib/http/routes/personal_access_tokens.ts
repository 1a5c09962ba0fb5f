/**
 * Personal access tokens over HTTP (HTTP.md section 3); `access.ts` has the login with one.
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { TIMESTAMP, U64 } from "../fields.ts";
import { jsonResponse } from "../json.ts";
import { type Route, route } from "../route.ts";
import { noContent } from "./answers.ts";

const INFO = z.object({
  name: z.string(),
  expiry_at: TIMESTAMP.nullable().describe("Microseconds since the Unix epoch; null: never"),
}).openapi("PersonalAccessTokenInfo");

export const PERSONAL_ACCESS_TOKEN_ROUTES: readonly Route[] = [
  route({
    method: "get",
    path: "/personal-access-tokens",
    tag: "Personal access tokens",
    summary: "The caller's own tokens",
    access: "token",
    answers: { 200: { description: "The tokens, by name", schema: z.array(INFO) } },
    async handle(call) {
      const tokens = await call.perform("getPersonalAccessTokens", undefined);
      const sorted = tokens.toSorted((a, b) => a.name < b.name ? -1 : 1);
      return jsonResponse(
        200,
        sorted.map(({ name, expiryAt }) => ({ name, expiry_at: expiryAt ?? null })),
      );
    },
  }),
  route({
    method: "post",
    path: "/personal-access-tokens",
    tag: "Personal access tokens",
    summary: "Create a token; it is told this once",
    access: "token",
    body: z.object({
      name: z.string().describe("3 to 30 bytes"),
      expiry: U64.describe("Microseconds from now; 0 and 2^64 - 1: never"),
    }),
    answers: {
      200: {
        description: "The token",
        schema: z.object({ token: z.string() }).openapi("RawPersonalAccessToken"),
      },
    },
    async handle(call) {
      const { token } = await call.perform("createPersonalAccessToken", call.body);
      return jsonResponse(200, { token }, { "cache-control": "no-store" });
    },
  }),
  route({
    method: "delete",
    path: "/personal-access-tokens/{name}",
    tag: "Personal access tokens",
    summary: "Delete a token",
    access: "token",
    params: z.object({ name: z.string().min(1) }),
    answers: { 204: { description: "Done" } },
    async handle(call) {
      await call.perform("deletePersonalAccessToken", { name: call.params.name });
      return noContent();
    },
  }),
];
