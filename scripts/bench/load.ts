/**
 * Puts a load on something and times it.
 *
 * @module
 */

/** One connection: makes its request number `index` and resolves when that is answered. */
export type Lane = (index: number) => Promise<void>;

/** How a run went. */
export interface Timing {
  readonly seconds: number;
  /** Of every request from its call to its answer, in ascending order. */
  readonly latenciesMs: Float64Array;
}

/** Has every lane make `requests` requests, `window` of them under way at any time. */
export async function drive(
  lanes: readonly Lane[],
  requests: number,
  window: number,
): Promise<Timing> {
  const latenciesMs = new Float64Array(lanes.length * requests);
  let recorded = 0;
  const start = performance.now();
  const loops = lanes.flatMap((lane) => {
    let next = 0;
    const loop = async () => {
      while (next < requests) {
        const since = performance.now();
        await lane(next++);
        latenciesMs[recorded++] = performance.now() - since;
      }
    };
    return Array.from({ length: window }, loop);
  });
  await Promise.all(loops);
  const seconds = (performance.now() - start) / 1000;
  return { seconds, latenciesMs: latenciesMs.sort() };
}
