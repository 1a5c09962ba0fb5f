/**
 * Wycheproof's files: their shape as far as it is common to all, and reading them.
 *
 * @module
 */
import type { Parts } from "../../tls/provider/parts.ts";
import type { Provider } from "../../tls/provider/provider.ts";

/** A test group: what its tests have in common, by names that depend on its type. */
export interface Group {
  readonly type: string;
  readonly tests: readonly Test[];
  readonly [field: string]: unknown;
}

export interface Test {
  readonly tcId: number;
  readonly result: "valid" | "invalid" | "acceptable";
  readonly comment?: string;
  readonly flags?: readonly string[];
  readonly [field: string]: unknown;
}

/** One file. */
export interface Vectors {
  /** `ed25519_test.json`, also when the file was compressed. */
  readonly name: string;
  readonly algorithm: string;
  readonly groups: readonly Group[];
}

/** What is tested. */
export interface Subject {
  readonly name: string;
  readonly provider: Provider;
  readonly parts: Parts;
}

/**
 * What the subject did: took the input and gave what it should; took it and gave something else;
 * refused it; or was not asked, because TLS has no such thing.
 */
export type Answer =
  | { readonly kind: "accepted" }
  | { readonly kind: "refused" }
  | { readonly kind: "broken"; readonly how: string }
  | { readonly kind: "skipped"; readonly why: string };

/** Asks the subject about one test. */
export type Family = (subject: Subject, group: Group, test: Test) => Answer | Promise<Answer>;

export const accepted: Answer = { kind: "accepted" };
export const refused: Answer = { kind: "refused" };

export function broken(how: string): Answer {
  return { kind: "broken", how };
}

export function skipped(why: string): Answer {
  return { kind: "skipped", why };
}

/** Accepted when `actual` is as `expected`, broken when it differs, refused when there is none. */
export function compared(actual: Uint8Array | undefined, expected: Uint8Array): Answer {
  if (actual === undefined) return refused;
  return sameBytes(actual, expected) ? accepted : broken(`gave ${shortHex(actual)}`);
}

export function accepts(yes: boolean): Answer {
  return yes ? accepted : refused;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** A field of hex digits as bytes; none at all when the field is missing. */
export function bytesOf(of: Group | Test, field: string): Uint8Array {
  return fromHex(of[field]);
}

export function fromHex(hex: unknown): Uint8Array {
  if (typeof hex !== "string") return new Uint8Array(0);
  return Uint8Array.from(
    { length: hex.length >> 1 },
    (_, i) => parseInt(hex.slice(2 * i, 2 * i + 2), 16),
  );
}

/** A number of hex digits, left out or leading zeros or not, as big-endian bytes of this length. */
export function scalarOf(hex: unknown, length: number): Uint8Array {
  const digits = String(hex ?? "").replace(/^0+/, "").padStart(2 * length, "0");
  return fromHex(digits);
}

export function fromBase64Url(text: unknown): Uint8Array {
  const base64 = String(text ?? "").replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/** All vectors in these files and folders, `.json` or `.json.gz`, by name. */
export async function readVectors(paths: readonly string[]): Promise<Vectors[]> {
  const files = paths.flatMap(filesIn);
  const all = await Promise.all(files.map(readFile));
  return all.filter((each) => each !== undefined).sort((a, b) => a.name < b.name ? -1 : 1);
}

function filesIn(path: string): string[] {
  if (!Deno.statSync(path).isDirectory) return [path];
  return [...Deno.readDirSync(path)].flatMap((entry) => {
    const inner = `${path}/${entry.name}`;
    if (entry.isDirectory) return filesIn(inner);
    return VECTOR_FILE.test(entry.name) ? [inner] : [];
  });
}

/** `undefined` for JSON that is not a file of vectors, such as a schema. */
async function readFile(path: string): Promise<Vectors | undefined> {
  const file = await Deno.open(path);
  const bytes = path.endsWith(".gz")
    ? file.readable.pipeThrough(new DecompressionStream("gzip"))
    : file.readable;
  const json = await new Response(bytes).json();
  if (!Array.isArray(json.testGroups)) return undefined;
  const name = path.replace(/^.*\//, "").replace(/\.gz$/, "");
  return { name, algorithm: json.algorithm ?? "unnamed", groups: json.testGroups };
}

function shortHex(bytes: Uint8Array): string {
  const hex = Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0"));
  return `${hex.join("")}${bytes.length > 16 ? "..." : ""} (${bytes.length} bytes)`;
}

const VECTOR_FILE = /\.json(\.gz)?$/;
