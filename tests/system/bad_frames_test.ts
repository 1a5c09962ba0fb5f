import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../protocol/commands.ts";
import { INVALID_COMMAND, UNAUTHENTICATED } from "../../protocol/error_codes.ts";
import { WireReader, WireWriter } from "../../protocol/wire.ts";
import { someMessages } from "../support/messages.ts";
import { Random } from "../support/random.ts";
import { sayAndHear } from "../support/raw_bytes.ts";
import {
  dial,
  DIALECTS,
  dialRoot,
  encodeMessages,
  type Peer,
  VsrPeerFraming,
} from "../support/raw_peer.ts";
import { SharedNode } from "../support/shared_node.ts";

const node = new SharedNode({ WHIPPET_LIMITS_FRAME_RECEIVE_TIME_MAX: "1 s" });

node.test("Random bytes get status 3 or a closed connection", async (port) => {
  const random = Random.announced("Random bytes");
  for (let round = 0; round < 20; round++) {
    await Promise.all(Array.from({ length: 10 }, async () => {
      const bytes = new Uint8Array(random.between(1, 3000));
      random.fill(bytes);
      await expectOnlyRefusals(port, bytes);
    }));
  }
});

node.test("Random bytes behind a good first request get status 3 or a closed connection", async (port) => {
  const random = Random.announced("Random bytes behind a ping");
  for (let round = 0; round < 100; round++) {
    using peer = await dialAndPing(random.pick(DIALECTS), port);
    const bytes = new Uint8Array(random.between(1, 3000));
    random.fill(bytes);
    // Whatever length it reads out of this, it has these bytes and no more.
    await peer.write(bytes).catch(() => {});
    const answer = await peer.answer();
    assert(answer === undefined || answer.status === INVALID_COMMAND, Deno.inspect(answer));
  }
});

for (const dialect of DIALECTS) {
  node.test(`A send that breaks off leaves nothing behind (${dialect})`, async (port) => {
    using watcher = await dialRoot(dialect, port);
    const topicId = `broken-off-${dialect}`;
    await watcher.ask("createTopic", {
      streamId: "healthy",
      name: topicId,
      partitionsCount: 1,
      options: {},
    });
    const batch = encodeMessages(dialect, someMessages(3, 100));
    for (let part = 1; part < 10; part++) {
      using peer = await dialRoot(dialect, port);
      const partitioning = { kind: "partition_id", partitionId: 0 } as const;
      const frame = peer.sendFrame({ streamId: "healthy", topicId }, partitioning, 3, batch);
      await peer.write(frame.subarray(0, Math.floor(frame.length * part / 10)));
    }
    const polled = await watcher.poll({ streamId: "healthy", topicId });
    assertEquals([polled.count, polled.currentOffset], [0, 0]);
  });

  node.test(`A connection that sends a byte now and then is closed when its frame takes too long (${dialect})`, async (port) => {
    using beginner = await dial(dialect, port);
    using pinged = await dialAndPing(dialect, port);
    await Promise.all([beginner, pinged].map(async (peer) => {
      const end = peer.answer();
      await trickleUntil(end, peer, peer.framing.frameOf("createStream", new Uint8Array(4096)));
      assertEquals(await end, undefined);
    }));
  });
}

node.test("A classic length without room for a code gets status 3, and the connection goes on", async (port) => {
  using peer = await dialAndPing("classic", port);
  for (const length of [0, 1, 2, 3]) {
    await peer.write(u32(length));
    assertEquals((await peer.answer())?.status, INVALID_COMMAND);
  }
  await peer.ask("ping", undefined);
});

/** Length field and code of classic requests that are too long, as CLASSIC.md section 1.1 has it. */
const OVERSIZED_CLASSIC = {
  "an announced 2^32 - 1": [0xffffffff, COMMANDS.ping.code],
  "a send of 2^32 - 1": [0xffffffff, COMMANDS.sendMessages.code],
  "a send of more than 64 MiB": [64 * 1024 * 1024 - 3, COMMANDS.sendMessages.code],
  "another command of more than 10 MiB": [10 * 1024 * 1024 + 5, COMMANDS.createStream.code],
  "an unknown command of more than 10 MiB": [10 * 1024 * 1024 + 5, 9999],
} as const;

for (const [what, [length, code]] of Object.entries(OVERSIZED_CLASSIC)) {
  node.test(`A classic frame gets status 3 and a closed connection when it is ${what}`, async (port) => {
    using peer = await dialAndPing("classic", port);
    await peer.write(concat(u32(length), u32(code)));
    assertEquals((await peer.answer())?.status, INVALID_COMMAND);
    assertEquals(await peer.answer(), undefined);
    await expectOnlyRefusals(port, concat(u32(length), u32(code), new Uint8Array(100)));
  });
}

