/// <reference lib="dom" />
/**
 * Keeps the page as the node has it, and says so when it cannot.
 *
 * @module
 */
import { morph } from "./morph.ts";

let source: EventSource | undefined;
let lostAt: number | undefined;

/** Follows the page's address; again after the address has changed. */
export function follow(): void {
  const live = document.getElementById("live");
  if (live === null) return;
  source?.close();
  const page = location.pathname + location.search;
  source = new EventSource(`/ui/live?page=${encodeURIComponent(page)}`);
  source.addEventListener("page", ({ data }) => {
    found();
    morph(live, data);
    document.dispatchEvent(new Event("page-changed"));
  });
  source.addEventListener("gone", () => {
    source?.close();
    signIn();
  });
  source.addEventListener("open", found);
  source.addEventListener("error", () => {
    lost();
    // Refused for good: by a node that knows no such session, or too many of them.
    if (source?.readyState === EventSource.CLOSED) setTimeout(check, RETRY_MS);
  });
}

/** Shows the login page, which leads back here. */
export function signIn(): void {
  location.assign(`/ui/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

async function check(): Promise<void> {
  try {
    const { status } = await fetch("/ui/session");
    if (status === 401) return signIn();
  } catch {
    // Still nobody there: the next try tells.
  }
  follow();
}

function lost(): void {
  lostAt ??= Date.now();
  const bar = document.getElementById("offline")!;
  const time = new Date(lostAt).toLocaleTimeString();
  bar.textContent = `The node does not answer since ${time}. What you see is from then; ` +
    "this page tries again by itself.";
  bar.hidden = false;
}

function found(): void {
  if (lostAt === undefined) return;
  lostAt = undefined;
  document.getElementById("offline")!.hidden = true;
}

const RETRY_MS = 2000;
