/**
 * A little of everything a catalog can be told, each command changing something.
 *
 * @module
 */
import type { Catalog } from "../../../lib/catalog/catalog.ts";
import { ALL_GLOBAL_PERMISSIONS } from "../../../protocol/permissions.ts";
import { AT } from "./fixtures.ts";

const TOPIC = { name: "events", partitionsCount: 3, options: { messageExpiry: 5n }, at: AT };
const PERMISSIONS = { global: ALL_GLOBAL_PERMISSIONS, streams: new Map() };
const USER = { passwordHash: "$", status: "active", permissions: PERMISSIONS, at: AT } as const;

/** One change each, in an order that works. */
export const WORKLOAD: readonly ((catalog: Catalog) => void)[] = [
  ({ streams }) => streams.create("orders", AT),
  ({ streams }) => streams.create("doomed", AT),
  ({ topics }) => topics.create("orders", TOPIC),
  ({ topics }) => topics.create("orders", { ...TOPIC, name: "doomed" }),
  ({ groups }) => groups.create("orders", "events", "workers"),
  ({ topics }) => topics.purge("orders", "events"),
  ({ partitions }) => partitions.create("orders", "events", 2, AT),
  ({ offsets, partitions }) =>
    offsets.store(partitions.require("orders", "events", 1), "consumer", 0xffff_ffff, 2 ** 40),
  ({ offsets, partitions }) =>
    offsets.store(partitions.require("orders", "events", 1), "consumer_group", 0, 5),
  ({ offsets, partitions }) =>
    offsets.delete(partitions.require("orders", "events", 1), "consumer", 0xffff_ffff),
  ({ partitions }) => partitions.delete("orders", "events", 2),
  ({ topics }) => topics.update("orders", "events", "facts", { maxTopicSize: 2n ** 40n }),
  ({ groups }) => groups.create("orders", "facts", "doomed"),
  ({ groups }) => groups.delete("orders", "facts", "doomed"),
  ({ topics }) => topics.delete("orders", "doomed"),
  ({ streams }) => streams.purge("doomed"),
  ({ streams }) => streams.delete("doomed"),
  ({ streams }) => streams.rename("orders", "sales"),
  ({ users }) => users.create({ name: "iggy", ...USER }),
  ({ users }) => users.create({ name: "ann", ...USER }),
  ({ users }) => users.create({ name: "doomed", ...USER }),
  ({ tokens }) => tokens.create("ann", { name: "laptop", hash: "h1", expiryAt: AT }),
  ({ tokens }) => tokens.create("doomed", { name: "laptop", hash: "h2" }),
  ({ tokens }) => tokens.create("doomed", { name: "phone", hash: "h3" }),
  ({ tokens }) => tokens.delete("doomed", "phone"),
  ({ users }) => users.delete("doomed"),
  ({ users }) => users.update("ann", { name: "anna", status: "inactive" }),
  ({ users }) => users.changePassword("anna", "$new"),
  ({ users }) => users.changePermissions("anna", undefined),
];
