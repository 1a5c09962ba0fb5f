/**
 * All pages, and how they are found by their address.
 *
 * @module
 */
import { RESOURCE_NOT_FOUND } from "../../../../protocol/error_codes.ts";
import { IggyError } from "../../../../protocol/errors.ts";
import type { Page } from "../visit.ts";
import { CLIENTS } from "./clients.tsx";
import { GROUP_PAGES } from "./groups.tsx";
import { LOGS } from "./logs.tsx";
import { MESSAGES_PAGE } from "./messages.tsx";
import { OVERVIEW } from "./overview.tsx";
import { SECURITY } from "./security.tsx";
import { SETTINGS } from "./settings.tsx";
import { STREAM_PAGES } from "./streams.tsx";
import { TOPIC_PAGE } from "./topic.tsx";
import { USER_PAGES } from "./users.tsx";

const PAGES: readonly Page[] = [
  OVERVIEW,
  ...STREAM_PAGES,
  TOPIC_PAGE,
  MESSAGES_PAGE,
  ...GROUP_PAGES,
  CLIENTS,
  ...USER_PAGES,
  SECURITY,
  LOGS,
  SETTINGS,
];

const ABSENT: Page = {
  path: "",
  section: "overview",
  title: () => "Not here",
  render() {
    throw new IggyError(RESOURCE_NOT_FOUND, "There is no such page");
  },
};

/** The page at a path, with what its pattern leaves open. `/` is `/ui`. */
export function pageAt(path: string): { page: Page; params: Record<string, string> } {
  const given = path.replace(/^\/ui(?=\/|$)/, "").split("/").filter((part) => part !== "");
  for (const page of PAGES) {
    const params = match(page.path.split("/").filter((part) => part !== ""), given);
    if (params !== undefined) return { page, params };
  }
  return { page: ABSENT, params: {} };
}

function match(
  pattern: readonly string[],
  given: readonly string[],
): Record<string, string> | undefined {
  if (pattern.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (let at = 0; at < pattern.length; at++) {
    if (pattern[at].startsWith(":")) params[pattern[at].slice(1)] = given[at];
    else if (pattern[at] !== given[at]) return undefined;
  }
  return params;
}
