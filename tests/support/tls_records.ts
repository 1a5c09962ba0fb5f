/**
 * Records of TLS 1.3 for tests: taken apart, and made by who has the keys.
 *
 * @module
 */
import { Outgoing } from "../../tls/outgoing.ts";
import type { CipherSuite } from "../../tls/provider/provider.ts";
import { reference } from "../../tls/provider/reference.ts";
import { RecordReader, RecordWriter } from "../../tls/record.ts";

/** A record as it was read. */
export interface ReadRecord {
  readonly type: number;
  readonly content: Uint8Array;
  readonly isProtected: boolean;
}

/** Bytes that `write` puts into an `Outgoing`. */
export function put(write: (out: Outgoing) => void): Uint8Array {
  const out = new Outgoing(reference.buffers);
  write(out);
  const bytes = out.bytes.slice();
  out.clear();
  return bytes;
}

/** A record that is not protected, whatever it says. */
export function plainRecord(type: number, content: Uint8Array, version = 0x0303): Uint8Array {
  const { length } = content;
  return Uint8Array.of(type, version >> 8, version, length >> 8, length, ...content);
}

/** What both halves of a record layer share. */
export function halves(
  suite: CipherSuite = reference.cipherSuites[0],
  paddingMultiple = 0,
): { reader: RecordReader; writer: RecordWriter } {
  const secret = new Uint8Array(suite.hash.outputBytes).fill(1);
  const reader = new RecordReader();
  const writer = new RecordWriter(paddingMultiple);
  reader.useSecret(suite, secret);
  writer.useSecret(suite, secret);
  return { reader, writer };
}

/** Reads all records of `bytes`, which are opened in place. */
export function readAll(reader: RecordReader, bytes: Uint8Array): ReadRecord[] {
  const records: ReadRecord[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = reader.read(bytes, at);
    if (length === 0) throw new Error(`Record at ${at} is not complete`);
    const { type, content, isProtected } = reader;
    records.push({ type, content: content.slice(), isProtected });
    at += length;
  }
  return records;
}

/** The records of `bytes`, as they are. */
export function splitRecords(bytes: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 5 + (bytes[at + 3] << 8 | bytes[at + 4]);
    records.push(bytes.slice(at, end));
    at = end;
  }
  return records;
}
