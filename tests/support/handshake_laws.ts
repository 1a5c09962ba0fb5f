/**
 * What holds of a handshake one bit of which was changed on its way.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { TlsError } from "../../tls/alert.ts";
import { type End, exchange } from "./tls_pair.ts";
import { type Delivery, endBefore, openEnds, type Scene } from "./tls_recording.ts";
import { splitRecords } from "./tls_records.ts";

/** Both sides of a handshake. */
export interface Ends {
  readonly client: End;
  readonly server: End;
}

/** What a failed end may do: nothing more. `before` is how many records it had to send before. */
export function assertIsOver(end: End, before = 0): void {
  const { connection, failure } = end;
  if (!(failure instanceof TlsError)) throw failure;
  const alerts = splitRecords(end.take()).length - before;
  assert(alerts <= 1, `${alerts} alerts follow: ${failure.message}`);
  assertEquals(connection.maySend, false);
  const said = end.events.length;
  assertThrows(
    () => connection.receive(new Uint8Array(5), end.out, end.events),
    Error,
    "failed before",
  );
  connection.close(end.out);
  assertEquals([end.out.length, end.events.length], [0, said]);
}

/** Who failed is silent, and when both are connected they have the same secrets. */
export function assertAgree(ends: Ends): void {
  const [one, other] = [ends.client, ends.server];
  for (const end of [one, other]) if (end.failure !== undefined) assertIsOver(end);
  if (!one.has("connected") || !other.has("connected")) return;
  const exported = [one, other].map(({ connection }) =>
    connection.exportKeyingMaterial("EXPORTER-agreement", new Uint8Array(), 32)
  );
  assertEquals(exported[0], exported[1]);
}

/**
 * Changes one bit of `deliveries[at]`. Where it is protected, the receiver is not connected by it;
 * elsewhere the whole handshake is tried, and both ends agree, or are not connected both.
 */
export function assertFlipIsFound(
  scene: Scene,
  deliveries: readonly Delivery[],
  at: number,
  bit: number,
): void {
  const { bytes } = deliveries[at];
  if (bit >> 3 < plainBytes(bytes)) {
    const ends = openEnds(scene);
    let count = 0;
    exchange(ends, (sent) => count++ === at ? flipped(sent, bit) : sent.slice());
    return assertAgree(ends);
  }
  const end = endBefore(scene, deliveries, at);
  end.receive(flipped(bytes, bit));
  assertEquals(end.has("connected"), false);
  // What stands in front of the changed byte was answered already.
  const answer = deliveries[at + 1]?.bytes ?? new Uint8Array();
  if (end.failure !== undefined) assertIsOver(end, splitRecords(answer).length);
}

/** Bytes of the records of `bytes` that are not protected. */
function plainBytes(bytes: Uint8Array): number {
  let sum = 0;
  for (const record of splitRecords(bytes)) {
    if (record[0] === 23) break;
    sum += record.length;
  }
  return sum;
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3] ^= 1 << bit % 8;
  return copy;
}
