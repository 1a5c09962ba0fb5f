/// <reference lib="dom" />
/**
 * Asks the node's REST API in the name of the session.
 *
 * @module
 */
import { parseJson, stringifyJson } from "../../json.ts";
import { signIn } from "./live.ts";

/** What the node says when it does not do what it is asked for. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(readonly status: number, message: string, readonly field: string | null) {
    super(message);
  }
}

/**
 * The answer's body, whose long integers are `bigint`; `undefined` when there is none.
 *
 * @throws {Refusal} with the node's reason, or that it does not answer
 */
export async function ask(
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<unknown> {
  const response = await fetch(path, {
    method,
    signal,
    headers: {
      ...CSRF,
      accept: "application/json",
      ...body === undefined ? {} : { "content-type": "application/json" },
    },
    body: body === undefined ? undefined : stringifyJson(body),
  }).catch((cause) => {
    if (signal?.aborted) throw cause;
    throw new Refusal(0, "The node does not answer: see whether it runs, then try again", null);
  });
  const text = await response.text();
  if (response.status === 401) signIn();
  if (!response.ok) throw refusal(response.status, text);
  return text === "" ? undefined : parseJson(text);
}

function refusal(status: number, text: string): Refusal {
  const said = readObject(text);
  const reason = typeof said.reason === "string" ? said.reason : text || `Status ${status}`;
  const advice = ADVICE[status] ?? "";
  const field = typeof said.field === "string" ? said.field : null;
  return new Refusal(status, `${reason}. ${advice}`.trim(), field);
}

function readObject(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

const ADVICE: Readonly<Record<number, string>> = {
  403: "Ask whoever manages users for this right.",
  404: "It may have been deleted meanwhile: go back and look again.",
  413: "Send it in smaller parts, or raise http.max_request_size.",
  503: "The node is busy: try again in a moment.",
};

const CSRF: Record<string, string> = {
  "x-csrf-token": document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "",
};
