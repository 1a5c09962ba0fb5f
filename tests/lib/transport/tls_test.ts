import { assert, assertEquals, assertRejects } from "@std/assert";
import { StreamClosed } from "../../../lib/ports.ts";
import { LargeBuffers } from "../../../lib/transport/ciphertext_buffer.ts";
import { TlsStream, type TlsStreamOptions } from "../../../lib/transport/tls.ts";
import { TlsError } from "../../../tls/alert.ts";
import { turns } from "../../support/partition_logs.ts";
import { pipe, type PipeOptions } from "../../support/pipe.ts";
import { CountingPool, record, ScriptedTls } from "../../support/scripted_tls.ts";
import { SimClock } from "../../support/sim_clock.ts";

/** A server's stream over a pipe, at whose other end the test speaks in records. */
function server(options: PipeOptions & Partial<TlsStreamOptions> = {}) {
  const { client, server: below } = pipe(options);
  const clock = new SimClock();
  const pool = new CountingPool();
  const tls = new ScriptedTls("server");
  const failures: string[] = [];
  const stream = new TlsStream(below, tls, {
    buffers: new LargeBuffers(pool, 4),
    clock,
    onFailure: (error) => failures.push(error.message),
    ...options,
  });
  return { client, below, clock, pool, tls, stream, failures };
}

/** The same, past its handshake. */
async function connected(options: PipeOptions & Partial<TlsStreamOptions> = {}) {
  const ends = server(options);
  const handshake = ends.stream.handshake();
  const sent = ends.client.write(record("hello"));
  assertEquals(await ends.client.take(5), record("hello"));
  await Promise.all([sent, handshake]);
  return ends;
}

/** A client's and a server's stream, connected. */
async function bothEnds(options: PipeOptions = {}) {
  const { client: below, ...rest } = server(options);
  const tls = new ScriptedTls("client");
  const pool = new CountingPool();
  const client = new TlsStream(below, tls, {
    buffers: new LargeBuffers(pool, 4),
    clock: new SimClock(),
  });
  const serving = rest.stream.handshake();
  await client.handshake();
  await serving;
  return { ...rest, client, clientTls: tls, clientPool: pool };
}

async function all(stream: TlsStream, bytes: number): Promise<Uint8Array> {
  const whole = new Uint8Array(bytes);
  for (let at = 0; at < bytes;) {
    const count = await stream.read(whole.subarray(at));
    if (count === null) return whole.subarray(0, at);
    at += count;
  }
  return whole;
}

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => at * 31 >> 3);
}

// Handshake

Deno.test("TlsStream begins with what was read before it was there", async () => {
  const hello = record("hello");
  for (let cut = 1; cut <= hello.length; cut++) {
    const { client, stream } = server({ head: hello.subarray(0, cut) });
    const handshake = stream.handshake();
    if (cut < hello.length) await client.write(hello.subarray(cut));
    assertEquals(await client.message(), hello);
    await handshake;
  }
});

Deno.test("TlsStream gives what came behind the handshake in one piece with it", async () => {
  const { client, stream } = server();
  await client.write(Uint8Array.of(...record("hello"), ...record("data", [1, 2]), 23, 3));
  await stream.handshake();
  assertEquals([...await all(stream, 2)], [1, 2]);
});

Deno.test("TlsStream.handshake() sends the alert, then rejects with it", async () => {
  const { client, stream } = server();
  await client.write(record("wrong"));
  await assertRejects(() => stream.handshake(), TlsError, "Record of type 27 is wrong");
  assertEquals(await client.message(), record("alert"));
  assertEquals(await stream.read(new Uint8Array(8)), null);
  await assertRejects(() => stream.write(Uint8Array.of(1)), StreamClosed);
});

Deno.test("TlsStream.handshake() gives up on an alert that the peer does not take", async () => {
  const { client, clock, stream, below } = server({ capacityBytes: 3 });
  const handshake = assertRejects(() => stream.handshake(), TlsError);
  await client.write(record("wrong"));
  await turns();
  assertEquals(below.writing, true);
  clock.advance(1000);
  await handshake;
});

Deno.test("TlsStream.handshake() rejects when the peer ends, and when it is closed here", async () => {
  const ended = server();
  ended.client.end();
  await assertRejects(() => ended.stream.handshake(), TlsError, "Stream was cut off");
  const closed = server();
  const handshake = closed.stream.handshake();
  closed.stream.close();
  await assertRejects(() => handshake, StreamClosed);
});

