/**
 * Pages as answers, with the policy that keeps them to themselves.
 *
 * @module
 */
import type { Child } from "hono/jsx";

/** An HTML document. */
export async function pageResponse(
  document: Child | Promise<Child>,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return new Response(`<!DOCTYPE html>${await htmlOf(document)}`, {
    status,
    headers: { ...PAGE_HEADERS, ...headers },
  });
}

/** What a component makes, as text. */
export async function htmlOf(node: Child | Promise<Child>): Promise<string> {
  // Hono's nodes become text, or a promise of it, by being asked for one.
  return String(await (await node as { toString(): string | Promise<string> }).toString());
}

const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  // Its own pages see where they were come from: the login page looks at it.
  "referrer-policy": "same-origin",
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
};
