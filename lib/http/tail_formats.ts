/**
 * How a live tail is written: as server-sent events, which browsers read and resume by themselves, or
 * as NDJSON, which everything else reads.
 *
 * @module
 */
import type { IggyError } from "../../protocol/errors.ts";
import { errorBody } from "./errors.ts";
import { stringifyJson } from "./json.ts";

/** One form of a tail's answer. */
export interface TailFormat {
  readonly mediaType: string;
  /** What comes before everything. */
  readonly opening: string;
  /** Says that there is nothing to say. */
  readonly signOfLife: string;
  /** `line` is a JSON object without line breaks, `id` what a reader resumes by. */
  message(line: string, id: string): string;
  /** Says why nothing more comes. */
  end(fault: IggyError): string;
}

export const SERVER_SENT_EVENTS: TailFormat = {
  mediaType: "text/event-stream",
  opening: "retry: 1000\n\n",
  signOfLife: ":\n\n",
  message: (line, id) => `id: ${id}\ndata: ${line}\n\n`,
  end: (fault) => `event: end\ndata: ${stringifyJson(errorBody(fault))}\n\n`,
};

export const NDJSON: TailFormat = {
  mediaType: "application/x-ndjson",
  opening: "",
  signOfLife: "\n",
  message: (line) => `${line}\n`,
  end: (fault) => `${stringifyJson({ error: errorBody(fault) })}\n`,
};

/** What a reader that was at these places resumes by: `0:41,2:7`. */
export function eventId(
  positions: Iterable<readonly [partitionId: number, offset: number]>,
): string {
  return Array.from(positions, ([partitionId, offset]) => `${partitionId}:${offset}`).join(",");
}

/** The places of such an id; `undefined` when it is none. */
export function parseEventId(id: string): Map<number, number> | undefined {
  const positions = new Map<number, number>();
  for (const place of id.split(",")) {
    const match = /^(\d{1,10}):(-1|\d{1,16})$/.exec(place.trim());
    if (match === null) return undefined;
    positions.set(Number(match[1]), Number(match[2]));
  }
  return positions;
}
