import { assertEquals, assertThrows } from "@std/assert";
import * as fc from "fast-check";
import { IggyError, WireError } from "../../protocol/errors.ts";
import { referenceKernel } from "../../protocol/batch_reference.ts";
import { type Message, MESSAGES, type OutgoingMessage } from "../../protocol/message_codec.ts";
import type { Dialect } from "../../protocol/command.ts";
import { WireReader, WireWriter } from "../../protocol/wire.ts";
import { xxh3_64 } from "../../protocol/xxhash.ts";
import { CLASSIC_POLL, CLASSIC_SEND, VSR_POLL, VSR_SEND } from "../vectors/messages.ts";

const UTF8 = new TextEncoder();
const MADE = 1_700_000_000_000_000;
const SENT: OutgoingMessage[] = [
  { id: 1n, originTimestamp: MADE, payload: UTF8.encode("hello") },
  { id: 2n, originTimestamp: MADE, payload: UTF8.encode("world!") },
];

Deno.test("MESSAGES.classic.encode() writes the sheet's send", () => {
  assertEquals(encode("classic", SENT), CLASSIC_SEND);
});

Deno.test("MESSAGES.vsr_0_11.encode() writes the sheet's send", () => {
  assertEquals(encode("vsr_0_11", SENT), VSR_SEND);
});

Deno.test("MESSAGES.vsr_0_11.encode() writes the golden batch of the SDK tests", () => {
  const batch = encode("vsr_0_11", [
    { id: 7n, originTimestamp: 1000, payload: UTF8.encode("first-payload") },
    {
      id: 8n,
      originTimestamp: 1050,
      payload: UTF8.encode("second-payload"),
      userHeaders: UTF8.encode("user-header-bytes"),
    },
  ]);
  const view = new DataView(batch.buffer);
  assertEquals(batch.length, 396);
  assertEquals(view.getBigUint64(256, true), 0x7596755a20b9d2bfn);
  assertEquals(view.getBigUint64(256 + 48 + 13, true), 0xc0b78e751c7e6bd6n);
});

Deno.test("MESSAGES.vsr_0_11.encode() appends to what is written, as a body needs it", () => {
  const writer = new WireWriter(8);
  writer.bytes(UTF8.encode("head"));
  MESSAGES.vsr_0_11.encode(writer, SENT, xxh3_64);
  assertEquals(writer.written.slice(4), VSR_SEND);
});

Deno.test("MESSAGES.encode() refuses what no server takes", () => {
  const message = (part: Partial<OutgoingMessage>) => [SENT[0], { ...SENT[1], ...part }];
  const refused: [number, OutgoingMessage[]][] = [
    [4009, []],
    [4025, message({ payload: new Uint8Array(0) })],
    [4022, message({ payload: new Uint8Array(64_000_001) })],
    [4017, message({ userHeaders: new Uint8Array(100_001) })],
  ];
  for (const dialect of ["classic", "vsr_0_11"] as const) {
    for (const [code, messages] of refused) {
      assertEquals(assertThrows(() => encode(dialect, messages), IggyError).code, code);
    }
  }
});

Deno.test("MESSAGES.vsr_0_11.encode() refuses origin timestamps that fit no delta", () => {
  const apart = (by: number) => [{ ...SENT[0], originTimestamp: MADE + by }, SENT[1]];
  assertEquals(encode("vsr_0_11", apart(0xffffffff)).length, VSR_SEND.length);
  const error = assertThrows(() => encode("vsr_0_11", apart(0x100000000)), IggyError);
  assertEquals(error.code, 4038);
});

