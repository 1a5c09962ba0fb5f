import { assert, assertEquals } from "@std/assert";
import { type FrameFault, isFault, wholeFrame } from "../../protocol/framing.ts";
import {
  decodeResult,
  encodeEviction,
  encodeReplyHeader,
  encodeRequestHeader,
  EVICTION_REASONS,
  type EvictionReason,
  looksLikeRequest,
  patchBodyBytes,
  VSR_FRAME_BYTES_MAX,
  vsrAnswers,
  VsrEviction,
  VsrReply,
  VsrRequest,
  vsrRequests,
} from "../../protocol/vsr.ts";
import { WireReader, WireWriter } from "../../protocol/wire.ts";
import { assertSurvivesSplits, framesOf, hex } from "../support/codec_laws.ts";
import * as vsr from "../vectors/vsr_frames.ts";

const FIELDS = {
  client: 0xffeeddccbbaa99887766554433221100n,
  requestChecksum: 0x2d06800538d394c2n,
  request: Number.MAX_SAFE_INTEGER,
  operation: 160,
  session: 2 ** 52,
  code: 0,
};

Deno.test("vsrRequests() and vsrAnswers() survive a split at every byte", () => {
  const requests = [vsr.LOGIN_REQUEST, vsr.PING_REQUEST, vsr.SEND_REQUEST];
  assertSurvivesSplits(vsrRequests(), Uint8Array.from(requests.flatMap((each) => [...each])));
  const answers = [vsr.LOGIN_REJECTED, vsr.LOGIN_REPLY, vsr.POLL_REPLY];
  assertSurvivesSplits(vsrAnswers(), Uint8Array.from(answers.flatMap((each) => [...each])));
});

Deno.test("VsrRequest reads what encodeRequestHeader() wrote", () => {
  const request = requestOf(FIELDS);
  assertEquals(request.client, FIELDS.client);
  assertEquals(request.requestChecksum, FIELDS.requestChecksum);
  assertEquals(request.request, FIELDS.request);
  assertEquals(request.operation, FIELDS.operation);
  assertEquals(request.session, FIELDS.session);
  assertEquals(request.code, 0);
  assertEquals(requestOf({ ...FIELDS, operation: 2, code: 606 }).code, 606);
});

Deno.test("VsrRequest takes a session beyond 2^53 for the largest there is", () => {
  const request = requestOf(FIELDS);
  request.header.fill(0xff, 184, 192);
  assertEquals(request.session, Number.MAX_SAFE_INTEGER);
});

Deno.test("encodeReplyHeader() echoes what identifies the request", () => {
  const request = requestOf(FIELDS);
  request.header.fill(7, 32, 48);
  request.header.fill(8, 52, 60);
  request.header[61] = 9;
  request.header.fill(0xfe, 160, 176);
  const writer = new WireWriter();
  encodeReplyHeader(writer, request, { op: 5, commit: 6, status: 1009 }, 0);
  const header = writer.written;
  const reply = new VsrReply(header, new Uint8Array());
  assertEquals(header.subarray(32, 48), request.header.subarray(32, 48));
  assertEquals(header.subarray(52, 60), request.header.subarray(52, 60));
  assertEquals(header[61], 9);
  assertEquals(header.subarray(192, 209), request.header.subarray(160, 177));
  assertEquals(header.subarray(128, 144), request.header.subarray(144, 160));
  assertEquals(
    [reply.client, reply.op, reply.commit, reply.operation, reply.status],
    [FIELDS.client, 5, 6, 160, 1009],
  );
});

Deno.test("patchBodyBytes() announces a body that was written later", () => {
  const writer = new WireWriter();
  encodeReplyHeader(writer, requestOf(FIELDS), { op: 1, commit: 1, status: 0 }, 0);
  writer.bytes(hex("010203"));
  patchBodyBytes(writer, 0, 3);
  const reply = wholeFrame(vsrAnswers(), writer.written) as VsrReply;
  assertEquals(reply.body, hex("010203"));
});

Deno.test("vsrRequests() refuses malformed headers without an answer", () => {
  const cases: [string, (header: Uint8Array) => void][] = [
    ["Frame of 255 bytes is not 256 to 67108864", (header) => setSize(header, 255)],
    ["Frame of 67108865 bytes is not 256 to 67108864", (header) => setSize(header, 2 ** 26 + 1)],
    ["Frame of 4294967295 bytes is not 256 to 67108864", (header) => setSize(header, 2 ** 32 - 1)],
    ["Command 8 is not expected here", (header) => header[60] = 8],
    ["Request names no client", (header) => header.fill(0, 128, 144)],
  ];
  for (const [message, damage] of cases) {
    const header = vsr.PING_REQUEST.slice();
    damage(header);
    const [fault, ...others] = framesOf(vsrRequests(), [header, vsr.PING_REQUEST]) as FrameFault[];
    assertEquals(fault.fault, message);
    assertEquals([fault.answered, fault.closes], [false, true]);
    assertEquals(others, []);
  }
});

Deno.test("vsrRequests() takes a frame of exactly the largest size", () => {
  const header = vsr.PING_REQUEST.slice();
  setSize(header, VSR_FRAME_BYTES_MAX);
  assertEquals(vsrRequests().measure(header, 0, 256), VSR_FRAME_BYTES_MAX);
  assert(isFault(vsrRequests(1000).measure(header, 0, 256)));
});

Deno.test("vsrAnswers() refuses a request, and an eviction with a body", () => {
  assert(isFault(wholeFrame(vsrAnswers(), vsr.PING_REQUEST)));
  const long = new Uint8Array(257);
  long.set(vsr.LOGIN_REJECTED);
  setSize(long, 257);
  assert(isFault(wholeFrame(vsrAnswers(), long)));
});

Deno.test("VsrEviction reads every reason that encodeEviction() writes", () => {
  const writer = new WireWriter();
  for (const reason of Object.keys(EVICTION_REASONS) as EvictionReason[]) {
    writer.clear();
    encodeEviction(writer, FIELDS.client, reason);
    const eviction = wholeFrame(vsrAnswers(), writer.written);
    assert(eviction instanceof VsrEviction);
    assertEquals(eviction.reason, reason);
    assertEquals(eviction.client, FIELDS.client);
  }
  assertEquals(new VsrEviction(new Uint8Array(256)).reason, undefined);
});

Deno.test("decodeResult() gives the code of the first refusal", () => {
  assertEquals(decodeResult(new WireReader(hex("00000000 aa"))), 0);
  assertEquals(decodeResult(new WireReader(hex("01000000 00000000 f4030000"))), 1012);
  assertEquals(decodeResult(new WireReader(hex("02000000 00000000 14000000 01000000 0"))), 20);
});

Deno.test("looksLikeRequest() needs 61 bytes", () => {
  assertEquals(looksLikeRequest(vsr.PING_REQUEST.subarray(0, 61)), true);
  assertEquals(looksLikeRequest(vsr.PING_REPLY), false);
});

function requestOf(fields: typeof FIELDS): VsrRequest {
  const writer = new WireWriter();
  encodeRequestHeader(writer, fields, 0);
  const request = wholeFrame(vsrRequests(), writer.written.slice());
  assert(request instanceof VsrRequest);
  return request;
}

function setSize(header: Uint8Array, size: number): void {
  new DataView(header.buffer, header.byteOffset).setUint32(48, size, true);
}
