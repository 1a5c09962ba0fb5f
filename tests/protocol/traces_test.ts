/** What published SDKs and real servers said to each other reads, and writes back to the same bytes. */
import { assert, assertEquals } from "@std/assert";
import type { Codec, Dialect } from "../../protocol/command.ts";
import { commandByOperation, COMMANDS } from "../../protocol/commands.ts";
import { wholeFrame } from "../../protocol/framing.ts";
import { POLL_MESSAGES_HEAD, SEND_MESSAGES_HEAD } from "../../protocol/messages.ts";
import { decodeResult, vsrAnswers, VsrEviction, VsrReply } from "../../protocol/vsr.ts";
import { WireReader } from "../../protocol/wire.ts";
import { encoded, hex } from "../support/codec_laws.ts";
import { readTrace, type TraceLine, traceNames, TRACES } from "../support/traces.ts";

const names = traceNames();

if (names === undefined) {
  Deno.test(`Traces are not at ${TRACES}: set WHIPPET_TRACES`, { ignore: true }, () => {});
}

for (const name of names ?? []) {
  const dialect: Dialect = name.includes("server-0.9") ? "vsr_0_11" : "classic";

  Deno.test(`Every request of ${name} decodes, and encodes to the same bytes`, async () => {
    const requests = (await readTrace(name)).filter((line) => line.direction === "request");
    assert(requests.length > 100, `There are only ${requests.length}`);
    for (const request of requests) {
      const { code, operation, request: codecs } = COMMANDS[request.command!];
      if (dialect === "classic") assertEquals(request.fields.has(`${code}`), true, request.at);
      else assertEquals(commandByOperation(operation)?.operation ?? 2, operation, request.at);
      assertSameBytes(codecs[dialect] as Codec<unknown>, request.body, request);
    }
  });

  Deno.test(`Every reply of ${name} decodes, and encodes to the same bytes`, async () => {
    const asked = new Map<string, TraceLine>();
    for (const line of await readTrace(name)) {
      if (line.direction === "request") asked.set(line.connection, line);
      else if (dialect === "classic") assertClassicReply(line, asked.get(line.connection)!);
      else assertVsrReply(line, asked.get(line.connection)!);
    }
  });
}

function assertClassicReply(reply: TraceLine, request: TraceLine): void {
  const status = Number(reply.fields.get("status"));
  if (status !== 0) return assertEquals(reply.body.length, 0, reply.at);
  const codec = COMMANDS[request.command!].response.classic as Codec<unknown>;
  assertSameBytes(codec, reply.body, reply);
}

function assertVsrReply(line: TraceLine, request: TraceLine): void {
  const header = hex(line.fields.has("hdr") ? line.fields.get("hdr")! : "");
  const frame = new Uint8Array(header.length + line.bodyBytes);
  frame.set(header);
  frame.set(line.body, header.length);
  const reply = wholeFrame(vsrAnswers(), frame);
  if (reply instanceof VsrEviction) {
    return assertEquals(reply.client.toString(16).padStart(32, "0").length, 32, line.at);
  }
  assert(reply instanceof VsrReply, line.at);
  assertEquals(reply.request, Number(request.fields.get("req")), line.at);
  assertEquals(reply.status, Number(line.fields.get("status")), line.at);
  if (reply.status !== 0) return assertEquals(reply.body.length, 0, line.at);
  const { resultFramed, response } = COMMANDS[request.command!];
  const section = new WireReader(line.body);
  const result = resultFramed ? decodeResult(section) : 0;
  if (result !== 0) return assertEquals(section.remaining, 0, line.at);
  assertSameBytes(response.vsr_0_11 as Codec<unknown>, section.rest(), line);
}

/** The messages behind the head of a send or a poll stay bytes; other bodies must be whole to be read. */
function assertSameBytes(codec: Codec<unknown>, body: Uint8Array, line: TraceLine): void {
  assert(codec !== undefined, `${line.at}: no codec`);
  const carriesMessages = codec === SEND_MESSAGES_HEAD || codec === POLL_MESSAGES_HEAD;
  if (line.body.length < line.bodyBytes && !carriesMessages) return;
  const reader = new WireReader(body);
  const value = codec.decode(reader);
  assertEquals(encoded(codec, value), body.subarray(0, reader.position), line.at);
  if (!carriesMessages) assertEquals(reader.remaining, 0, line.at);
}
