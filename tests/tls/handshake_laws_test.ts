/**
 * What holds for every handshake, in both roles, when its bytes are cut, cut off or damaged anywhere:
 * only a `TlsError`, its alert once, nothing accepted after it, and never two ends that are connected
 * and do not agree. `deno task fuzz tls` tries more, and inside of protected messages.
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { TlsError } from "../../tls/alert.ts";
import { simd } from "../../tls/provider/simd.ts";
import { HandshakeType } from "../../tls/registry.ts";
import { assertReason } from "../support/refusals.ts";
import { Meddler, Secrets } from "../support/tls_meddler.ts";
import { type End, exchange } from "../support/tls_pair.ts";
import {
  type Delivery,
  endBefore,
  handshakeScenes,
  openEnds,
  recordScene,
  type Scene,
} from "../support/tls_recording.ts";
import { splitRecords } from "../support/tls_records.ts";

const CONTEXT = new Uint8Array();

interface Ends {
  readonly client: End;
  readonly server: End;
}

/** What a failed end may do: nothing more. `before` is how many records it had to send before. */
function assertIsOver(end: End, before = 0): void {
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

/** Both, or at least one, or neither may be connected, but both only with the same secrets. */
function assertAgree(ends: Ends): void {
  const [one, other] = [ends.client, ends.server];
  for (const end of [one, other]) if (end.failure !== undefined) assertIsOver(end);
  if (!one.has("connected") || !other.has("connected")) return;
  const exported = [one, other].map(({ connection }) =>
    connection.exportKeyingMaterial("EXPORTER-agreement", CONTEXT, 32)
  );
  assertEquals(exported[0], exported[1]);
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

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] ^= 1 << at % 8;
  return copy;
}

function everyByte(deliveries: readonly Delivery[], law: (at: number, byte: number) => void): void {
  for (const [at, { bytes }] of deliveries.entries()) {
    for (let byte = 0; byte < bytes.length; byte++) law(at, byte);
  }
}

const scenes: readonly Scene[] = await handshakeScenes();

for (const scene of scenes) {
  const deliveries = recordScene(scene);

  Deno.test(`A handshake (${scene.name}) is through when its bytes come one by one`, () => {
    const ends = openEnds(scene);
    let flights = 0;
    while (ends.client.out.length > 0 || ends.server.out.length > 0) {
      for (const [from, to] of [[ends.client, ends.server], [ends.server, ends.client]]) {
        for (const byte of from.take()) to.receive(Uint8Array.of(byte));
        flights++;
      }
    }
    assert(flights > 1);
    assert(ends.client.has("connected") && ends.server.has("connected"));
    assertEquals(ends.server.data, scene.early ?? "");
    assertAgree(ends);
  });

  Deno.test(`A handshake (${scene.name}) goes on wherever its flights are split in two`, () => {
    everyByte(deliveries, (at, byte) => {
      const { bytes } = deliveries[at];

      const end = endBefore(scene, deliveries, at);
      const said = [bytes.slice(0, byte), bytes.slice(byte)].flatMap((part) => {
        end.receive(part);
        return [...end.take()];
      });
      if (end.failure !== undefined) throw end.failure;
      const answer = deliveries[at + 1]?.bytes;
      if (answer !== undefined) assertEquals(said.length, answer.length);
    });
  });

  Deno.test(`A handshake (${scene.name}) that is cut off at any byte ends as truncated`, () => {
    everyByte(deliveries, (at, byte) => {
      const { bytes } = deliveries[at];

      const end = endBefore(scene, deliveries, at);
      end.receive(bytes.slice(0, byte));
      if (end.failure !== undefined) throw end.failure;
      end.failure = assertThrows(() => end.connection.receiveEnd(), TlsError);
      assertReason(end.failure, "truncated");
      end.take();
      assertIsOver(end);
    });
  });

  Deno.test(`A handshake (${scene.name}) is refused with any byte changed where it is protected`, () => {
    everyByte(deliveries, (at, byte) => {
      const { bytes } = deliveries[at];
      if (byte < plainBytes(bytes)) return;
      const end = endBefore(scene, deliveries, at);
      end.receive(flipped(bytes, byte));
      assertEquals(end.has("connected"), false);
      // What stands in front of the changed byte was answered already.
      const answer = deliveries[at + 1]?.bytes ?? new Uint8Array();
      if (end.failure !== undefined) assertIsOver(end, splitRecords(answer).length);
    });
  });

  Deno.test(`A handshake (${scene.name}) with any byte changed where it is not protected connects no ends that do not agree`, () => {
    everyByte(deliveries, (at, byte) => {
      if (byte >= plainBytes(deliveries[at].bytes)) return;
      const ends = openEnds(scene);
      let count = 0;
      exchange(ends, (bytes) => count++ === at ? flipped(bytes, byte) : bytes.slice());
      assertAgree(ends);
    });
  });
}

/** A handshake in which the protected messages of `side` are changed on their way: one byte, counted over all. */
function meddled(
  scene: Scene,
  side: "client" | "server",
  byte: number,
): { ends: Ends; bytes: number } {
  const secrets = new Secrets();
  const { keyLog } = secrets;
  const server = { ...scene, server: () => ({ ...scene.server(), keyLog }) };
  const ends = openEnds(server);
  let bytes = 0;
  const meddler = new Meddler(side, simd, secrets, (type, message) => {
    const isPlain = type === HandshakeType.client_hello || type === HandshakeType.server_hello;
    const at = byte - bytes;
    if (!isPlain) bytes += message.length;
    if (!isPlain && at >= 0 && at < message.length) message[at] ^= 1 << byte % 8;
    return [message];
  });
  exchange(ends, (sent, from) => from === side ? meddler.pass(sent) : sent.slice());
  return { ends, bytes };
}

const authenticated = scenes.at(-1)!;

for (const side of ["client", "server"] as const) {
  Deno.test(`A handshake with any byte of the ${side}'s protected messages changed by who has the keys is found out`, () => {
    const { bytes } = meddled(authenticated, side, -1);
    for (let byte = 0; byte < bytes; byte++) {
      const { ends } = meddled(authenticated, side, byte);
      const { client, server } = ends;
      assert(!(client.has("connected") && server.has("connected")), `byte ${byte}`);
      assertAgree(ends);
    }
  });
}
