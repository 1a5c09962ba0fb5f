import { assertEquals, assertStringIncludes } from "@std/assert";
import * as exits from "../../../lib/cli/exit_codes.ts";
import { CommandError } from "../../../lib/cli/ports.ts";
import { ConnectionError } from "../../../lib/client/errors.ts";
import { IggyError } from "../../../protocol/errors.ts";

Deno.test("failureOf() gives each kind of failure its exit code", () => {
  const errors = [
    new CommandError("No"),
    new exits.UsageError("No"),
    new ConnectionError("No"),
    new exits.NoCredentialsError("No"),
    new IggyError(42),
    new IggyError(41),
    new IggyError(2013),
  ];
  assertEquals(errors.map((error) => exits.failureOf(error)?.code), [1, 2, 3, 4, 4, 5, 1]);
  assertEquals(exits.failureOf(new RangeError("A fault of the program")), undefined);
});

Deno.test("failureOf() names the next step", () => {
  const message = (error: Error) => exits.failureOf(error)!.message;
  assertStringIncludes(message(new IggyError(1009)), "`whippet stream list` shows which there are");
  assertStringIncludes(message(new ConnectionError("No")), "`whippet doctor`");
  const lost = new ConnectionError("Lost", { isOutcomeUnknown: true });
  assertStringIncludes(message(lost), "whether it took effect is not known");
});

Deno.test("EXIT_CODE_MEANINGS have each code once", () => {
  const codes = exits.EXIT_CODE_MEANINGS.map(([code]) => code);
  assertEquals(codes.toSorted(), Object.values(exits.ExitCode).toSorted());
});