Deno.test("MESSAGES.decode() reads the sheets' polls", () => {
  const appended = MADE + 5_000_000;
  const message = (offset: number, checksum: bigint): Message => ({
    id: SENT[offset].id,
    offset,
    timestamp: appended,
    originTimestamp: MADE,
    checksum,
    payload: SENT[offset].payload,
    userHeaders: new Uint8Array(0),
  });
  const classic = [message(0, 0xeba0e6d786630f70n), message(1, 0x2d7f9a552f456995n)];
  const vsr = [message(0, 0xb9bfbddb9ea55c8en), message(1, 0xd4efa08d6498616fn)];
  assertEquals(decode("classic", CLASSIC_POLL), classic);
  assertEquals(decode("vsr_0_11", VSR_POLL), vsr);
  assertEquals(decode("vsr_0_11", new Uint8Array([...VSR_POLL, ...VSR_POLL])), [...vsr, ...vsr]);
});

Deno.test("MESSAGES.decode() takes nothing for no messages", () => {
  assertEquals(decode("classic", new Uint8Array(0)), []);
  assertEquals(decode("vsr_0_11", new Uint8Array(0)), []);
});

Deno.test("MESSAGES.decode() throws when the bytes end early", () => {
  for (let length = 1; length < VSR_POLL.length; length++) {
    assertThrows(() => decode("vsr_0_11", VSR_POLL.subarray(0, length)), WireError);
  }
  for (let length = 1; length < CLASSIC_POLL.length; length++) {
    if (length === 69) continue;
    assertThrows(() => decode("classic", CLASSIC_POLL.subarray(0, length)), WireError);
  }
});

Deno.test("MESSAGES.decode() throws when a reserved field is not zero", () => {
  const at: [Dialect, Uint8Array, number][] = [
    ["classic", CLASSIC_POLL, 56],
    ["vsr_0_11", VSR_POLL, 255],
    ["vsr_0_11", VSR_POLL, 256 + 47],
  ];
  for (const [dialect, sound, byte] of at) {
    const bytes = sound.slice();
    bytes[byte] = 1;
    assertEquals(assertThrows(() => decode(dialect, bytes), WireError).code, 4101);
  }
});

Deno.test("MESSAGES.decode() throws when a batch is not as long as it says", () => {
  for (const length of [362, 364]) {
    const bytes = VSR_POLL.slice();
    new DataView(bytes.buffer).setUint32(32, length, true);
    assertThrows(() => decode("vsr_0_11", bytes), WireError, `says it has ${length}`);
  }
});

Deno.test("MESSAGES bring back what was sent, through a kernel of each form", () => {
  const message = fc.record({
    id: fc.bigInt(1n, (1n << 128n) - 1n),
    originTimestamp: fc.integer({ min: MADE, max: MADE + 3_000_000_000 }),
    payload: fc.uint8Array({ minLength: 1, maxLength: 100 }),
    userHeaders: fc.uint8Array({ maxLength: 50 }),
  });
  const messages = fc.array(message, { minLength: 1, maxLength: 5 });
  fc.assert(fc.property(messages, (sent) => {
    const kernel = referenceKernel(new Uint8Array(16_384));
    kernel.seed(new Uint8Array(32));
    const { memory, input: { at }, output } = kernel;
    const classic = encode("classic", sent);
    memory.set(classic, at);
    const bytes = kernel.packClassic(at, classic.length, sent.length, output.at, output.length);
    const packed = memory.slice(output.at, output.at + bytes);
    assertEquals(packed, encode("vsr_0_11", sent));
    const back = decode("vsr_0_11", packed).map((
      { id, originTimestamp, payload, userHeaders },
    ) => ({
      id,
      originTimestamp,
      payload: payload.slice(),
      userHeaders: userHeaders.slice(),
    }));
    assertEquals(back, sent.map((each) => ({ ...each, payload: each.payload.slice() })));
  }));
});

function encode(dialect: Dialect, messages: OutgoingMessage[]): Uint8Array<ArrayBuffer> {
  const writer = new WireWriter();
  MESSAGES[dialect].encode(writer, messages, xxh3_64);
  return writer.written.slice();
}

function decode(dialect: Dialect, bytes: Uint8Array): Message[] {
  return [...MESSAGES[dialect].decode(new WireReader(bytes))];
}
