import { assertEquals } from "@std/assert";
import { COMMANDS } from "../../protocol/commands.ts";
import { encoded, hex, specifyCommand } from "../support/codec_laws.ts";

const GROUP = {
  streamId: 1,
  topicId: 2,
  partitionId: 3,
  kind: "consumer_group",
  id: 4,
  name: "workers",
  storedOffset: undefined,
  endOffset: 2 ** 40,
  lag: 2 ** 39,
} as const;
const CONSUMER = {
  ...GROUP,
  kind: "consumer",
  id: 0xfffffffe,
  name: undefined,
  storedOffset: 5,
} as const;

specifyCommand("getLag", {
  request: { streamId: "orders", topicId: 7 },
  response: [CONSUMER, GROUP],
});

Deno.test("GET_LAG is laid out as docs/extensions.md says", () => {
  assertEquals(COMMANDS.getLag.code, 9001);
  const where = "01000000 02000000 03000000";
  const ends = "0000000000010000 0000000080000000";
  for (const codec of Object.values(COMMANDS.getLag.response)) {
    assertEquals(
      encoded(codec!, [CONSUMER, GROUP]),
      hex(
        `02000000 ${where} 01 feffffff 00 01 0500000000000000 ${ends}` +
          `${where} 02 04000000 07 776f726b657273 00 ${ends}`,
      ),
    );
  }
});