/** What VSR.md section 1 calls an unparseable header: patches of a good one. */
const MALFORMED_HEADERS: Record<string, (header: DataView) => void> = {
  "a size of 2^32 - 1": (header) => header.setUint32(SIZE_AT, 0xffffffff, true),
  "a size of more than 64 MiB": (header) => header.setUint32(SIZE_AT, 64 * 1024 * 1024 + 1, true),
  "a size less than its own": (header) => header.setUint32(SIZE_AT, 255, true),
  "a size of 0": (header) => header.setUint32(SIZE_AT, 0, true),
  "the command of a reply": (header) => header.setUint8(COMMAND_AT, 8),
  "no command": (header) => header.setUint8(COMMAND_AT, 0),
  "no client": (header) => header.setBigUint64(CLIENT_AT, 0n, true),
};

for (const [what, patch] of Object.entries(MALFORMED_HEADERS)) {
  node.test(`A VSR header ends its connection without an answer when it has ${what}`, async (port) => {
    using peer = await dialAndPing("vsr_0_11", port);
    const frame = peer.frame("ping", undefined);
    patch(new DataView(frame.buffer));
    await peer.write(frame);
    assertEquals(await peer.answer(), undefined);
    assertEquals(await sayAndHear(port, frame), new Uint8Array());
  });
}

node.test("A VSR request is known by its layout when its first bytes are not zeros", async (port) => {
  const framing = new VsrPeerFraming();
  using peer = await dial(framing, port);
  const frame = peer.frame("ping", undefined);
  frame.fill(0x5a, 0, 32); // the checksums, which nobody verifies on this link
  await peer.write(frame);
  assertEquals((await peer.answer())?.status, 0);
});

node.test("An unknown code gets status 3, and the connection goes on", async (port) => {
  using peer = await dialRoot("classic", port);
  for (const code of [0, 2, 14, 103, 606, 9999, 0xffffffff]) {
    await peer.write(concat(u32(4), u32(code)));
    assertEquals((await peer.answer())?.status, INVALID_COMMAND, `Code ${code}`);
  }
  await peer.ask("getMe", undefined);
});

node.test("An unknown operation or code gets status 3 under its own request number", async (port) => {
  const framing = new VsrPeerFraming();
  using peer = await dialRoot(framing, port);
  for (const operation of [0, 4, 64, 65, 68, 127, 150, 159, 163, 255]) {
    const request = framing.request++;
    await peer.write(framing.frameWith({ operation, request }, new Uint8Array()));
    const { status, request: echoed } = (await peer.answer())!;
    assertEquals([status, echoed], [INVALID_COMMAND, request], `Operation ${operation}`);
  }
  for (const code of [0, 14, 103, 104, 123, 9999, 0xffffffff]) {
    await peer.write(framing.frameWith({ code }, new Uint8Array()));
    assertEquals((await peer.answer())?.status, INVALID_COMMAND, `Code ${code}`);
  }
  await peer.ask("getMe", undefined);
});

node.test("A ClientHello that is none gets an alert and a closed connection", async (port) => {
  const hello = Uint8Array.of(0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3);
  const heard = await sayAndHear(port, concat(hello, new Uint8Array(194)));
  // RFC 8446 §6: fatal, decode_error.
  assertEquals([...heard], [21, 3, 3, 0, 2, 2, 50]);
});

node.test("HTTP that is none gets an HTTP error or a closed connection", async (port) => {
  for (const request of ["GET \0\0\0\r\n\r\n", "POST / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\n"]) {
    const heard = TEXT.decode(await sayAndHear(port, new TextEncoder().encode(request)));
    assert(heard === "" || /^HTTP\/1\.[01] 4\d\d /.test(heard), heard);
  }
});

async function dialAndPing(dialect: (typeof DIALECTS)[number], port: number): Promise<Peer> {
  const peer = await dial(dialect, port);
  await peer.ask("ping", undefined);
  return peer;
}

/** Writes a byte at a time until `end` settles. */
async function trickleUntil(end: Promise<unknown>, peer: Peer, bytes: Uint8Array): Promise<void> {
  let ended = false;
  const settled = end.finally(() => ended = true);
  for (let at = 0; !ended; at++) {
    await peer.write(bytes.subarray(at, at + 1)).catch(() => {});
    await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, TRICKLE_MS))]);
  }
}

/** Nothing at all, or the classic answers that say no. */
async function expectOnlyRefusals(port: number, bytes: Uint8Array): Promise<void> {
  const heard = new WireReader(await sayAndHear(port, bytes));
  while (heard.remaining > 0) {
    const [status, length] = [heard.u32(), heard.u32()];
    assert([INVALID_COMMAND, UNAUTHENTICATED].includes(status), `Status ${status}`);
    assertEquals(length, 0);
  }
}

function u32(value: number): Uint8Array {
  const writer = new WireWriter(4);
  writer.u32(value);
  return writer.written;
}

function concat(...parts: Uint8Array[]): Uint8Array {
  const writer = new WireWriter();
  for (const part of parts) writer.bytes(part);
  return writer.written;
}

const TEXT = new TextDecoder();
/** Of a VSR header (VSR.md section 3). */
const SIZE_AT = 48;
const COMMAND_AT = 60;
const CLIENT_AT = 128;
const TRICKLE_MS = 100;
