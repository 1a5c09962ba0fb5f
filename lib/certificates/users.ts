/**
 * Which user a certificate stands for.
 *
 * Only a URI among the alternative names says so, `whippet:user:NAME`, with what a URI cannot hold
 * percent-encoded. A host name or an e-mail address says nothing: the same authority may have
 * certified a server of that name, which is no user.
 *
 * @module
 */
import type { PeerIdentity } from "../../tls/config.ts";

/** The name of the user; `undefined` when the certificate names none, or several. */
export function userNamed({ names }: PeerIdentity): string | undefined {
  const users = new Set<string>();
  for (const { kind, value } of names) {
    if (kind !== "uri" || !value.toLowerCase().startsWith(PREFIX)) continue;
    users.add(decoded(value.slice(PREFIX.length)));
  }
  const [user] = users;
  return users.size === 1 && user !== "" ? user : undefined;
}

/** The URI that stands for a user. */
export function userUri(name: string): string {
  return PREFIX + encodeURIComponent(name);
}

/** Text that is badly encoded is nobody's name. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

const PREFIX = "whippet:user:";
