/**
 * The browser's session: a cookie that holds what other clients send as their bearer.
 *
 * A cookie comes along unasked, so whoever uses one has to show that the request is the dashboard's
 * own: by where it comes from, and for a change also by a token that only its pages know.
 *
 * @module
 */
import { hashToken } from "../../auth/tokens.ts";

/** What the session of a request holds; `undefined` without one. */
export function sessionOf(request: Request): string | undefined {
  return cookieOf(request, cookieName(request));
}

/** `light` or `dark` when the person chose one. */
export function themeOf(request: Request): string | undefined {
  const theme = cookieOf(request, "whippet-theme");
  return theme === "light" || theme === "dark" ? theme : undefined;
}

/**
 * The header that begins a session.
 *
 * @param seconds How long the browser keeps it; `undefined`: until it is closed.
 */
export function sessionCookie(
  request: Request,
  bearer: string,
  { isTls, seconds }: { readonly isTls: boolean; readonly seconds?: number },
): string {
  const age = seconds === undefined ? "" : `; Max-Age=${seconds}`;
  return `${cookieName(request)}=${encodeURIComponent(bearer)}${ATTRIBUTES}${age}${
    isTls ? "; Secure" : ""
  }`;
}

/** The header that ends it. */
export function endedCookie(request: Request): string {
  return `${cookieName(request)}=${ATTRIBUTES}; Max-Age=0`;
}

/** What pages of a session send along with a change, in the header `x-csrf-token`. */
export async function csrfToken(bearer: string): Promise<string> {
  return (await hashToken(`dashboard ${bearer}`)).slice(0, 32);
}

/**
 * Whether a request comes from a page of this very origin, or from the person at the browser. Browsers
 * say so themselves, and no page can make them say otherwise.
 */
export function isSameOrigin(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin" || site === "none";
  // A browser too old to say it names the origin with every change.
  const origin = request.headers.get("origin");
  return origin === null ? isSafe(request) : hostOf(origin) === hostOf(request.url);
}

/** Whether a request that shows the cookie `bearer` may do what it asks for. */
export async function mayUseCookie(request: Request, bearer: string): Promise<boolean> {
  if (!isSameOrigin(request)) return false;
  return isSafe(request) || request.headers.get(CSRF_HEADER) === await csrfToken(bearer);
}

const CSRF_HEADER = "x-csrf-token";

function isSafe({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined;
}

function cookieOf(request: Request, name: string): string | undefined {
  for (const part of (request.headers.get("cookie") ?? "").split(";")) {
    const at = part.indexOf("=");
    if (at < 0 || part.slice(0, at).trim() !== name) continue;
    return decoded(part.slice(at + 1).trim());
  }
  return undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Cookies know no ports: two nodes of one host are told apart by name. */
function cookieName({ url }: Request): string {
  return `whippet-${new URL(url).port || "session"}`;
}

const ATTRIBUTES = "; Path=/; HttpOnly; SameSite=Strict";
