import { assert, assertEquals } from "@std/assert";
import { ConnectionError, refusal, TimeoutError } from "../../../lib/client/errors.ts";

Deno.test("refusal() names the command, the error and its code", () => {
  const error = refusal("create_stream", 1012);
  assertEquals(error.code, 1012);
  assertEquals(error.message, "Node refuses create_stream: StreamNameAlreadyExists (1012)");
});

Deno.test("ConnectionError says that the outcome is known unless told otherwise", () => {
  assertEquals(new ConnectionError("Connection was lost").isOutcomeUnknown, false);
  const cause = new Error("Broken pipe");
  const error = new ConnectionError("Connection was lost", { isOutcomeUnknown: true, cause });
  assertEquals(error.isOutcomeUnknown, true);
  assertEquals(error.cause, cause);
});

Deno.test("TimeoutError is a ConnectionError of its own name", () => {
  const error = new TimeoutError("No answer");
  assert(error instanceof ConnectionError);
  assertEquals(error.name, "TimeoutError");
});
