import { assertEquals } from "@std/assert";
import { bodyOf } from "../../../../../lib/http/dashboard/client/form_values.ts";

Deno.test("bodyOf() makes of each field the JSON of its kind", () => {
  assertEquals(
    bodyOf([
      { name: "name", kind: "text", text: " orders " },
      { name: "max_topic_size", kind: "integer", text: "18446744073709551615" },
      { name: "share", kind: "number", text: "0.5" },
      { name: "left", kind: "integer", text: "" },
      { name: "permissions.global.read_streams", kind: "boolean", text: "true" },
      { name: "permissions.global.send_messages", kind: "boolean", text: "false" },
    ]),
    {
      name: " orders ",
      max_topic_size: 18446744073709551615n,
      share: 0.5,
      left: null,
      permissions: { global: { read_streams: true, send_messages: false } },
    },
  );
});
