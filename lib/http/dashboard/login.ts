/**
 * Beginning and ending sessions of the dashboard.
 *
 * @module
 */
import { IggyError } from "../../../protocol/errors.ts";
import type { UserView } from "../../catalog/views.ts";
import { logs } from "../../telemetry.ts";
import { authenticateBearer, claimsOf, isJsonWebToken } from "../bearer.ts";
import type { HttpClient } from "../client.ts";
import { errorBody, Rejection } from "../errors.ts";
import { logInByPassword, logInByToken } from "../login.ts";
import type { HttpServices } from "../services.ts";
import type { LiveStreams } from "./live_streams.ts";
import { type LoginFault, LoginPage } from "./pages/login.tsx";
import { pageResponse } from "./page_response.ts";
import { endedCookie, isSameOrigin, sessionCookie, sessionOf, themeOf } from "./session.ts";

/** Who comes in, and how. */
export interface Visitor {
  readonly services: HttpServices;
  readonly client: HttpClient;
  readonly request: Request;
  readonly isTls: boolean;
}

/** The user of a request's session; `undefined` when there is none, or it has ended. */
export async function sessionUser(
  { services, client, request }: Visitor,
): Promise<UserView | undefined> {
  if (sessionOf(request) === undefined) return undefined;
  try {
    client.login(await authenticateBearer(services, request));
    return services.broker.catalog.users.find(client.userId!);
  } catch (fault) {
    if (fault instanceof IggyError) return undefined;
    throw fault;
  }
}

/** The login page, in place of the one that was asked for. */
export function loginPage(
  { services, request, isTls }: Visitor,
  next: string,
  fault?: LoginFault,
): Promise<Response> {
  const { hostname } = services.broker.host;
  const page = LoginPage({ next: safeNext(next), hostname, fault, isTls, theme: themeOf(request) });
  return pageResponse(page, fault === undefined ? 200 : 401);
}

/** Takes a form with a name and a password, or with a token. */
export async function login(visitor: Visitor): Promise<Response> {
  const { request, isTls } = visitor;
  if (!isSameOrigin(request)) return foreign();
  const form = new URLSearchParams(await request.text());
  const next = form.get("next") ?? "";
  try {
    const { bearer, seconds } = await bearerFor(visitor, form);
    const cookie = sessionCookie(request, bearer, { isTls, seconds });
    return redirect(safeNext(next), cookie);
  } catch (fault) {
    if (fault instanceof Rejection) {
      return await loginPage(visitor, next, { reason: fault.message, advice: PATIENCE });
    }
    if (!(fault instanceof IggyError)) throw fault;
    const { reason } = errorBody(fault);
    logs.http.info("{address} is refused at the dashboard's login: {reason}", {
      address: visitor.client.address,
      reason,
    });
    return await loginPage(visitor, next, { reason, advice: ADVICE });
  }
}

/** Ends a session, in all windows it is open in. */
export async function logout(
  { services, request }: Visitor,
  streams: LiveStreams,
): Promise<Response> {
  if (!isSameOrigin(request)) return foreign();
  const bearer = sessionOf(request);
  if (bearer !== undefined && isJsonWebToken(bearer)) {
    const claims = await claimsOf(services, bearer).catch(() => undefined);
    if (claims !== undefined) services.accessTokens.revoke(claims);
  }
  if (bearer !== undefined) streams.endSession(bearer);
  return redirect("/ui/login", endedCookie(request));
}

async function bearerFor({ services, client }: Visitor, form: URLSearchParams) {
  const token = form.get("token");
  if (token !== null) {
    // The token itself is the session, so that whoever revokes it ends the session too.
    await logInByToken(services, token);
    return { bearer: token };
  }
  const [username, password] = [form.get("username") ?? "", form.get("password") ?? ""];
  const { id } = await logInByPassword(services, client.hostname, username, password);
  const { token: bearer, expiry } = await services.accessTokens.issue(id);
  return { bearer, seconds: expiry - Math.floor(services.broker.clock.nowMicros() / 1e6) };
}

function redirect(to: string, cookie: string): Response {
  return new Response(null, { status: 303, headers: { location: to, "set-cookie": cookie } });
}

function foreign(): Response {
  return new Response("This form belongs to the dashboard: open /ui in this browser\n", {
    status: 403,
  });
}

/** Only this dashboard's own pages: no other place may be led to by a login. */
function safeNext(next: string): string {
  return PAGE_PATH.test(next) && !/^\/ui\/log(?:in|out)\b/.test(next) ? next : "/ui";
}

const PAGE_PATH = /^\/ui(?:[/?][\w\-./?=&%+~:@!,;*()]*)?$/;
const PATIENCE = "This slows down whoever guesses passwords.";
const ADVICE = "Check both and try again. Root's password was told at the first start, or set in " +
  "IGGY_ROOT_PASSWORD; other users are made under Users.";
