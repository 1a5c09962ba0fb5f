/**
 * What pages load besides themselves.
 *
 * @module
 */
import { xxh32 } from "../../../protocol/xxhash.ts";
import { SCRIPT, STYLE } from "./assets.ts";

/** Script, style and icon; kept by browsers until they change. */
export function assetResponse(name: string, request: Request): Response {
  const asset = ASSETS[name];
  if (asset === undefined || !Object.hasOwn(ASSETS, name)) {
    return new Response(null, { status: 404 });
  }
  const tag = tagOf(asset);
  const headers = { etag: tag, "cache-control": "no-cache" };
  if (request.headers.get("if-none-match") === tag) {
    return new Response(null, { status: 304, headers });
  }
  return new Response(asset.text, { headers: { ...headers, "content-type": asset.type } });
}

interface Asset {
  readonly text: string;
  readonly type: string;
  /** Made when first asked for. */
  tag?: string;
}

function tagOf(asset: Asset): string {
  return asset.tag ??= `"${xxh32(new TextEncoder().encode(asset.text)).toString(16)}"`;
}

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">
<rect width="16" height="16" rx="4" fill="#3d5a99"/>
<path d="M2.5 10.5c2-6 3.3-6 4.2-2s2.4 4 3.3 0 2-4 3.5-1" fill="none" stroke="#fff" stroke-width="1.6" stroke-linecap="round"/>
</svg>`;

const ASSETS: Readonly<Record<string, Asset>> = {
  "main.js": { text: SCRIPT, type: "text/javascript; charset=utf-8" },
  "style.css": { text: STYLE, type: "text/css; charset=utf-8" },
  "icon.svg": { text: ICON, type: "image/svg+xml" },
};
