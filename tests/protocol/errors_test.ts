import { assert, assertEquals } from "@std/assert";
import { INVALID_FORMAT, STREAM_ID_NOT_FOUND } from "../../protocol/error_codes.ts";
import { IggyError, WireError } from "../../protocol/errors.ts";

Deno.test("IggyError says its name in Iggy's list unless it is told more", () => {
  assertEquals(new IggyError(STREAM_ID_NOT_FOUND).message, "StreamIdNotFound");
  assertEquals(new IggyError(STREAM_ID_NOT_FOUND, "Stream 7 does not exist").code, 1009);
});

Deno.test("WireError is an IggyError, with the cause it was given", () => {
  const cause = new Error("cause");
  const error = new WireError(INVALID_FORMAT, "Name is empty", { cause });
  assert(error instanceof IggyError);
  assertEquals([error.name, error.cause], ["WireError", cause]);
});
