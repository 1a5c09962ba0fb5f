import { assertEquals } from "@std/assert";
import {
  eventId,
  NDJSON,
  parseEventId,
  SERVER_SENT_EVENTS,
} from "../../../lib/http/tail_formats.ts";
import { IggyError } from "../../../protocol/errors.ts";

Deno.test("eventId() and parseEventId() say the same", () => {
  const places = [[0, 41], [7, -1]] as const;
  assertEquals(eventId(places), "0:41,7:-1");
  assertEquals(parseEventId("0:41,7:-1"), new Map(places));
  for (const bad of ["", "0", "0:", "0:-2", "a:1", "0:1;1:2"]) {
    assertEquals(parseEventId(bad), undefined, bad);
  }
});

Deno.test("SERVER_SENT_EVENTS and NDJSON write one message, and why nothing more comes", () => {
  assertEquals(SERVER_SENT_EVENTS.message('{"a":1}', "0:41"), 'id: 0:41\ndata: {"a":1}\n\n');
  assertEquals(NDJSON.message('{"a":1}', "0:41"), '{"a":1}\n');
  const fault = new IggyError(40);
  const body = '{"id":40,"code":"unauthenticated","reason":"Unauthenticated","field":null}';
  assertEquals(SERVER_SENT_EVENTS.end(fault), `event: end\ndata: ${body}\n\n`);
  assertEquals(NDJSON.end(fault), `{"error":${body}}\n`);
});
