import { assertEquals, assertThrows } from "@std/assert";
import { COMMANDS } from "../../protocol/commands.ts";
import { INVALID_FORMAT, UNSUPPORTED_OPTION_KEY } from "../../protocol/error_codes.ts";
import { WireError } from "../../protocol/errors.ts";
import { decoded, encoded, hex, specifyCommand } from "../support/codec_laws.ts";
import { CLASSIC_TOPIC, VSR_TOPIC } from "../support/topics.ts";

const ORDERS = {
  id: 3,
  createdAt: 1_700_000_000_000_000,
  topicsCount: 0,
  sizeBytes: 2 ** 40,
  messagesCount: 5_000_000_000,
  name: "orders",
};

specifyCommand("getStream", {
  request: { streamId: "orders" },
  response: undefined,
  classic: { response: { ...ORDERS, topicsCount: 2, topics: [CLASSIC_TOPIC, CLASSIC_TOPIC] } },
  vsr_0_11: { response: { ...ORDERS, topicsCount: 2, topics: [VSR_TOPIC, VSR_TOPIC] } },
});
specifyCommand("getStreams", { request: undefined, response: [ORDERS, { ...ORDERS, id: 4 }] });
specifyCommand("createStream", { request: { name: "orders" }, response: ORDERS });
specifyCommand("updateStream", { request: { streamId: 3, name: "sales" }, response: undefined });
specifyCommand("deleteStream", { request: { streamId: 4294967295 }, response: undefined });
specifyCommand("purgeStream", { request: { streamId: "ö" }, response: undefined });

Deno.test("GET_STREAM.response is empty when there is no such stream", () => {
  assertEquals(encoded(COMMANDS.getStream.response.classic!, undefined).length, 0);
  assertEquals(decoded(COMMANDS.getStream.response.vsr_0_11!, new Uint8Array()), undefined);
});

Deno.test("GET_STREAM.response is refused when topics are missing", () => {
  const bytes = encoded(COMMANDS.getStream.response.classic!, {
    ...ORDERS,
    topicsCount: 3,
    topics: [CLASSIC_TOPIC],
  });
  assertThrows(() => decoded(COMMANDS.getStream.response.classic!, bytes), WireError);
});

Deno.test("CREATE_STREAM.request refuses an empty name with InvalidFormat", () => {
  const error = assertThrows(
    () => decoded(COMMANDS.createStream.request.classic!, hex("00")),
    WireError,
  );
  assertEquals(error.code, INVALID_FORMAT);
});

Deno.test("CREATE_STREAM.request refuses any option, for streams have none", () => {
  const bytes = hex("06 6f7264657273  02 01000000 6b 03 01000000 01");
  const { classic, vsr_0_11 } = COMMANDS.createStream.request;
  const error = assertThrows(() => decoded(vsr_0_11!, bytes), WireError, "Option k does not exist");
  assertEquals(error.code, UNSUPPORTED_OPTION_KEY);
  assertEquals(decoded(classic!, bytes), { name: "orders" });
});

Deno.test("CREATE_STREAM.response passes over options of a stream that a later server may have", () => {
  const vsr = COMMANDS.createStream.response.vsr_0_11!;
  const plain = encoded(vsr, ORDERS);
  const withOption = new Uint8Array([
    ...plain.subarray(0, -4),
    ...hex("0c000000 02 01000000 6b 03 01000000 01"),
  ]);
  assertEquals(decoded(vsr, withOption), ORDERS);
});
