/**
 * Consumer groups: bodies of their commands (CLASSIC.md sections 5 and 7.7, VSR.md sections 7.3 and 10).
 *
 * @module
 */
import { bodies, type Codec, EMPTY, optional, untilEnd } from "./command.ts";
import { counted, NAME8, struct, times, U32, U64_SAFE } from "./fields.ts";
import { IDENTIFIER, type Identifier } from "./primitives.ts";
import type { TopicAddress } from "./topics.ts";

/** Names a consumer group. */
export interface ConsumerGroupAddress extends TopicAddress {
  readonly groupId: Identifier;
}

export interface CreateConsumerGroupRequest extends TopicAddress {
  /** 1 to 255 bytes. */
  readonly name: string;
}

export interface ConsumerGroup {
  readonly id: number;
  /** Of the topic. */
  readonly partitionsCount: number;
  readonly membersCount: number;
  readonly name: string;
}

/** A group with its members. */
export interface ConsumerGroupDetails extends ConsumerGroup {
  readonly members: readonly ConsumerGroupMember[];
}

export interface ConsumerGroupMember {
  readonly id: number;
  /** Ids of the partitions it reads. */
  readonly partitions: readonly number[];
}

/** What the caller may poll (VSR.md section 10). */
export interface ConsumerGroupAssignment {
  /** Another one whenever the assignment changes. */
  readonly generation: number;
  readonly partitions: readonly number[];
}

const TOPIC = { streamId: IDENTIFIER, topicId: IDENTIFIER };
const ONE_GROUP = struct<ConsumerGroupAddress>({ ...TOPIC, groupId: IDENTIFIER });

const GROUP = struct<ConsumerGroup>({
  id: U32,
  partitionsCount: U32,
  membersCount: U32,
  name: NAME8,
});

const MEMBER = struct<ConsumerGroupMember>({ id: U32, partitions: counted(U32) });

const GROUP_DETAILS: Codec<ConsumerGroupDetails> = {
  encode(writer, details) {
    GROUP.encode(writer, details);
    for (const member of details.members) MEMBER.encode(writer, member);
  },
  decode(reader) {
    const group = GROUP.decode(reader);
    return { ...group, members: times(group.membersCount, () => MEMBER.decode(reader)) };
  },
};

export const GET_CONSUMER_GROUP = bodies(ONE_GROUP, optional(GROUP_DETAILS));

export const GET_CONSUMER_GROUPS = bodies(struct<TopicAddress>(TOPIC), untilEnd(GROUP));

export const CREATE_CONSUMER_GROUP = bodies(
  struct<CreateConsumerGroupRequest>({ ...TOPIC, name: NAME8 }),
  GROUP,
);

export const DELETE_CONSUMER_GROUP = bodies(ONE_GROUP, EMPTY);

export const JOIN_CONSUMER_GROUP = bodies(ONE_GROUP, EMPTY);

export const LEAVE_CONSUMER_GROUP = bodies(ONE_GROUP, EMPTY);

/** VSR only; an empty answer says that the caller is no member. */
export const SYNC_CONSUMER_GROUP = bodies(
  { classic: undefined, vsr_0_11: ONE_GROUP },
  {
    classic: undefined,
    vsr_0_11: optional(struct<ConsumerGroupAssignment>({
      generation: U64_SAFE,
      partitions: counted(U32),
    })),
  },
);
