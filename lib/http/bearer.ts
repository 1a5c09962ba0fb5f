/**
 * Who a request comes from, by what its `Authorization` header holds: an access token or a personal
 * access token (HTTP.md section 1); or by the cookie of a dashboard's session, which holds the same.
 *
 * @module
 */
import { ACCESS_TOKEN_MISSING, UNAUTHENTICATED } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { Claims } from "../auth/json_web_tokens.ts";
import { authenticateToken } from "../handlers/login.ts";
import { mayUseCookie, sessionOf } from "./dashboard/session.ts";
import type { HttpServices } from "./services.ts";

/**
 * The id of the user whose bearer the request carries.
 *
 * @throws {IggyError} 77 without a bearer, 40 when it is invalid, or its user is gone or inactive.
 */
export async function authenticateBearer(
  services: HttpServices,
  request: Request,
): Promise<number> {
  const bearer = bearerOf(request);
  if (!request.headers.has("authorization") && !await mayUseCookie(request, bearer)) {
    throw new IggyError(
      UNAUTHENTICATED,
      "A session's cookie is good for the dashboard's own requests only: send a bearer",
    );
  }
  if (isJsonWebToken(bearer)) return (await claimsOf(services, bearer)).userId;
  try {
    return (await authenticateToken(services.broker, bearer)).id;
  } catch (fault) {
    if (fault instanceof IggyError) throw new IggyError(UNAUTHENTICATED);
    throw fault;
  }
}

/** What the access token of an active user says. Throws an `IggyError` 40. */
export async function claimsOf(
  { accessTokens, broker }: HttpServices,
  token: string,
): Promise<Claims> {
  const claims = await accessTokens.verify(token);
  const user = broker.catalog.users.find(claims.userId);
  if (user?.status !== "active") throw new IggyError(UNAUTHENTICATED);
  return claims;
}

/** The bearer of a request, or what its session holds. Throws an `IggyError` 77 when there is none. */
export function bearerOf(request: Request): string {
  const header = request.headers.get("authorization");
  const bearer = header === null
    ? sessionOf(request) ?? ""
    : header.startsWith(SCHEME)
    ? header.slice(SCHEME.length)
    : "";
  if (bearer === "") throw new IggyError(ACCESS_TOKEN_MISSING, "Access token is missing");
  return bearer;
}

/** Personal access tokens are base64, which has no dot. */
export function isJsonWebToken(bearer: string): boolean {
  return bearer.includes(".");
}

const SCHEME = "Bearer ";
