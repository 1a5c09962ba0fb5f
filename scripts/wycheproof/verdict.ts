/**
 * When an answer is right: valid is accepted, invalid is refused, and what Wycheproof calls
 * acceptable is decided here, once and in writing.
 *
 * @module
 */
import type { Answer, Test } from "./vectors.ts";

export type Verdict =
  | { readonly kind: "right" }
  | { readonly kind: "wrong"; readonly expected: string; readonly got: string }
  | { readonly kind: "skipped"; readonly why: string };

interface Rule {
  readonly flag: string;
  readonly answer: "accepted" | "refused";
  readonly why: string;
}

/** The first rule whose flag an acceptable test has decides. */
export const ACCEPTABLE: readonly Rule[] = [
  {
    flag: "ZeroSharedSecret",
    answer: "refused",
    why: "RFC 8446 §7.4.2: an all-zero X25519 secret aborts the handshake",
  },
  { flag: "CompressedPoint", answer: "refused", why: "RFC 8446 §4.2.8.2: points are uncompressed" },
  { flag: "InvalidAsn", answer: "refused", why: "DER has one encoding for each value" },
  { flag: "UnnamedCurve", answer: "refused", why: "RFC 5480 §2.1.1: curves are named" },
  {
    flag: "MissingNull",
    answer: "refused",
    why: "RFC 8017 §8.2.2: the one right encoding is compared with, which has the NULL",
  },
  {
    flag: "NonCanonicalPublic",
    answer: "accepted",
    why: "RFC 7748 §5: non-canonical values are accepted and reduced",
  },
  { flag: "Twist", answer: "accepted", why: "RFC 7748 §5: every string of 32 bytes is a point" },
  {
    flag: "SmallPublicKey",
    answer: "accepted",
    why: "an RSA exponent of 3 signs no worse with these encodings",
  },
  {
    flag: "WeakHash",
    answer: "accepted",
    why: "the RSA code is asked with the file's hash; the provider names no scheme with SHA-1",
  },
];

/** Judges an answer. An acceptable test that no rule decides may be answered either way. */
export function verdictOn(test: Test, answer: Answer): Verdict {
  if (answer.kind === "skipped") return { kind: "skipped", why: answer.why };
  const expected = expectedAnswer(test);
  if (answer.kind === "broken") return { kind: "wrong", expected, got: answer.how };
  if (expected === answer.kind || expected === "either") return { kind: "right" };
  return { kind: "wrong", expected, got: answer.kind };
}

function expectedAnswer({ result, flags = [] }: Test): "accepted" | "refused" | "either" {
  if (result === "valid") return "accepted";
  if (result === "invalid") return "refused";
  return ACCEPTABLE.find(({ flag }) => flags.includes(flag))?.answer ?? "either";
}
