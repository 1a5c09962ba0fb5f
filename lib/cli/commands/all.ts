/**
 * All commands of the command line but `serve`, `config` and `cert`, which have their own arguments.
 *
 * @module
 */
import type { CommandDefinition, CommandGroup } from "../definition.ts";
import { BENCH } from "./bench.ts";
import { CLIENTS, CLUSTER, ME } from "./clients.ts";
import { completions } from "./completions.ts";
import { CONTEXTS } from "./contexts.ts";
import { DOCTOR } from "./doctor.ts";
import { CONSUMER_GROUPS } from "./groups.ts";
import { LOGIN, LOGOUT, SESSION } from "./login.ts";
import { MESSAGES } from "./messages.ts";
import { CONSUMER_OFFSETS, LAG } from "./offsets.ts";
import { PARTITIONS, SEGMENTS } from "./partitions.ts";
import { PRODUCE } from "./produce.ts";
import { STREAMS } from "./streams.ts";
import { OPTIONS, PING, SNAPSHOT, STATS } from "./system.ts";
import { TAIL } from "./tail.ts";
import { TOKENS } from "./tokens.ts";
import { TOPICS } from "./topics.ts";
import { USERS } from "./users.ts";

/** In the order of the help. */
export const COMMANDS: readonly (CommandGroup | CommandDefinition)[] = [
  STREAMS,
  TOPICS,
  PARTITIONS,
  SEGMENTS,
  MESSAGES,
  TAIL,
  PRODUCE,
  CONSUMER_GROUPS,
  CONSUMER_OFFSETS,
  LAG,
  USERS,
  TOKENS,
  LOGIN,
  LOGOUT,
  SESSION,
  CONTEXTS,
  CLIENTS,
  ME,
  PING,
  STATS,
  OPTIONS,
  SNAPSHOT,
  CLUSTER,
  BENCH,
  DOCTOR,
  completions(() => COMMANDS),
];
