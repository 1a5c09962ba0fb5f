import { assertEquals, assertThrows } from "@std/assert";
import { requestOf } from "../../../lib/client/calls.ts";
import { ClassicFraming } from "../../../lib/client/classic.ts";
import { ConnectionError } from "../../../lib/client/errors.ts";
import { Exchange } from "../../../lib/client/exchange.ts";
import { loginRequest } from "../../../lib/client/logins.ts";
import { PreparedBatch } from "../../../lib/client/prepared_batch.ts";
import { COMMANDS } from "../../../protocol/commands.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { WireWriter } from "../../../protocol/wire.ts";
import { xxh3_64 } from "../../../protocol/xxhash.ts";
import { hex } from "../../support/codec_laws.ts";
import { someMessages } from "../../support/messages.ts";
import * as frames from "../../vectors/classic_frames.ts";

const CREATE_STREAM = new Exchange<unknown>(
  requestOf("classic", "createStream", { name: "orders" }),
  0,
);

function encoded(exchange: Exchange): Uint8Array {
  const writer = new WireWriter();
  new ClassicFraming().encode(writer, exchange);
  return writer.written;
}

/** What `open` says about a reply that arrived as `bytes`. */
function opened(bytes: Uint8Array, exchange: Exchange | undefined): Uint8Array {
  const framing = new ClassicFraming();
  assertEquals(framing.layout.measure(bytes, 0, bytes.length), bytes.length);
  const reply = framing.layout.view(bytes, 0, bytes.length);
  if ("fault" in reply) throw new Error(reply.fault);
  return framing.open(reply, exchange).rest();
}

Deno.test("ClassicFraming.encode() makes the frames of the fact sheet", () => {
  assertEquals(encoded(CREATE_STREAM), frames.CREATE_STREAM_REQUEST);
});

Deno.test("ClassicFraming.encode() counts the batch that follows", () => {
  const batch = new PreparedBatch("classic", someMessages(3, 100), xxh3_64);
  const exchange = new Exchange<unknown>({
    command: COMMANDS.sendMessages,
    batch,
    writeBody: (writer) => writer.u8(7),
    readBody() {},
  }, 0);
  const frame = encoded(exchange);
  assertEquals(frame.length, 9);
  assertEquals(new DataView(frame.slice().buffer).getUint32(0, true), 4 + 1 + batch.byteLength);
});

Deno.test("ClassicFraming.open() gives the body of an answer", () => {
  const body = opened(frames.CREATE_STREAM_REPLY, CREATE_STREAM);
  assertEquals(body, frames.CREATE_STREAM_REPLY.subarray(8));
});

Deno.test("ClassicFraming.open() throws the error that the node gives", () => {
  const login = new Exchange<unknown>(loginRequest("classic", { personalAccessToken: "t" }), 0);
  const error = assertThrows(() => opened(frames.LOGIN_REFUSAL, login), IggyError);
  assertEquals(error.code, 42);
});

Deno.test("ClassicFraming.open() ends the connection when the node ends the session", () => {
  for (const status of ["08", "1e"]) {
    const goodbye = hex(`${status}000000 00000000`);
    for (const exchange of [undefined, CREATE_STREAM]) {
      assertThrows(() => opened(goodbye, exchange), ConnectionError, "Node ends the session");
    }
  }
});

Deno.test("ClassicFraming.open() ends the connection when nobody asked", () => {
  assertThrows(() => opened(hex("00000000 00000000"), undefined), ConnectionError, "nobody asked");
});
