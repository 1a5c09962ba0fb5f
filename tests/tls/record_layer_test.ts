import { assertEquals } from "@std/assert";
import { reference } from "../../tls/provider/reference.ts";
import { RecordLayer } from "../../tls/record_layer.ts";
import { ContentType } from "../../tls/registry.ts";
import type { CommonConfig } from "../../tls/config.ts";
import { utf8 } from "../support/bytes.ts";
import { plainRecord, put, readAll } from "../support/tls_records.ts";

const [suite] = reference.cipherSuites;

function layer(fields: Partial<CommonConfig> = {}): RecordLayer {
  return new RecordLayer({ provider: reference, random: () => {}, now: () => 0, ...fields });
}

Deno.test("RecordLayer changes the key of each direction on its own (RFC 8446 §7.2)", () => {
  const [one, other] = [layer(), layer()];
  const secret = new Uint8Array(32).fill(1);
  one.writeWith(suite, secret);
  other.readWith(suite, secret);
  for (const text of ["first", "second", "third"]) {
    const bytes = put((out) => one.writer.write(ContentType.application_data, utf8(text), out));
    assertEquals(readAll(other.reader, bytes)[0].content, utf8(text));
    one.nextWriteSecret();
    other.nextReadSecret();
  }
});

Deno.test("RecordLayer.writeAlert() says warning for close_notify and user_canceled, fatal for the rest (RFC 8446 §6)", () => {
  const sent = (alert: "close_notify" | "user_canceled" | "decode_error") =>
    put((out) => layer().writeAlert(alert, out));
  assertEquals(sent("close_notify"), plainRecord(ContentType.alert, Uint8Array.of(1, 0)));
  assertEquals(sent("user_canceled"), plainRecord(ContentType.alert, Uint8Array.of(1, 90)));
  assertEquals(sent("decode_error"), plainRecord(ContentType.alert, Uint8Array.of(2, 50)));
});

Deno.test("RecordLayer sends records of at most what the configuration says", () => {
  assertEquals(layer().writer.contentBytesMax, 16_384);
  assertEquals(layer({ recordSizeLimit: 1_000 }).writer.contentBytesMax, 1_000);
  assertEquals(layer({ sendContentBytesMax: 500 }).writer.contentBytesMax, 500);
  const both = { recordSizeLimit: 100, sendContentBytesMax: 500 };
  assertEquals(layer(both).writer.contentBytesMax, 100);
});
