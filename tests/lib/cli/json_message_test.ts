import { assertEquals, assertThrows } from "@std/assert";
import { jsonMessage } from "../../../lib/cli/json_message.ts";
import { CommandError } from "../../../lib/cli/ports.ts";

const read = (text: string) => jsonMessage(new TextEncoder().encode(text), "line:1");

Deno.test("jsonMessage() reads payloads as text, JSON or bytes", () => {
  const payloads = [
    '{"payload":"text"}',
    '{"payload":{"a":12345678901234567890}}',
    '{"payload":"AAE=","encoding":"base64"}',
    '{"payload":"00ff","encoding":"hex"}',
  ].map((line) => read(line).message.payload);
  assertEquals(payloads, [
    "text",
    '{"a":12345678901234567890}',
    new Uint8Array([0, 1]),
    new Uint8Array([0, 255]),
  ]);
});

Deno.test("jsonMessage() reads id, place and headers", () => {
  const { message, target } = read(
    '{"payload":"x","id":340282366920938463463374607431768211455,"partition":3,' +
      '"headers":{"a":"x","b":true,"c":1.5,"d":{"kind":"uint8","value":7}}}',
  );
  assertEquals(message.id, (1n << 128n) - 1n);
  assertEquals(target, { key: undefined, partitionId: 3 });
  assertEquals(message.headers, {
    a: "x",
    b: true,
    c: { kind: "float64", value: 1.5 },
    d: { kind: "uint8", value: 7 },
  });
});

Deno.test("jsonMessage() says which line is wrong, and how", () => {
  const wrong = [
    ["[]", "is no JSON object"],
    ["x", "is no JSON object"],
    ["{}", "has no payload"],
    ['{"payload":"x","key":1}', "has a key that is no text"],
    ['{"payload":"x","partition":-1}', "has a partition"],
    ['{"payload":"x","partition":1,"key":"k"}', "give one of them"],
    ['{"payload":"x","id":1.5}', "no u128"],
    ['{"payload":"x","headers":7}', "no object"],
    ['{"payload":"x","headers":{"a":{"kind":"z","value":1}}}', "header a"],
    ['{"payload":"!","encoding":"base64"}', "no base64"],
    ['{"payload":"x","encoding":"rot13"}', "no rot13"],
  ];
  for (const [line, said] of wrong) assertThrows(() => read(line), CommandError, said);
});