Deno.test("TlsStream waits for a signature that takes its time, and for nothing else meanwhile", async () => {
  const { client, tls, stream, below } = server();
  const signature = Promise.withResolvers<Uint8Array>();
  tls.signature = signature.promise;
  const handshake = stream.handshake();
  await client.write(Uint8Array.of(...record("hello"), ...record("data", [5])));
  await turns();
  assertEquals(below.reading, false);
  signature.resolve(Uint8Array.of(1, 2, 3));
  assertEquals(await client.message(), record("hello", [1, 2, 3]));
  await handshake;
  assertEquals([...await all(stream, 1)], [5]);
});

Deno.test("TlsStream fails the connection when its key cannot sign", async () => {
  const { client, tls, stream } = server();
  tls.signature = Promise.reject(new Error("No such key"));
  await client.write(record("hello"));
  await assertRejects(() => stream.handshake(), Error, "No such key");
  assertEquals(tls.failure?.message, "No such key");
  assertEquals(await client.message(), record("alert"));
});

Deno.test("TlsStream closed while a signature is made is closed", async () => {
  const { client, tls, stream } = server();
  const signature = Promise.withResolvers<Uint8Array>();
  tls.signature = signature.promise;
  const handshake = stream.handshake();
  await client.write(record("hello"));
  await turns();
  stream.close();
  signature.resolve(Uint8Array.of(1));
  await assertRejects(() => handshake, StreamClosed);
});

Deno.test("TlsStream of a server answers a change_cipher_spec behind which nothing comes, for rustls to go on", async () => {
  const { client, clock, tls, stream } = server();
  tls.isHalfOpen = true;
  const handshake = stream.handshake();
  const changeCipherSpec = record("changeCipherSpec", [1]);
  await client.write(changeCipherSpec);
  await turns();
  clock.advance(9);
  // More came in time.
  await client.write(changeCipherSpec);
  await turns();
  clock.advance(9);
  await turns();
  assertEquals(client.reading, false);
  clock.advance(1);
  assertEquals(await client.message(), record("data"));
  await client.write(record("hello"));
  assertEquals(await client.message(), record("hello"));
  await handshake;
  assertEquals(clock.timers, 0);
});

Deno.test("TlsStream of a server answers no change_cipher_spec that comes with more", async () => {
  const { client, clock, tls, stream } = server();
  tls.isHalfOpen = true;
  const handshake = stream.handshake();
  await client.write(Uint8Array.of(...record("changeCipherSpec", [1]), ...record("hello")));
  assertEquals(await client.message(), record("hello"));
  await handshake;
  assertEquals(clock.timers, 0);
});

// Reading

Deno.test("TlsStream gives what was sent, in pieces of any size", async () => {
  const { client, stream } = await bothEnds();
  const sent = pattern(300_000);
  for (const size of [1, 7, 16_384, 100_000]) {
    const sending = client.write(sent.subarray(0, size * 3));
    const got: number[] = [];
    const into = new Uint8Array(size);
    while (got.length < size * 3) got.push(...into.subarray(0, (await stream.read(into))!));
    await sending;
    assertEquals(Uint8Array.from(got), sent.subarray(0, size * 3));
  }
});

Deno.test("TlsStream gives what was sent, however the stream below cuts it", async () => {
  for (const capacityBytes of [1, 3, 4096, 50_000]) {
    const { client, stream } = await bothEnds({ capacityBytes });
    const sent = pattern(40_000);
    const [got] = await Promise.all([all(stream, sent.length), client.write(sent)]);
    assertEquals(got, sent);
  }
});

Deno.test("TlsStream reads nothing while what it has opened is not taken", async () => {
  const { client, below, stream } = await connected({ capacityBytes: 64 });
  await client.write(record("data", [1, 2, 3]));
  assertEquals(await stream.read(new Uint8Array(1)), 1);
  await turns();
  assertEquals(below.reading, false);
  assertEquals([...await all(stream, 2)], [2, 3]);
});

Deno.test("TlsStream passes over records without content", async () => {
  const { client, stream } = await connected();
  await client.write(Uint8Array.of(...record("data"), ...record("pong"), ...record("data", [9])));
  assertEquals([...await all(stream, 1)], [9]);
});

Deno.test("TlsStream ends with the peer's close_notify, and what came before is read first", async () => {
  const { client, stream, failures } = await connected();
  await client.write(Uint8Array.of(...record("data", [1]), ...record("end")));
  assertEquals([...await all(stream, 8)], [1]);
  assertEquals([await stream.read(new Uint8Array(1)), failures], [null, []]);
});

Deno.test("TlsStream that is cut off ends, and says that it was", async () => {
  const { client, stream, failures } = await connected();
  await client.write(record("data", [1]).subarray(0, 4));
  client.end();
  assertEquals(await stream.read(new Uint8Array(1)), null);
  assertEquals(failures, ["Stream was cut off"]);
});

