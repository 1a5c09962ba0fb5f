import { assertEquals } from "@std/assert";
import { COMMANDS } from "../../protocol/commands.ts";
import { detect, DETECT_BYTES_MAX, type Detected } from "../../protocol/detect.ts";
import { hex } from "../support/codec_laws.ts";
import * as classic from "../vectors/classic_frames.ts";
import * as vsr from "../vectors/vsr_frames.ts";

Deno.test("detect() wants more of anything shorter than four bytes", () => {
  for (const bytes of ["", "16", "1603", "160301", "000000", "474554"]) {
    assertEquals(detect(hex(bytes)), undefined);
  }
});

Deno.test("detect() takes a record of TLS 1.0 to 1.3 for TLS", () => {
  for (const version of ["01", "02", "03", "04"]) {
    assertEquals(detect(hex(`16 03 ${version} 02`)), "tls");
  }
});

Deno.test("detect() takes a classic login of 22 bytes for classic although it starts with 0x16", () => {
  assertEquals(detect(hex("16000000 26000000")), "classic");
  assertEquals(detect(hex("16030500 26000000")), "classic");
});

Deno.test("detect() takes the methods of HTTP for HTTP", () => {
  for (const line of ["GET / HTTP/1.1", "POST /", "OPTIONS *", "HEAD", "PUT /a", "DELETE"]) {
    assertEquals(detect(new TextEncoder().encode(line)), "http");
  }
});

Deno.test("detect() takes every first frame of the fact sheets for what it is, split anywhere", () => {
  for (const [name, frame] of Object.entries(classic)) {
    if (name.endsWith("_REQUEST")) assertDetected(frame, "classic");
  }
  for (const [name, frame] of Object.entries(vsr)) {
    if (name.endsWith("_REQUEST")) assertDetected(frame, "vsr");
  }
});

Deno.test("detect() takes every classic command for classic", () => {
  for (const { code, request } of Object.values(COMMANDS)) {
    if (request.classic === undefined) continue;
    const frame = new DataView(new ArrayBuffer(8));
    frame.setUint32(0, 4, true);
    frame.setUint32(4, code, true);
    assertEquals(detect(new Uint8Array(frame.buffer)), "classic");
  }
});

Deno.test("detect() answers to a whole frame of an unknown command, whose sender waits", () => {
  assertEquals(detect(hex("04000000 0f270000")), "classic");
  assertEquals(detect(hex("06000000 0f270000 01")), undefined);
  assertEquals(detect(hex("06000000 0f270000 01 02")), "classic");
});

Deno.test("detect() takes a header with a checksum for VSR", () => {
  const sealed = vsr.PING_REQUEST.slice();
  crypto.getRandomValues(sealed.subarray(0, 16));
  sealed[3] = 0x7f;
  assertEquals(detect(sealed.subarray(0, DETECT_BYTES_MAX - 1)), undefined);
  assertEquals(detect(sealed), "vsr");
});

Deno.test("detect() takes a nonsense length for classic, which has an answer to it", () => {
  assertEquals(detect(new Uint8Array(DETECT_BYTES_MAX).fill(0xff)), "classic");
  assertEquals(detect(hex("ffffffff 26000000")), undefined);
});

Deno.test("detect() finds zeros without a request behind them invalid", () => {
  assertEquals(detect(new Uint8Array(DETECT_BYTES_MAX - 1)), undefined);
  assertEquals(detect(new Uint8Array(DETECT_BYTES_MAX)), "invalid");
  assertEquals(detect(vsr.PING_REPLY), "invalid");
  const oversized = vsr.PING_REQUEST.slice();
  oversized[51] = 0xff;
  assertEquals(detect(oversized), "invalid");
});

/** Short starts may take more bytes; what is said of any start is said of the whole. */
function assertDetected(frame: Uint8Array, expected: Detected): void {
  for (let end = 0; end < frame.length; end++) {
    const detected = detect(frame.subarray(0, end));
    if (detected !== undefined) assertEquals(detected, expected, `${end} of ${frame.length} bytes`);
  }
  assertEquals(detect(frame), expected);
}
