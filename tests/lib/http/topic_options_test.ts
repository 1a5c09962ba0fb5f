import { assertEquals, assertThrows } from "@std/assert";
import {
  chosenOptions,
  optionSpec,
  refuseOptions,
  shownOptions,
} from "../../../lib/http/topic_options.ts";
import { IggyError } from "../../../protocol/errors.ts";

Deno.test("chosenOptions() reads values as people write them", () => {
  assertEquals(chosenOptions(undefined), {});
  assertEquals(
    chosenOptions({ segment_size: "64 MiB", message_expiry: "7 days", enforce_fsync: "true" }),
    { segmentSize: 64 * 2 ** 20, messageExpiry: 604_800_000_000n, durability: "persisted" },
  );
});

Deno.test("chosenOptions() and refuseOptions() refuse by Iggy's codes", () => {
  const codeOf = (refuse: () => void) => assertThrows(refuse, IggyError).code;
  assertEquals(codeOf(() => chosenOptions({ zzz: "1" })), 4041);
  assertEquals(codeOf(() => chosenOptions({ ["z".repeat(256)]: "1" })), 4041);
  assertEquals(codeOf(() => chosenOptions({ segment_size: "large" })), 4042);
  assertEquals(codeOf(() => chosenOptions({ segment_size: "" })), 4042);
  assertEquals(codeOf(() => refuseOptions({ a: "b" })), 4041);
  refuseOptions({});
});

Deno.test("shownOptions() sorts by key and gives durability 0.9's name as well", () => {
  const shown = shownOptions({ segmentSize: 1 << 20 }, { durability: "replicated" });
  assertEquals(Object.entries(shown), [
    ["durability", { value: "replicated", explicit: false }],
    ["enforce_fsync", { value: "false", explicit: false }],
    ["segment_size", { value: "1048576", explicit: true }],
  ]);
});

Deno.test("optionSpec() gives the bytes of a default", () => {
  const defaultValue = { kind: "string", value: "none" } as const;
  assertEquals(optionSpec({ key: "compression_algorithm", defaultValue, description: "How" }), {
    key: "compression_algorithm",
    kind: "string",
    default_value: [110, 111, 110, 101],
    description: "How",
  });
});
