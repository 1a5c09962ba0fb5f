/// <reference lib="dom" />
/**
 * The pages that pictures are taken of.
 *
 * @module
 */
import type { Shot } from "./shots.ts";

export const SHOTS: readonly Shot[] = [
  { name: "overview", path: "/ui" },
  { name: "streams", path: "/ui/streams" },
  { name: "topic", path: "/ui/streams/0/topics/0" },
  {
    name: "messages",
    path: "/ui/streams/0/topics/0/messages",
    async prepare(page) {
      await page.waitForSelector("#messages tbody tr");
    },
  },
  {
    name: "message",
    path: "/ui/streams/0/topics/0/messages?from=first",
    async prepare(page) {
      await page.click("#messages tbody tr:nth-child(3)");
      await page.waitForSelector("#side:not([hidden]) .tree");
      await page.waitForFunction(() => document.querySelector("#side")!.textContent!.includes("✓"));
    },
  },
  { name: "groups", path: "/ui/groups" },
  { name: "group", path: "/ui/groups/0/0/1" },
  { name: "clients", path: "/ui/clients" },
  { name: "users", path: "/ui/users" },
  { name: "user", path: "/ui/users/1" },
  { name: "account", path: "/ui/users/0" },
  { name: "security", path: "/ui/security" },
  { name: "logs", path: "/ui/logs?level=debug" },
  { name: "settings", path: "/ui/settings" },
  {
    name: "dialog",
    path: "/ui/streams/0",
    async prepare(page) {
      await page.click("[data-open=create-topic]");
    },
  },
];
