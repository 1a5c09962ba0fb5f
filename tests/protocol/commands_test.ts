import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import type { Codec } from "../../protocol/command.ts";
import {
  commandByCode,
  commandByOperation,
  COMMANDS,
  NON_REPLICATED,
} from "../../protocol/commands.ts";
import { IggyError } from "../../protocol/errors.ts";
import { WireReader } from "../../protocol/wire.ts";

const ROWS = Object.values(COMMANDS);

Deno.test("COMMANDS has every code of both fact sheets, once, and then those of whippet's own", () => {
  // CLASSIC.md section 5; VSR.md section 4 adds 13, 40 and 606.
  const codes =
    "1 10 11 12 13 20 21 22 31 32 33 34 35 36 37 38 39 40 41 42 43 44 100 101 102 120 " +
    "121 122 200 201 202 203 204 205 300 301 302 303 304 305 402 403 503 600 601 602 603 604 605 606 " +
    "9001";
  assertEquals(ROWS.map(({ code }) => code).join(" "), codes);
});

Deno.test("COMMANDS has every operation that a client may send, once", () => {
  const operations = ROWS.map(({ operation }) => operation).filter((each) =>
    each !== NON_REPLICATED
  );
  const listed = [1, 3, ...range(128, 149), ...range(160, 162)];
  assertEquals(operations.toSorted((a, b) => a - b), listed);
});

Deno.test("COMMANDS frames the results of the operations that VSR.md section 4 marks", () => {
  const plain = ROWS.filter(({ operation, resultFramed }) =>
    operation !== NON_REPLICATED && !resultFramed
  );
  assertEquals(plain.map(({ name }) => name), ["logout_user", "send_messages", "delete_segments"]);
  assert(
    ROWS.every(({ operation, resultFramed }) => operation !== NON_REPLICATED || !resultFramed),
  );
});

Deno.test("COMMANDS names are the keys in snake case", () => {
  assertEquals(COMMANDS.createPersonalAccessToken.name, "create_personal_access_token");
  assertEquals(COMMANDS.ping.name, "ping");
});

Deno.test("COMMANDS has both bodies of a command in a dialect, or none", () => {
  for (const { name, request, response } of ROWS) {
    for (const dialect of ["classic", "vsr_0_11"] as const) {
      assertEquals(request[dialect] === undefined, response[dialect] === undefined, name);
    }
  }
  const missing = (dialect: "classic" | "vsr_0_11") =>
    ROWS.filter(({ request }) => request[dialect] === undefined).map(({ name }) => name);
  assertEquals(missing("classic"), ["describe_options", "register", "sync_consumer_group"]);
  assertEquals(missing("vsr_0_11"), ["login_user", "login_with_personal_access_token"]);
});

Deno.test("COMMANDS lets nothing but ping and logins pass without a login", () => {
  assertEquals(ROWS.filter(({ right }) => right === "none").map(({ name }) => name), [
    "ping",
    "login_user",
    "register",
    "login_with_personal_access_token",
  ]);
});

Deno.test("commandByCode() finds what is on the wire under its code", () => {
  for (const command of ROWS) {
    if (command === COMMANDS.register) continue;
    assertEquals(commandByCode(command.code), command);
  }
  for (const code of [0, 2, 14, 40, 45, 103, 104, 123, 607, 4294967295]) {
    assertEquals(commandByCode(code), undefined, `${code}`);
  }
});

Deno.test("commandByOperation() finds what has an operation of its own", () => {
  assertEquals(commandByOperation(1), COMMANDS.register);
  assertEquals(commandByOperation(3), COMMANDS.logoutUser);
  assertEquals(commandByOperation(160), COMMANDS.sendMessages);
  for (const operation of [0, 2, 4, 64, 65, 66, 67, 68, 127, 150, 163, 255]) {
    assertEquals(commandByOperation(operation), undefined, `${operation}`);
  }
});

Deno.test("COMMANDS read any bytes as a value or as an IggyError", () => {
  const codecs = ROWS.flatMap(({ request, response }) => [
    ...Object.values(request),
    ...Object.values(response),
  ]) as (Codec<unknown> | undefined)[];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const codec of codecs) {
        try {
          codec?.decode(new WireReader(bytes));
        } catch (error) {
          assert(error instanceof IggyError, `${error}`);
        }
      }
    }),
    { numRuns: 300 },
  );
});

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}
