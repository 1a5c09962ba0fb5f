/**
 * What a node says once it serves.
 *
 * @module
 */
import type { Config } from "../config.ts";
import type { Node } from "../node.ts";
import { addressText } from "../session/session.ts";
import { logs, ShownOnce } from "../telemetry.ts";
import { VERSION } from "../version.ts";

/** What matters, in five lines: where it listens, its dashboard, its authority, its data, its users. */
export function greet(config: Config, node: Pick<Node, "bound" | "authorityPath" | "root">): void {
  const bound = Object.entries(node.bound)
    .map(([transport, address]) => `${transport} ${addressText(address)}`);
  logs.node.info("whippet {version} serves {bound}", { version: VERSION, bound: bound.join(", ") });
  logs.node.info("Dashboard {at}", { at: dashboardAt(config, node.bound) });
  logs.node.info("TLS clients verify this node by {authority}", {
    authority: node.authorityPath === undefined
      ? "whoever signed the certificates in its configuration"
      : `${config.system.path}/${node.authorityPath}`,
  });
  logs.node.info("Data directory {path}", { path: config.system.path });
  const { username, origin } = config.root;
  switch (node.root.kind) {
    case "kept":
      return logs.node.info("Users and their passwords are those in the data directory");
    case "configured":
      return logs.node.info("Root user {username} has the password {origin}", {
        username,
        origin: origin.kind === "flag" ? `${username}, by ${origin.name}` : "of the environment",
      });
    case "invented":
      logs.node.warn("Root user {username} has the password {password}, shown this once", {
        username,
        password: new ShownOnce(node.root.password),
      });
  }
}

/** Where a browser on this machine finds it, or what to change for that. */
function dashboardAt({ http, httpApi }: Config, bound: Node["bound"]): string {
  if (bound.http === undefined) return "is off: http.enabled is false";
  if (!httpApi.webUi) return "is off: http.web_ui is false";
  const scheme = http.tls.mode === "required" ? "https" : "http";
  const isAnywhere = ["0.0.0.0", "::"].includes(bound.http.hostname);
  const address = isAnywhere ? { ...bound.http, hostname: "localhost" } : bound.http;
  return `${scheme}://${addressText(address)}/ui`;
}
