import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { connectTcp, connectUnix, listenTcp } from "../../../lib/os/net.ts";
import { type Duplex, StreamClosed } from "../../../lib/ports.ts";
import { pair, readExactly } from "../../support/loopback.ts";

const LOOPBACK = { hostname: "127.0.0.1", port: 0 };

Deno.test("listenTcp() takes a free port for port 0, and tells which", () => {
  const listener = listenTcp(LOOPBACK);
  assertEquals(listener.address.hostname, "127.0.0.1");
  assert(listener.address.port > 0);
  listener.close();
});

Deno.test("listenTcp() says in words what is wrong with an address", () => {
  const holder = listenTcp(LOOPBACK);
  const { port } = holder.address;
  const used = assertThrows(() => listenTcp(holder.address), Error);
  assertEquals(
    used.message,
    `Address 127.0.0.1:${port} is in use: stop what listens there, or choose another port (0 takes a free one)`,
  );
  holder.close();
  const foreign = assertThrows(() => listenTcp({ hostname: "192.0.2.1", port: 0 }), Error);
  assertEquals(foreign.message, "Address 192.0.2.1:0 is not one of this machine's");
  const nonsense = assertThrows(() => listenTcp({ hostname: "127.0.0.1", port: 70_000 }), Error);
  assertStringIncludes(nonsense.message, "Cannot listen on 127.0.0.1:70000: ");
});

Deno.test("Listener.accept() gives connections whose ends know each other", async () => {
  using ends = await pair();
  const { near, far } = ends;
  assertEquals(near.peer, far.local);
  assertEquals(near.local, far.peer);
  assertEquals([near.wholeMessages, far.wholeMessages], [false, false]);
});

Deno.test("Listener.close() ends a pending accept with null, and later ones, too", async () => {
  const listener = listenTcp(LOOPBACK);
  const pending = listener.accept();
  listener.close();
  assertEquals(await pending, null);
  assertEquals(await listener.accept(), null);
});

Deno.test("Listener.accept() goes on after a connection that was reset before it was accepted", async () => {
  const listener = listenTcp(LOOPBACK);
  const { port } = listener.address;
  (await Deno.connect({ hostname: "127.0.0.1", port })).close();
  const alive = await connectTcp(listener.address);
  await alive.write(new Uint8Array([7]));
  const into = new Uint8Array(1);
  const accepted: Duplex[] = [];
  do accepted.push((await listener.accept())!); while (await accepted.at(-1)!.read(into) === null);
  assertEquals(into[0], 7);
  for (const duplex of [alive, ...accepted]) duplex.close();
  listener.close();
});

Deno.test("connectTcp() rejects when nobody listens", async () => {
  await assertRejects(() => connectTcp({ hostname: "127.0.0.1", port: 1 }));
});

Deno.test("Duplex.write() writes all of its bytes, however many", async () => {
  using ends = await pair();
  const bytes = Uint8Array.from({ length: 3_000_000 }, (_, at) => at * 31);
  const written = ends.near.write(bytes);
  assertEquals(await readExactly(ends.far, bytes.length), bytes);
  await written;
});

Deno.test("Duplex.read() gives null at the end of the stream, again and again", async () => {
  using ends = await pair();
  await ends.far.write(new Uint8Array([1, 2]));
  ends.far.close();
  assertEquals(await readExactly(ends.near, 2), new Uint8Array([1, 2]));
  assertEquals(await ends.near.read(new Uint8Array(1)), null);
  assertEquals(await ends.near.read(new Uint8Array(1)), null);
});

Deno.test("Duplex.read() gives null when the far end resets the connection", async () => {
  using ends = await pair();
  // Closing with unread bytes makes the system send a reset.
  await ends.near.write(new Uint8Array([1]));
  ends.far.close();
  assertEquals(await ends.near.read(new Uint8Array(1)), null);
});

Deno.test("Duplex.write() rejects with StreamClosed once the far end is gone", async () => {
  using ends = await pair();
  const { near, far } = ends;
  far.close();
  const fault = await assertRejects(async () => {
    for (;;) await near.write(new Uint8Array(65_536));
  }, StreamClosed);
  assertStringIncludes(fault.message, `127.0.0.1:${near.peer.port}`);
});

Deno.test("Duplex.finish() ends one direction, and the other goes on", async () => {
  using ends = await pair();
  const { near, far } = ends;
  await far.finish!();
  assertEquals(await near.read(new Uint8Array(1)), null);
  await near.write(Uint8Array.of(7));
  assertEquals(await far.read(new Uint8Array(8)), 1);
  near.close();
  await far.finish!();
});

Deno.test("Duplex.close() ends what waits on either direction, and may come twice", async () => {
  using ends = await pair();
  const { near } = ends;
  const reading = near.read(new Uint8Array(1));
  const writing = assertRejects(async () => {
    for (;;) await near.write(new Uint8Array(1 << 20));
  }, StreamClosed);
  near.close();
  near.close();
  assertEquals(await reading, null);
  await writing;
  await assertRejects(() => near.write(new Uint8Array(1)), StreamClosed);
  assertEquals(await near.read(new Uint8Array(1)), null);
});

Deno.test({
  name: "connectUnix() shows the addresses that the stream stands for",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = Deno.makeTempDirSync({ prefix: "whippet-net-" });
    const listener = Deno.listen({ transport: "unix", path: `${folder}/s` });
    const peer = { hostname: "192.0.2.7", port: 7 };
    const local = { hostname: "192.0.2.8", port: 8 };
    const accepted = listener.accept();
    const duplex = await connectUnix(`${folder}/s`, peer, local);
    assertEquals([duplex.peer, duplex.local], [peer, local]);
    const far = await accepted;
    await duplex.write(new Uint8Array([5]));
    const into = new Uint8Array(1);
    await far.read(into);
    assertEquals(into[0], 5);
    far.close();
    duplex.close();
    listener.close();
    Deno.removeSync(folder, { recursive: true });
  },
});
