/**
 * Consumer groups over HTTP (HTTP.md section 6).
 *
 * @module
 */
import { z } from "@hono/zod-openapi";
import { INVALID_CONSUMER_GROUP_NAME } from "../../../protocol/error_codes.ts";
import type { ConsumerGroup, ConsumerGroupDetails } from "../../../protocol/consumer_groups.ts";
import type { Assignment } from "../../catalog/group_membership.ts";
import { LEASE_MS } from "../group_members.ts";
import { IDENTIFIER_TEXT, TOPIC_PARAMS, U32 } from "../fields.ts";
import { jsonResponse } from "../json.ts";
import { checkName } from "../names.ts";
import { type Route, route } from "../route.ts";
import { noContent } from "./answers.ts";
import { topicAddress } from "./topics.ts";

const PATH = "/streams/{stream_id}/topics/{topic_id}/consumer-groups";

const GROUP_PARAMS = TOPIC_PARAMS.extend({ group_id: IDENTIFIER_TEXT });

const GROUP = z.object({
  id: U32,
  name: z.string(),
  partitions_count: U32.describe("Of the topic"),
  members_count: U32,
}).openapi("ConsumerGroup");

const GROUP_DETAILS = GROUP.extend({
  members: z.array(z.object({
    id: U32,
    partitions_count: U32,
    partitions: z.array(U32).describe("Ids of those it reads"),
  })),
}).openapi("ConsumerGroupDetails");

const MEMBER_PARAMS = GROUP_PARAMS.extend({ member_id: z.string().min(1) });

const MEMBER = z.object({
  member_id: z.string().describe("Known to the member alone"),
  partitions: z.array(U32).describe("Those it polls; a poll that names none gets them in turns"),
  lease_ms: U32.describe("How long it may be silent"),
}).openapi("ConsumerGroupMember");

export const CONSUMER_GROUP_ROUTES: readonly Route[] = [
  route({
    method: "get",
    path: PATH,
    tag: "Consumer groups",
    summary: "All consumer groups of a topic",
    access: "token",
    params: TOPIC_PARAMS,
    answers: { 200: { description: "The groups, by id", schema: z.array(GROUP) } },
    async handle(call) {
      const groups = await call.perform("getConsumerGroups", topicAddress(call.params));
      return jsonResponse(200, groups.map(groupBody));
    },
  }),
  route({
    method: "post",
    path: PATH,
    tag: "Consumer groups",
    summary: "Create a consumer group",
    access: "token",
    params: TOPIC_PARAMS,
    body: z.object({ name: z.string().describe("1 to 255 bytes") }),
    answers: { 201: { description: "The group", schema: GROUP_DETAILS } },
    async handle(call) {
      const { name } = call.body;
      checkName(name, INVALID_CONSUMER_GROUP_NAME);
      const group = await call.perform("createConsumerGroup", {
        ...topicAddress(call.params),
        name,
      });
      return jsonResponse(201, { ...groupBody(group), members: [] });
    },
  }),
  route({
    method: "get",
    path: `${PATH}/{group_id}`,
    tag: "Consumer groups",
    summary: "One consumer group with its members",
    access: "token",
    params: GROUP_PARAMS,
    answers: { 200: { description: "The group", schema: GROUP_DETAILS } },
    async handle(call) {
      const group = await call.perform("getConsumerGroup", groupAddress(call.params));
      return jsonResponse(200, groupDetailsBody(group!));
    },
  }),
  route({
    method: "delete",
    path: `${PATH}/{group_id}`,
    tag: "Consumer groups",
    summary: "Delete a consumer group and its stored offsets",
    access: "token",
    params: GROUP_PARAMS,
    answers: { 204: { description: "Done" } },
    async handle(call) {
      await call.perform("deleteConsumerGroup", groupAddress(call.params));
      return noContent();
    },
  }),
  route({
    method: "post",
    path: `${PATH}/{group_id}/members`,
    tag: "Consumer groups",
    summary: "Join a consumer group",
    description:
      "A member polls with `consumer_group` and `member`, and stores offsets with both. " +
      "Who is silent for the time of the lease is a member no more.",
    access: "token",
    params: GROUP_PARAMS,
    answers: { 201: { description: "The member", schema: MEMBER } },
    async handle(call) {
      const address = groupAddress(call.params);
      // The command's own right and refusals, before there is a member to show for it.
      await call.perform("getConsumerGroup", address);
      const { catalog } = call.broker;
      const group = catalog.groups.require(address.streamId, address.topicId, address.groupId);
      const { partitions } = catalog.topics.require(address.streamId, address.topicId);
      const { members } = call.services;
      const memberId = members.join(call.client, group, partitions.length);
      return jsonResponse(
        201,
        memberBody(memberId, members.heartbeat(call.client, address, memberId)),
      );
    },
  }),
  route({
    method: "put",
    path: `${PATH}/{group_id}/members/{member_id}`,
    tag: "Consumer groups",
    summary: "Stay a member, and hear which partitions to poll",
    access: "token",
    params: MEMBER_PARAMS,
    answers: { 200: { description: "The member", schema: MEMBER } },
    handle(call) {
      const { member_id: memberId } = call.params;
      const assignment = call.services.members
        .heartbeat(call.client, groupAddress(call.params), memberId);
      return jsonResponse(200, memberBody(memberId, assignment));
    },
  }),
  route({
    method: "delete",
    path: `${PATH}/{group_id}/members/{member_id}`,
    tag: "Consumer groups",
    summary: "Leave a consumer group",
    access: "token",
    params: MEMBER_PARAMS,
    answers: { 204: { description: "Done" } },
    handle(call) {
      const { member_id: memberId } = call.params;
      call.services.members.leave(call.client, groupAddress(call.params), memberId);
      return noContent();
    },
  }),
];

function groupAddress(params: z.output<typeof GROUP_PARAMS>) {
  return { ...topicAddress(params), groupId: params.group_id };
}

function groupBody(group: ConsumerGroup): z.input<typeof GROUP> {
  return {
    id: group.id,
    name: group.name,
    partitions_count: group.partitionsCount,
    members_count: group.membersCount,
  };
}

function groupDetailsBody(group: ConsumerGroupDetails): z.input<typeof GROUP_DETAILS> {
  const members = group.members.map(({ id, partitions }) => (
    { id, partitions_count: partitions.length, partitions: [...partitions] }
  ));
  return { ...groupBody(group), members };
}

function memberBody(memberId: string, { partitions }: Assignment): z.input<typeof MEMBER> {
  return { member_id: memberId, partitions: [...partitions], lease_ms: LEASE_MS };
}
