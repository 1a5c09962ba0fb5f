/**
 * The pages that pictures are taken of.
 *
 * @module
 */
import type { Shot } from "./shots.ts";

export const SHOTS: readonly Shot[] = [
  { name: "overview", path: "/ui" },
  { name: "streams", path: "/ui/streams" },
  { name: "stream", path: "/ui/streams/0" },
  { name: "topic", path: "/ui/streams/0/topics/0" },
];
