/**
 * The client for pages in a browser.
 *
 * @module
 */
import { SDK_HASH, SDK_SCRIPT } from "../sdk_bundle.ts";
import { type Route, route } from "../route.ts";

export const SDK_ROUTES: readonly Route[] = [
  route({
    method: "get",
    path: "/sdk.js",
    tag: "Documentation",
    summary: "The TypeScript client as one ES module for browsers, over WebSocket",
    description:
      "Pages of any origin may load it; which may connect, says `websocket.allowed_origins`.",
    access: "public",
    answers: {
      200: { description: "The module", mediaType: "text/javascript" },
      304: { description: "What the browser has is the same" },
    },
    handle({ request }) {
      const isKnown = isListed(request.headers.get("if-none-match") ?? "");
      return isKnown
        ? new Response(null, { status: 304, headers: HEADERS })
        : new Response(SDK_SCRIPT, {
          headers: { ...HEADERS, "content-type": "text/javascript; charset=utf-8" },
        });
    },
  }),
];

/** RFC 9110 section 13.1.2: compared weakly, for what is compressed on its way has a weak tag. */
function isListed(ifNoneMatch: string): boolean {
  return ifNoneMatch.split(",").some((each) => {
    const tag = each.trim();
    return tag === "*" || tag.replace(/^W\//, "") === TAG;
  });
}

const TAG = `"${SDK_HASH}"`;

const HEADERS = {
  etag: TAG,
  // Asked for again after five minutes, so that a node that was replaced is not outlived for long.
  "cache-control": "public, max-age=300",
  "access-control-allow-origin": "*",
  "cross-origin-resource-policy": "cross-origin",
};
