import { assert, assertEquals } from "@std/assert";
import * as codes from "../../protocol/error_codes.ts";

Deno.test("ERROR_CODES are sorted and named once", () => {
  const numbers = codes.ERROR_CODES.map(([code]) => code);
  assertEquals(numbers, numbers.toSorted((a, b) => a - b));
  assertEquals(new Set(numbers).size, 240);
  assertEquals(new Set(codes.ERROR_CODES.map(([, name]) => name)).size, 240);
});

Deno.test("Every constant has the number of its name in the table", () => {
  const { ERROR_CODES: _, errorName, httpStatus: __, ...constants } = codes;
  assert(Object.keys(constants).length > 60);
  for (const [constant, code] of Object.entries(constants)) {
    const snake = errorName(code).replaceAll(/(?<=[a-z\d])(?=[A-Z])/g, "_").toUpperCase();
    assertEquals(constant, snake);
  }
});

Deno.test("errorName() calls a number nobody knows an error", () => {
  assertEquals(codes.errorName(1009), "StreamIdNotFound");
  assertEquals(codes.errorName(4102), "SegmentSizeMismatchAtOpen");
  assertEquals(codes.errorName(17), "Error");
});

Deno.test("httpStatus() is 400 unless HTTP.md section 1.3 says otherwise", () => {
  const statuses: [code: number, status: number][] = [
    [codes.INVALID_COMMAND, 400],
    [codes.INVALID_CREDENTIALS, 400],
    [codes.UNAUTHENTICATED, 401],
    [codes.INVALID_PERSONAL_ACCESS_TOKEN, 401],
    [codes.UNAUTHORIZED, 403],
    [codes.RESOURCE_NOT_FOUND, 404],
    [codes.TOPIC_ID_NOT_FOUND, 404],
    [codes.CONSUMER_OFFSET_NOT_FOUND, 404],
    [codes.TRANSIENT_NOT_ACCEPTED, 503],
    [17, 400],
  ];
  for (const [code, status] of statuses) assertEquals(codes.httpStatus(code), status, `${code}`);
});