Deno.test("TlsStream gives what came ahead of a failure, then ends, with the alert sent", async () => {
  const { client, stream, failures } = await connected();
  await client.write(Uint8Array.of(...record("data", [1]), ...record("wrong")));
  assertEquals([...await all(stream, 8)], [1]);
  assertEquals(failures, ["Record of type 27 is wrong"]);
  assertEquals(await client.message(), record("alert"));
  await assertRejects(() => stream.write(Uint8Array.of(1)), StreamClosed);
});

// Writing

Deno.test("TlsStream seals many records into one write", async () => {
  const { client, stream } = await connected();
  const sent = pattern(100_000);
  await stream.write(sent);
  const sealed = (await client.message())!;
  assertEquals(sealed.length, 100_000 + 7 * 5);
});

Deno.test("TlsStream cuts what is long into writes that fit a large buffer", async () => {
  const { client, pool, stream } = await connected();
  await stream.write(pattern(1_000_000));
  const sizes: number[] = [];
  for (let sum = 0; sum < 1_000_000;) {
    sizes.push((await client.message())!.length);
    sum += sizes.at(-1)!;
  }
  assert(sizes.length === 5 && Math.max(...sizes) <= 256 * 1024, `${sizes}`);
  assertEquals(pool.lent.size, 0);
});

Deno.test("TlsStream writes record by record when no large buffer is left", async () => {
  const { client, pool, stream } = await connected({
    buffers: new LargeBuffers(new CountingPool(), 0),
  });
  await stream.write(pattern(40_000));
  assertEquals((await client.message())!.length, 16_389);
  assertEquals(pool.lent.size, 0);
});

Deno.test("TlsStream keeps the order of sealing between its own answers and what is written", async () => {
  const { client, stream, below } = await connected({ capacityBytes: 10 });
  const writing = stream.write(pattern(20));
  await turns();
  assertEquals(below.writing, true);
  const asking = client.write(Uint8Array.of(...record("ping"), ...record("data", [1])));
  assertEquals([...await all(stream, 1)], [1]);
  await asking;
  const behind = stream.write(Uint8Array.of(2));
  const bytes = await client.take(25 + 5 + 6);
  assertEquals(
    bytes,
    Uint8Array.of(
      ...record("data", pattern(20)),
      ...record("pong"),
      ...record("data", [2]),
    ),
  );
  await Promise.all([writing, behind]);
});

Deno.test("TlsStream does not listen to a peer that asks for answers and takes none", async () => {
  const { client, stream, below, pool } = await connected({ capacityBytes: 8192 });
  const reading = stream.read(new Uint8Array(1));
  const pings = new Uint8Array(200_000).map((_, at) => record("ping")[at % 5]);
  const flood = client.write(pings);
  for (let turn = 0; turn < 20; turn++) await turns();
  assertEquals([client.writing, below.reading, below.writing], [true, false, true]);
  assert(pool.bytesMax < 400_000);
  assertEquals((await client.take(pings.length)).length, pings.length);
  await flood;
  await client.write(record("data", [1]));
  assertEquals(await reading, 1);
});

Deno.test("TlsStream.write() rejects when the stream below is gone", async () => {
  const { client, pool, stream } = await connected();
  client.fail();
  await assertRejects(() => stream.write(pattern(50_000)), StreamClosed);
  assertEquals(pool.lent.size, 0);
});

// Closing

Deno.test("TlsStream.close() says close_notify, then ends the stream below, once", async () => {
  const { client, below, stream } = await connected();
  const reading = stream.read(new Uint8Array(1));
  stream.close();
  stream.close();
  assertEquals(await reading, null);
  assertEquals([...await client.rest()], [...record("end")]);
  assertEquals(below.closes, 1);
});

Deno.test("TlsStream.close() does not wait for a peer that takes nothing", async () => {
  const { below, stream } = await connected({ capacityBytes: 9 });
  const writing = assertRejects(() => stream.write(pattern(100)), StreamClosed);
  await turns();
  stream.close();
  assertEquals(below.closes, 1);
  await writing;

  const quiet = await connected({ capacityBytes: 3 });
  quiet.stream.close();
  await turns();
  assertEquals(quiet.below.closes, 0);
  quiet.clock.advance(1000);
  assertEquals(quiet.below.closes, 1);
});

Deno.test("TlsStream holds no lent memory once it is closed", async () => {
  const { client, pool, stream } = await connected();
  await client.write(record("data", pattern(30_000)));
  await client.write(record("data", pattern(30_000)));
  await stream.read(new Uint8Array(100));
  const reading = stream.read(new Uint8Array(100_000));
  await turns();
  stream.close();
  await reading;
  await turns();
  assertEquals(pool.lent.size, 0);
});

Deno.test("TlsStream shows the addresses of the stream below", () => {
  const { stream, below } = server();
  assertEquals([stream.peer, stream.local], [below.peer, below.local]);
});
