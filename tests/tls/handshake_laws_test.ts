/**
 * What holds for every handshake, in both roles, when its bytes are cut, cut off or damaged anywhere:
 * only a `TlsError`, its alert once, nothing accepted after it, and never two ends that are connected
 * and do not agree. `deno task fuzz bits` changes every bit, `deno task fuzz tls` tries all sorts of damage.
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { TlsError } from "../../tls/alert.ts";
import { simd } from "../../tls/provider/simd.ts";
import { HandshakeType } from "../../tls/registry.ts";
import { assertReason } from "../support/refusals.ts";
import {
  assertAgree,
  assertFlipIsFound,
  assertIsOver,
  type Ends,
} from "../support/handshake_laws.ts";
import { Meddler, Secrets } from "../support/tls_meddler.ts";
import { exchange } from "../support/tls_pair.ts";
import {
  type Delivery,
  endBefore,
  handshakeScenes,
  openEnds,
  recordScene,
  type Scene,
} from "../support/tls_recording.ts";

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

  Deno.test(`A handshake (${scene.name}) with any byte changed connects no ends that do not agree, and none where it is protected`, () => {
    everyByte(
      deliveries,
      (at, byte) => assertFlipIsFound(scene, deliveries, at, 8 * byte + byte % 8),
    );
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
