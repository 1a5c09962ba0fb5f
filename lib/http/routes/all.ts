/**
 * All routes, noun by noun.
 *
 * @module
 */
import type { Route } from "../route.ts";
import { ACCESS_ROUTES } from "./access.ts";
import { CONSUMER_GROUP_ROUTES } from "./consumer_groups.ts";
import { CONSUMER_OFFSET_ROUTES } from "./consumer_offsets.ts";
import { documentationRoutes } from "./documentation.ts";
import { LAG_ROUTES } from "./lag.ts";
import { MESSAGE_ROUTES } from "./messages.ts";
import { PARTITION_ROUTES } from "./partitions.ts";
import { PERSONAL_ACCESS_TOKEN_ROUTES } from "./personal_access_tokens.ts";
import { SDK_ROUTES } from "./sdk.ts";
import { SNAPSHOT_ROUTES } from "./snapshot.ts";
import { STREAM_ROUTES } from "./streams.ts";
import { SYSTEM_ROUTES } from "./system.ts";
import { TAIL_ROUTES } from "./tail.ts";
import { TOPIC_ROUTES } from "./topics.ts";
import { USER_ROUTES } from "./users.ts";

const API_ROUTES: readonly Route[] = [
  ...ACCESS_ROUTES,
  ...SYSTEM_ROUTES,
  ...SNAPSHOT_ROUTES,
  ...USER_ROUTES,
  ...PERSONAL_ACCESS_TOKEN_ROUTES,
  ...STREAM_ROUTES,
  ...TOPIC_ROUTES,
  ...PARTITION_ROUTES,
  ...MESSAGE_ROUTES,
  ...TAIL_ROUTES,
  ...CONSUMER_GROUP_ROUTES,
  ...CONSUMER_OFFSET_ROUTES,
  ...LAG_ROUTES,
  ...SDK_ROUTES,
];

export const ROUTES: readonly Route[] = [...API_ROUTES, ...documentationRoutes(API_ROUTES)];
