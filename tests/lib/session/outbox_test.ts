import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BufferPool, type Lease } from "../../../lib/buffers.ts";
import { type Duplex, StreamClosed } from "../../../lib/ports.ts";
import { Outbox } from "../../../lib/session/outbox.ts";
import { pipe } from "../../support/pipe.ts";

/** A lease that holds 1, 2, 3, ... from `start` on, behind zeros. */
function leased(start: number, length: number): Lease & { released: number } {
  const { bytes } = new BufferPool({ leasedBytesMax: Infinity, idleBytesMax: 0 })
    .lease(start + length);
  for (let at = 0; at < length; at++) bytes[start + at] = at + 1;
  return {
    bytes,
    released: 0,
    release() {
      this.released++;
    },
  };
}

const nothing = () => {};

Deno.test("Outbox is empty until something is put in and after it was sent", async () => {
  const outbox = new Outbox();
  const { server, client } = pipe();
  assert(outbox.empty);
  outbox.writer.u32(7);
  assert(!outbox.empty);
  await outbox.flush(server, nothing);
  assert(outbox.empty);
  assertEquals(await client.take(4), Uint8Array.of(7, 0, 0, 0));
});

Deno.test("Outbox.flush() sends bytes in the order in which they were put in", async () => {
  const outbox = new Outbox();
  const { server, client } = pipe();
  outbox.writer.u8(100);
  const headAt = outbox.writer.length;
  outbox.writer.u8(101);
  outbox.addLeased(headAt, leased(10, 3), 10, 13);
  await outbox.flush(server, nothing);
  assertEquals([...await client.take(5)], [100, 101, 1, 2, 3]);
});

Deno.test("Outbox.addLeased() puts the head in front of the lease's bytes, so that both are one message", async () => {
  const outbox = new Outbox();
  const { server, client } = pipe({ wholeMessages: true });
  outbox.writer.u32(0xffffffff);
  outbox.addLeased(0, leased(4, 3), 4, 7);
  await outbox.flush(server, nothing);
  assertEquals([...(await client.message())!], [255, 255, 255, 255, 1, 2, 3]);
});

Deno.test("Outbox.addLeased() leaves the lease's other bytes out", async () => {
  const outbox = new Outbox();
  const { server, client } = pipe();
  outbox.addLeased(0, leased(10, 5), 11, 13);
  await outbox.flush(server, nothing);
  assertEquals([...(await client.message())!], [2, 3]);
});

Deno.test("Outbox.addLeased() refuses a second lease before the first is sent", () => {
  const outbox = new Outbox();
  outbox.addLeased(0, leased(0, 5), 0, 5);
  assertThrows(() => outbox.addLeased(0, leased(0, 5), 0, 5), Error, "already");
});

Deno.test("Outbox is full with a leased answer, with much to send, and at its end", () => {
  const outbox = new Outbox();
  outbox.writer.bytes(new Uint8Array(64 * 1024 - 1));
  assert(!outbox.full);
  outbox.writer.u8(0);
  assert(outbox.full);

  const leasing = new Outbox();
  leasing.addLeased(0, leased(0, 1), 0, 1);
  assert(leasing.full);

  const ending = new Outbox();
  assert(!ending.ending);
  ending.endAfterFlush();
  assert(ending.full && ending.ending);
});

Deno.test("Outbox.flush() keeps a lease until its last byte is sent, and releases it once", async () => {
  const outbox = new Outbox();
  const { server, client } = pipe({ capacityBytes: 4 });
  const lease = leased(0, 10);
  outbox.addLeased(0, lease, 0, 10);
  const sent = outbox.flush(server, nothing);
  await client.take(4);
  assertEquals(lease.released, 0);
  await client.take(6);
  await sent;
  assertEquals(lease.released, 1);
  assert(outbox.empty);
  await outbox.flush(server, nothing);
  assertEquals(lease.released, 1);
});

Deno.test("Outbox.flush() releases the lease and forgets all when the far end is gone", async () => {
  for (const before of [0, 3]) {
    const outbox = new Outbox();
    const { server, client } = pipe({ capacityBytes: 4 });
    outbox.writer.bytes(new Uint8Array(before));
    const lease = leased(0, 10);
    outbox.addLeased(before, lease, 0, 10);
    const sent = assertRejects(() => outbox.flush(server, nothing), StreamClosed);
    client.fail();
    await sent;
    assertEquals(lease.released, 1);
    assert(outbox.empty);
  }
});

Deno.test("Outbox.flush() sends a large answer in parts, and reports each that the far end took", async () => {
  const outbox = new Outbox();
  const MIB = 1024 * 1024;
  const events: (number | "progress")[] = [];
  const { server } = pipe();
  server.write = (bytes) => Promise.resolve(void events.push(bytes.length));
  outbox.writer.u32(1);
  outbox.addLeased(4, leased(0, 2 * MIB + 1), 0, 2 * MIB + 1);
  await outbox.flush(server, () => events.push("progress"));
  assertEquals(events, [4, "progress", MIB, "progress", MIB, "progress", 1, "progress"]);
});

Deno.test("Outbox.flush() sends a large answer whole where messages must not be cut", async () => {
  const outbox = new Outbox();
  const { server, client } = pipe({ wholeMessages: true });
  outbox.addLeased(0, leased(0, 3_000_000), 0, 3_000_000);
  await outbox.flush(server, nothing);
  assertEquals((await client.message())!.length, 3_000_000);
});

Deno.test("Outbox.flush() leaves it to a stream of whole messages to tell how far it is", async () => {
  const outbox = new Outbox();
  let parts = 0;
  const told: Duplex = {
    peer: { hostname: "127.0.0.1", port: 1 },
    local: { hostname: "127.0.0.1", port: 2 },
    wholeMessages: true,
    read: () => Promise.resolve(null),
    write: (_bytes, progress) => Promise.resolve(progress?.()),
    close() {},
  };
  outbox.addLeased(0, leased(0, 3_000_000), 0, 3_000_000);
  await outbox.flush(told, () => parts++);
  assertEquals(parts, 1);
});

Deno.test("Outbox.flush() keeps the writer for small answers and gives back what a long one took", async () => {
  const outbox = new Outbox();
  const { server } = pipe();
  const { writer } = outbox;
  writer.bytes(new Uint8Array(1000));
  await outbox.flush(server, nothing);
  assert(outbox.writer === writer);
  writer.bytes(new Uint8Array(1_000_000));
  await outbox.flush(server, nothing);
  assert(outbox.writer !== writer);
  assertEquals(outbox.writer.length, 0);
});
