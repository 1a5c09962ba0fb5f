import { assertEquals, assertThrows } from "@std/assert";
import { Transcript } from "../../tls/transcript.ts";
import { reference } from "../../tls/provider/reference.ts";
import { utf8 } from "../support/bytes.ts";

const { sha256, sha384 } = reference.hashes;

Deno.test("Transcript.digest() covers messages from before the hash was known", () => {
  const transcript = new Transcript();
  const message = utf8("one");
  transcript.add(message);
  message.fill(0);
  transcript.start(sha384);
  transcript.add(utf8("two"));
  assertEquals(transcript.digest(), sha384.digest(utf8("onetwo")));
  transcript.add(utf8("three"));
  assertEquals(transcript.digest(), sha384.digest(utf8("onetwothree")));
});

Deno.test("Transcript.digestWith() leaves the transcript as it is", () => {
  const transcript = new Transcript();
  transcript.start(sha256);
  transcript.add(utf8("a"));
  assertEquals(transcript.digestWith(utf8("b")), sha256.digest(utf8("ab")));
  assertEquals(transcript.digest(), sha256.digest(utf8("a")));
});

Deno.test("Transcript.replaceByMessageHash() puts message_hash in the first ClientHello's place (RFC 8446 §4.4.1)", () => {
  const transcript = new Transcript();
  transcript.add(utf8("hello"));
  transcript.start(sha256);
  transcript.replaceByMessageHash();
  transcript.add(utf8("retry"));
  const replacement = Uint8Array.of(254, 0, 0, 32);
  assertEquals(
    transcript.digest(),
    sha256.digest(replacement, sha256.digest(utf8("hello")), utf8("retry")),
  );
});

Deno.test("Transcript.digest() throws before the hash is known", () => {
  const transcript = new Transcript();
  assertEquals(transcript.isStarted, false);
  assertThrows(() => transcript.digest(), Error, "Transcript has no hash yet");
  transcript.start(sha256);
  assertEquals(transcript.isStarted, true);
});
