import { assert, assertEquals } from "@std/assert";
import { StreamClosed } from "../../lib/ports.ts";

Deno.test("StreamClosed is an error of its own name that keeps its cause", () => {
  const cause = new Error("Broken pipe");
  const fault = new StreamClosed("Stream to 127.0.0.1:5000 is closed", { cause });
  assert(fault instanceof Error);
  assertEquals(fault.name, "StreamClosed");
  assertEquals(fault.message, "Stream to 127.0.0.1:5000 is closed");
  assertEquals(fault.cause, cause);
});
