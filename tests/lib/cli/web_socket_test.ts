import { assertEquals, assertRejects } from "@std/assert";
import { webSocketOver } from "../../../lib/cli/web_socket.ts";
import { type Duplex, StreamClosed } from "../../../lib/ports.ts";
import { CountingEntropy } from "../../support/sim_ports.ts";

const ADDRESS = { hostname: "::1", port: 8092 };
const UPGRADE = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";

/** A stream that gives `chunks`, then ends, and keeps what is written. */
function scripted(...chunks: (string | number[])[]) {
  const written: Uint8Array[] = [];
  let closed = false;
  const bytes = chunks.map((chunk) =>
    typeof chunk === "string" ? UTF8.encode(chunk) : Uint8Array.from(chunk)
  );
  const stream: Duplex = {
    peer: ADDRESS,
    local: ADDRESS,
    wholeMessages: false,
    read(into) {
      const next = bytes.shift();
      if (next === undefined) return Promise.resolve(null);
      into.set(next);
      return Promise.resolve(next.length);
    },
    write(part) {
      written.push(part.slice());
      return Promise.resolve();
    },
    close: () => void (closed = true),
  };
  return { stream, written, isClosed: () => closed };
}

const UTF8 = new TextEncoder();
const open = (stream: Duplex) => webSocketOver(stream, ADDRESS, new CountingEntropy());

/** A masked frame in the clear: opcode and payload. */
function unmasked(frame: Uint8Array): [number, Uint8Array] {
  const extra = [2, 8][(frame[1] & 0x7f) - 126] ?? 0;
  const mask = frame.subarray(2 + extra, 6 + extra);
  return [frame[0] & 0x0f, frame.subarray(6 + extra).map((byte, at) => byte ^ mask[at & 3])];
}

Deno.test("webSocketOver() asks for an upgrade, and reads what comes right behind it", async () => {
  const { stream, written } = scripted(UPGRADE.slice(0, 9), [
    ...UTF8.encode(UPGRADE.slice(9)),
    0x82,
    3,
    97,
    98,
    99,
  ]);
  const socket = await open(stream);
  const head = new TextDecoder().decode(written[0]);
  assertEquals(head.startsWith("GET / HTTP/1.1\r\nHost: [::1]:8092\r\n"), true);
  const into = new Uint8Array(2);
  assertEquals([await socket.read(into), into[0]], [2, 97]);
  assertEquals([await socket.read(into), into[0]], [1, 99]);
  assertEquals(await socket.read(into), null);
});

Deno.test("webSocketOver() masks what it sends, of every length", async () => {
  const { stream, written } = scripted(UPGRADE);
  const socket = await open(stream);
  for (const length of [0, 125, 126, 65_535, 65_536]) {
    const payload = new Uint8Array(length).fill(7);
    await socket.write(payload);
    const frame = written.at(-1)!;
    assertEquals(frame[1] >= 0x80, true);
    assertEquals(unmasked(frame), [2, payload]);
  }
});

Deno.test("webSocketOver() answers pings, reads long frames and parts, and ends at a close", async () => {
  const { stream, written } = scripted(
    UPGRADE,
    [0x89, 1, 65, 0x02, 126, 0, 2, 1],
    [2, 0x80, 127, 0, 0, 0, 0, 0, 0, 0, 1, 3, 0x88, 0],
  );
  const socket = await open(stream);
  const read: number[] = [];
  const into = new Uint8Array(8);
  for (let count = await socket.read(into); count !== null; count = await socket.read(into)) {
    read.push(...into.subarray(0, count));
  }
  assertEquals(read, [1, 2, 3]);
  assertEquals(unmasked(written[1]), [10, Uint8Array.from([65])]);
  await assertRejects(() => socket.write(into), StreamClosed);
});

Deno.test("webSocketOver() says what answers where no WebSocket is spoken", async () => {
  const cases = [["HTTP/1.1 404 Not Found\r\n\r\n", "404 Not Found"], ["", "the stream ends"]];
  for (const [answer, said] of cases) {
    const { stream } = answer === "" ? scripted() : scripted(answer);
    await assertRejects(() => open(stream), Error, said);
  }
});

Deno.test("WebSocket.close() says so, and closes what is below", async () => {
  const { stream, written, isClosed } = scripted(UPGRADE);
  (await open(stream)).close();
  assertEquals([unmasked(written[1])[0], isClosed()], [8, true]);
});
