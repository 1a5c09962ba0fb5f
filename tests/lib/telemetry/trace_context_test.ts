import { assertEquals } from "@std/assert";
import { traceContextOf } from "../../../lib/telemetry/trace_context.ts";
import type { Dialect } from "../../../protocol/command.ts";
import { MESSAGES, type OutgoingMessage } from "../../../protocol/message_codec.ts";
import { encodeUserHeaders, type HeaderField } from "../../../protocol/user_headers.ts";
import { WireWriter } from "../../../protocol/wire.ts";
import { xxh3_64 } from "../../../protocol/xxhash.ts";

const DIALECTS: readonly Dialect[] = ["classic", "vsr_0_11"];
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

const text = (value: string): HeaderField => ({ kind: "string", value });

/** Messages in the form of a dialect, the first one with those headers. */
function messages(dialect: Dialect, headers: Readonly<Record<string, HeaderField>>): Uint8Array {
  const userHeaders = encodeUserHeaders(
    Object.entries(headers).map(([key, value]) => ({ key: text(key), value })),
  );
  const first: OutgoingMessage = {
    id: 1n,
    originTimestamp: 1,
    payload: new Uint8Array(7),
    userHeaders,
  };
  const second: OutgoingMessage = { id: 2n, originTimestamp: 1, payload: new Uint8Array(3) };
  const writer = new WireWriter();
  MESSAGES[dialect].encode(writer, [first, second], xxh3_64);
  return writer.written.subarray(dialect === "classic" ? 32 : 0);
}

function contextOf(dialect: Dialect, traceparent: string) {
  return traceContextOf(dialect, messages(dialect, { traceparent: text(traceparent) }));
}

for (const dialect of DIALECTS) {
  Deno.test(`traceContextOf() reads traceparent and tracestate of the first message (${dialect})`, () => {
    const headers = {
      other: text("x"),
      traceparent: text(`00-${TRACE}-${SPAN}-01`),
      tracestate: text("vendor=1"),
    };
    const { traceState, ...rest } = traceContextOf(dialect, messages(dialect, headers))!;
    assertEquals(rest, { traceId: TRACE, spanId: SPAN, traceFlags: 1, isRemote: true });
    assertEquals(traceState?.serialize(), "vendor=1");
  });

  Deno.test(`traceContextOf() takes a raw header for the text it holds (${dialect})`, () => {
    const value = new TextEncoder().encode(`00-${TRACE}-${SPAN}-00`);
    const bytes = messages(dialect, { traceparent: { kind: "raw", value } });
    assertEquals(traceContextOf(dialect, bytes)?.traceFlags, 0);
  });

  Deno.test(`traceContextOf() finds nothing in what is cut anywhere, and never throws (${dialect})`, () => {
    const whole = messages(dialect, { traceparent: text(`00-${TRACE}-${SPAN}-01`) });
    const end = whole.length - (dialect === "classic" ? 64 : 48) - 3;
    for (let length = 0; length < end; length++) {
      assertEquals(traceContextOf(dialect, whole.subarray(0, length)), undefined);
    }
    assertEquals(traceContextOf(dialect, whole.subarray(0, end))?.spanId, SPAN);
  });
}

Deno.test("traceContextOf() takes a later version for what it has in common, and refuses what is none", () => {
  assertEquals(contextOf("vsr_0_11", `01-${TRACE}-${SPAN}-01-more`)?.traceId, TRACE);
  const none = [
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${"0".repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${"0".repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}`,
  ];
  for (const traceparent of none) {
    assertEquals(contextOf("vsr_0_11", traceparent), undefined, traceparent);
  }
  assertEquals(traceContextOf("vsr_0_11", messages("vsr_0_11", { other: text("x") })), undefined);
});
