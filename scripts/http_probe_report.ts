/**
 * What one run of the HTTP probe has in common with another: its print-out read, what differs from run
 * to run blotted out, and the differences named.
 *
 * @module
 */

/** One question with its answer. */
export interface Exchange {
  /** `GET /streams`. */
  readonly question: string;
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** A difference that is meant. */
export interface Expected {
  /** Of `QUESTION: DIFFERENCE` as {@link differences} writes it. */
  readonly pattern: RegExp;
  readonly reason: string;
}

/** Reads what the probe printed; lines that belong to no exchange are skipped. */
export function parseProbe(text: string): Exchange[] {
  const exchanges: Exchange[] = [];
  let current: { head: RegExpExecArray; body: string[] } | undefined;
  const finish = () => {
    if (current === undefined) return;
    const [, question, status, headers] = current.head;
    exchanges.push({
      question,
      status: Number(status),
      headers: headersOf(headers),
      body: current.body.join("\n").trim(),
    });
    current = undefined;
  };
  for (const line of text.split("\n")) {
    const head = HEAD.exec(line);
    if (head !== null) {
      finish();
      current = { head, body: [] };
    } else if (/^(## |snapshot | {3}jwt | {3}len )/.test(line)) finish();
    else current?.body.push(line);
  }
  finish();
  return exchanges;
}

/** What `actual` answers otherwise than `reference`, one line each. */
export function differences(
  reference: readonly Exchange[],
  actual: readonly Exchange[],
): string[] {
  const lines: string[] = [];
  for (const [at, wanted] of reference.entries()) {
    const got = actual[at];
    if (got?.question !== wanted.question) {
      lines.push(`${wanted.question}: asked ${got?.question ?? "nothing"} in its place`);
      return lines;
    }
    for (const difference of between(wanted, got)) lines.push(`${wanted.question}: ${difference}`);
  }
  return lines;
}

/** The differences that nobody expects, and the expectations that nothing meets. */
export function judge(
  found: readonly string[],
  expected: readonly Expected[],
): { readonly unexpected: string[]; readonly unmet: Expected[] } {
  return {
    unexpected: found.filter((line) => !expected.some(({ pattern }) => pattern.test(line))),
    unmet: expected.filter(({ pattern }) => !found.some((line) => pattern.test(line))),
  };
}

function* between(wanted: Exchange, got: Exchange): Generator<string> {
  if (wanted.status !== got.status) yield `status ${wanted.status} is ${got.status}`;
  for (const name of new Set([...wanted.headers.keys(), ...got.headers.keys()])) {
    const [was, is] = [wanted.headers.get(name), got.headers.get(name)];
    if (was !== is) yield `header ${name} ${was ?? "absent"} is ${is ?? "absent"}`;
  }
  const [was, is] = [bodyOf(wanted.body), bodyOf(got.body)];
  // The probe prints 900 characters: a longer body is no JSON any more.
  if (was !== undefined && is !== undefined) yield* within("body", was, is);
}

function* within(path: string, was: unknown, is: unknown): Generator<string> {
  if (isObject(was) && isObject(is)) {
    for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
      if (VOLATILE.test(key)) continue;
      yield* within(`${path}.${key}`, was[key], is[key]);
    }
  } else if (JSON.stringify(was) !== JSON.stringify(is)) {
    yield `${path} ${shown(was)} is ${shown(is)}`;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function shown(value: unknown): string {
  return value === undefined ? "absent" : JSON.stringify(value);
}

/** JSON, or the beginning of a text that says more in its own words; `undefined` for JSON that was cut. */
function bodyOf(body: string): unknown {
  if (!/^[[{]/.test(body)) return body.split("\n")[0].split(":")[0];
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** `{'content-type': 'text/plain', …}`, as Python prints it. */
function headersOf(text: string): Map<string, string> {
  const headers = new Map<string, string>();
  for (const [, name, value] of text.matchAll(/'([\w-]+)': '([^']*)'/g)) {
    // The probe asks for an end to each connection itself.
    if (name !== "connection") headers.set(name, value);
  }
  return headers;
}

const HEAD = /^((?:GET|POST|PUT|DELETE|PATCH|OPTIONS) \S+) -> (-?\d+) (\{.*\})$/;

/** Times, sizes, random values, and figures of the machine. */
const VOLATILE = new RegExp(
  "^(reason|token|created_at|expiry|expiry_at|timestamp|origin_timestamp|checksum|" +
    "process_id|(total_)?cpu_usage|\\w+_memory|memory_usage|run_time|start_time|\\w+_bytes|hostname|" +
    "os_\\w+|kernel_version|iggy_server_\\w+|threads_count|\\w+_disk_space|size|description)$",
);
