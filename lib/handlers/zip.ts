/**
 * Writes ZIP archives of a few small files (PKWARE's APPNOTE 6.3: local headers in section 4.3.7, the
 * central directory in 4.3.12, its end in 4.3.16). No encryption, no ZIP64, names in UTF-8.
 *
 * @module
 */
import { WireWriter } from "../../protocol/wire.ts";

/** A file to be put into an archive. */
export interface ZipEntry {
  /** Path in the archive, with `/`. */
  readonly name: string;
  readonly content: Uint8Array<ArrayBuffer>;
}

/** How contents lie in the archive. */
export type ZipMethod = "stored" | "deflated";

/**
 * The archive, entries in order. `at` (micros since the Unix epoch, UTC) is the time of all of them,
 * to two seconds; the format's years are 1980 to 2107.
 */
export async function writeZip(
  entries: readonly ZipEntry[],
  method: ZipMethod,
  at: number,
): Promise<Uint8Array> {
  const stamp = dosTime(at);
  const writer = new WireWriter();
  const directory = new WireWriter();
  for (const { name, content } of entries) {
    const packed = method === "stored" ? content : await deflateRaw(content);
    const fields = new WireWriter();
    writeFields(fields, METHODS[method], stamp, content, packed.length, name);
    directory.u32(CENTRAL_HEADER);
    directory.u16(VERSION);
    directory.bytes(fields.written);
    directory.u16(0); // comment length
    directory.u16(0); // disk
    directory.u16(0); // internal attributes
    directory.u32(0); // external attributes
    directory.u32(writer.length);
    directory.bytes(UTF8.encode(name));
    writer.u32(LOCAL_HEADER);
    writer.bytes(fields.written);
    writer.bytes(UTF8.encode(name));
    writer.bytes(packed);
  }
  const directoryAt = writer.length;
  writer.bytes(directory.written);
  writer.u32(END_OF_DIRECTORY);
  writer.u16(0); // this disk
  writer.u16(0); // the directory's disk
  writer.u16(entries.length); // on this disk
  writer.u16(entries.length);
  writer.u32(directory.length);
  writer.u32(directoryAt);
  writer.u16(0); // comment length
  return writer.written;
}

/** What both headers of an entry have in common, from the version on to the length of the extra field. */
function writeFields(
  writer: WireWriter,
  method: number,
  stamp: number,
  content: Uint8Array,
  packedLength: number,
  name: string,
): void {
  writer.u16(VERSION);
  writer.u16(NAME_IS_UTF8);
  writer.u16(method);
  writer.u32(stamp);
  writer.u32(crc32(content));
  writer.u32(packedLength);
  writer.u32(content.length);
  writer.u16(UTF8.encode(name).length);
  writer.u16(0); // extra field length
}

async function deflateRaw(content: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([content]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** MS-DOS date and time (section 4.4.6): the date in the upper half. */
function dosTime(micros: number): number {
  const date = new Date(micros / 1000);
  const year = Math.min(Math.max(date.getUTCFullYear(), 1980), 2107);
  const day = (year - 1980) << 9 | (date.getUTCMonth() + 1) << 5 | date.getUTCDate();
  const time = date.getUTCHours() << 11 | date.getUTCMinutes() << 5 | date.getUTCSeconds() >> 1;
  return (day << 16 | time) >>> 0;
}

/** CRC-32 (section 4.4.7): the polynomial of Ethernet, reflected. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff] ^ crc >>> 8;
  return ~crc >>> 0;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >>> 1 ^ 0xedb88320 : crc >>> 1;
  return crc;
});

const METHODS: Record<ZipMethod, number> = { stored: 0, deflated: 8 };
const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
/** 2.0: deflate. */
const VERSION = 20;
/** Bit 11 of the general purpose flags. */
const NAME_IS_UTF8 = 1 << 11;
const UTF8 = new TextEncoder();
