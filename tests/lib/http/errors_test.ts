import { assertEquals } from "@std/assert";
import { errorBody, errorResponse, notFoundResponse, Rejection } from "../../../lib/http/errors.ts";
import { ERROR_CODES } from "../../../protocol/error_codes.ts";
import { IggyError } from "../../../protocol/errors.ts";

Deno.test("errorBody() gives code, name, reason and the field that is wrong", () => {
  assertEquals(errorBody(new IggyError(1012, 'Stream "orders" already exists')), {
    id: 1012,
    code: "stream_name_already_exists",
    reason: 'Stream "orders" already exists',
    field: "name",
  });
  assertEquals(errorBody(new IggyError(42)), {
    id: 42,
    code: "invalid_credentials",
    reason: "Invalid credentials",
    field: null,
  });
});

Deno.test("errorBody() writes every name of the table in snake case", () => {
  for (const [code] of ERROR_CODES) {
    const body = errorBody(new IggyError(code));
    assertEquals(/^[a-z][a-z0-9_]*$/.test(body.code), true, body.code);
  }
});

Deno.test("errorResponse() has the status of the code, and 503 says when to come again", async () => {
  for (const [code, status] of [[1009, 404], [40, 401], [41, 403], [42, 400], [58, 503]] as const) {
    const response = errorResponse(new IggyError(code));
    assertEquals(response.status, status);
    assertEquals(response.headers.get("retry-after"), status === 503 ? "1" : null);
    await response.body?.cancel();
  }
});

Deno.test("errorResponse() gives a rejection as plain text", async () => {
  const response = errorResponse(new Rejection(415, "Expected JSON", { connection: "close" }));
  assertEquals(response.status, 415);
  assertEquals(response.headers.get("content-type"), "text/plain; charset=utf-8");
  assertEquals(response.headers.get("connection"), "close");
  assertEquals(await response.text(), "Expected JSON");
});

Deno.test("notFoundResponse() is the same whatever is missing", async () => {
  const response = notFoundResponse();
  assertEquals(response.status, 404);
  assertEquals(await response.json(), {
    id: 404,
    code: "not_found",
    reason: "Resource not found",
    field: null,
  });
});
