/**
 * How the node is, in one sentence.
 *
 * @module
 */
import type { GroupFigures } from "./census.ts";
import { count, counted } from "./format.ts";
import type { Health } from "./parts/layout.tsx";
import type { Visit } from "./visit.ts";

/** For the top bar. */
export async function healthOf(visit: Visit): Promise<Health> {
  const disk = visit.may("getStats") ? diskLeft(visit) : undefined;
  if (disk !== undefined && disk < DISK_LEFT_MIN) {
    return { state: "broken", words: `Disk is ${Math.round((1 - disk) * 100)} % full` };
  }
  const behind = await groupsBehind(visit);
  if (behind.length === 0) return { state: "good", words: "Healthy" };
  return { state: "attention", words: `Healthy, ${counted(behind.length, "group")} behind` };
}

/** `Healthy. 3 groups are behind, the worst by 12,400 messages.` */
export function healthSentence(behind: readonly GroupFigures[]): string {
  if (behind.length === 0) return "Healthy. Every group has read everything.";
  const { group, lag } = behind[0];
  const messages = counted(lag, "message");
  return behind.length === 1
    ? `Healthy. Group ${group.name} is behind by ${messages}.`
    : `Healthy. ${count(behind.length)} groups are behind, the worst by ${messages}.`;
}

/** The groups the user may see that are behind by more than is under way anyhow, the worst first. */
export async function groupsBehind(visit: Visit): Promise<GroupFigures[]> {
  const topics = await visit.services.census.topics();
  return topics
    .filter(({ stream, topic, groups }) =>
      groups.length > 0 &&
      visit.may("getConsumerGroups", { streamId: stream.id, topicId: topic.id })
    )
    .flatMap(({ groups }) => groups)
    .filter(({ lag, members }) => lag > (members.length > 0 ? LAG_UNDER_WAY : 0))
    .sort((one, other) => other.lag - one.lag);
}

function diskLeft({ broker }: Visit): number | undefined {
  const { freeDiskBytes, totalDiskBytes } = broker.host.usage();
  return totalDiskBytes > 0 ? freeDiskBytes / totalDiskBytes : undefined;
}

/** Below it, there is too little room for what comes. */
const DISK_LEFT_MIN = 0.05;
/** A group that reads is always some messages behind. */
const LAG_UNDER_WAY = 100;
