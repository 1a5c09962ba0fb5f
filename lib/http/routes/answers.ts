/**
 * Answers that many routes give.
 *
 * @module
 */
import { httpStatus } from "../../../protocol/error_codes.ts";
import { IggyError } from "../../../protocol/errors.ts";
import { notFoundResponse } from "../errors.ts";

/** Done, nothing to tell. */
export function noContent(): Response {
  return new Response(null, { status: 204 });
}

/** A GET of what is not there is answered with one body, whatever is missing (HTTP.md section 1.3). */
export async function absentIsNotFound(find: () => Promise<Response>): Promise<Response> {
  try {
    return await find();
  } catch (fault) {
    if (fault instanceof IggyError && httpStatus(fault.code) === 404) return notFoundResponse();
    throw fault;
  }
}
