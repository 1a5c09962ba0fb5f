/**
 * What holds for every codec and every frame layout, whatever they carry. Bytes come from the
 * outside, so there is one way for them to be wrong: an `IggyError`.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { Codec, Dialect } from "../../protocol/command.ts";
import { type CommandName, COMMANDS } from "../../protocol/commands.ts";
import { IggyError } from "../../protocol/errors.ts";
import { FrameDecoder, type FrameLayout } from "../../protocol/framing.ts";
import { WireReader, WireWriter } from "../../protocol/wire.ts";

/** The three laws below, for one value. */
export function assertCodecLaws<T>(codec: Codec<T>, value: T): void {
  const bytes = encoded(codec, value);
  assertRoundTrip(codec, value);
  assertSurvivesTruncation(codec, bytes);
  assertSurvivesBitFlips(codec, bytes);
}

/** What is encoded comes back equal, and to the last byte. */
export function assertRoundTrip<T>(codec: Codec<T>, value: T): void {
  const bytes = encoded(codec, value);
  const reader = new WireReader(bytes);
  assertEquals(codec.decode(reader), value);
  assertEquals(reader.remaining, 0);
}

/** Cut off at any byte, it decodes to something or is refused; nothing else happens. */
function assertSurvivesTruncation<T>(codec: Codec<T>, bytes: Uint8Array): void {
  for (let end = 0; end < bytes.length; end++) attempt(codec, bytes.slice(0, end));
}

/** With any one bit flipped, it decodes to something that can be encoded, or is refused. */
function assertSurvivesBitFlips<T>(codec: Codec<T>, bytes: Uint8Array): void {
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3] ^= 1 << (bit & 7);
    attempt(codec, flipped);
  }
}

/** Whatever two pieces `stream` arrives in, the same frames come out as when it arrives at once. */
export function assertSurvivesSplits<Frame>(layout: FrameLayout<Frame>, stream: Uint8Array): void {
  const whole = framesOf(layout, [stream]);
  assert(whole.length > 0, "There is no frame in the stream");
  for (let at = 1; at < stream.length; at++) {
    assertEquals(framesOf(layout, [stream.subarray(0, at), stream.subarray(at)]), whole);
  }
}

/** Values of a command's two bodies; for a dialect of its own where the others' do not fit. */
export type Samples<Name extends CommandName> =
  & SamplePair<Name>
  & { readonly [D in Dialect]?: Partial<SamplePair<Name>> };

interface SamplePair<Name extends CommandName> {
  readonly request: RequestOf<Name>;
  readonly response: ResponseOf<Name>;
}

type RequestOf<Name extends CommandName> = Value<(typeof COMMANDS)[Name]["request"]>;
type ResponseOf<Name extends CommandName> = Value<(typeof COMMANDS)[Name]["response"]>;
type Value<Codecs> = Codecs extends Record<Dialect, Codec<infer T> | undefined> ? T : never;

/** Registers the laws as tests of both bodies of a command in every dialect that has it. */
export function specifyCommand<Name extends CommandName>(name: Name, samples: Samples<Name>): void {
  for (const dialect of ["classic", "vsr_0_11"] as const) {
    for (const body of ["request", "response"] as const) {
      const codec = COMMANDS[name][body][dialect] as Codec<unknown> | undefined;
      if (codec === undefined) continue;
      const own: Partial<SamplePair<Name>> = samples[dialect] ?? {};
      const value = body in own ? own[body] : samples[body];
      Deno.test(`COMMANDS.${name}.${body} obeys the laws of codecs in ${dialect}`, () => {
        assertCodecLaws(codec, value);
      });
    }
  }
}

/** The bytes of a value. */
export function encoded<T>(codec: Codec<T>, value: T): Uint8Array {
  const writer = new WireWriter(1);
  codec.encode(writer, value);
  return writer.written.slice();
}

/** The value of bytes. */
export function decoded<T>(codec: Codec<T>, bytes: Uint8Array): T {
  return codec.decode(new WireReader(bytes));
}

/** Bytes written as hex, blanks and lines as one likes. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/[0-9a-f]{2}/gi) ?? [], (byte) => parseInt(byte, 16));
}

/** All frames and faults of a stream that arrives in `pieces`, copied. */
export function framesOf<Frame>(
  layout: FrameLayout<Frame>,
  pieces: readonly Uint8Array[],
): unknown[] {
  const decoder = new FrameDecoder(layout, { initialBytes: 256, retainedBytesMax: 256 });
  const frames: unknown[] = [];
  for (const piece of pieces) {
    for (let at = 0; at < piece.length;) {
      at += decoder.push(piece.subarray(at));
      for (let frame = decoder.next(); frame !== undefined; frame = decoder.next()) {
        frames.push(structuredClone(frame));
      }
    }
  }
  return frames;
}

function attempt<T>(codec: Codec<T>, bytes: Uint8Array): void {
  try {
    encoded(codec, decoded(codec, bytes));
  } catch (error) {
    if (!(error instanceof IggyError)) throw error;
  }
}
