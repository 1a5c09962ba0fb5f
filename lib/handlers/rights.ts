/**
 * Whether a client may do what it asks, from the command's right and what the request names.
 *
 * @module
 */
import type { Right } from "../../protocol/command.ts";
import { UNAUTHENTICATED, UNAUTHORIZED } from "../../protocol/error_codes.ts";
import { IggyError } from "../../protocol/errors.ts";
import type { Identifier } from "../../protocol/primitives.ts";
import { allows } from "../catalog/permissions.ts";
import type { TopicView, UserView } from "../catalog/views.ts";
import type { Broker, Client } from "./broker.ts";

/**
 * Passes when the client may. A stream, topic or user that does not exist passes too where a right
 * depends on it, for the handler to say so: resolution comes before authorization (CLASSIC.md
 * section 4).
 *
 * @throws {IggyError} 40 without a login, 41 without the right.
 */
export function authorize(broker: Broker, client: Client, right: Right, request: unknown): void {
  if (right === "none") return;
  const user = userOf(broker, client);
  if (right === "authenticated") return;
  const { streamId, topicId, userId } = (request ?? {}) as Scope;
  if (right === "read_user") return checkReader(broker, user, userId);
  if (streamId === undefined) return check(user, right);
  const stream = broker.catalog.streams.find(streamId);
  if (stream === undefined) return;
  if (topicId === undefined) return check(user, right, stream.id);
  const topic = stream.topics.find(topicId);
  if (topic === undefined) return;
  check(user, right, stream.id, topic.id);
}

/** The same for a topic that was found already. */
export function authorizeTopic(
  broker: Broker,
  client: Client,
  right: Right,
  { streamId, id }: TopicView,
): void {
  check(userOf(broker, client), right, streamId, id);
}

/** Who the client logged in as; 40 when it did not, or when that user was deleted meanwhile. */
export function userOf(broker: Broker, client: Client): UserView {
  const user = client.userId === undefined ? undefined : broker.catalog.users.find(client.userId);
  if (user === undefined) throw new IggyError(UNAUTHENTICATED);
  return user;
}

/** HTTP.md section 8: everybody may read the own account, on every transport. */
function checkReader({ catalog }: Broker, user: UserView, userId: Identifier | undefined): void {
  const named = userId === undefined ? undefined : catalog.users.find(userId);
  if (named !== undefined && named !== user) check(user, "read_user");
}

function check(user: UserView, right: Right, streamId?: number, topicId?: number): void {
  if (allows(user.permissions, right, streamId, topicId)) return;
  throw new IggyError(UNAUTHORIZED, `User ${user.id} lacks the right ${right}`);
}

/** What a request may name. */
interface Scope {
  readonly streamId?: Identifier;
  readonly topicId?: Identifier;
  readonly userId?: Identifier;
}
