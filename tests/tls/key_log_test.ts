import { assertEquals } from "@std/assert";
import { KeyLog } from "../../tls/key_log.ts";

Deno.test("KeyLog.note() writes label, client random and secret in hexadecimal (RFC 9850 §2)", () => {
  const lines: string[] = [];
  const log = new KeyLog((line) => lines.push(line), Uint8Array.of(0x00, 0xab));
  log.note("CLIENT_TRAFFIC_SECRET_0", Uint8Array.of(0x01, 0xff));
  log.note("EXPORTER_SECRET", Uint8Array.of(0x02));
  assertEquals(lines, ["CLIENT_TRAFFIC_SECRET_0 00ab 01ff", "EXPORTER_SECRET 00ab 02"]);
});

Deno.test("KeyLog.note() says nothing when nobody listens", () => {
  new KeyLog(undefined, new Uint8Array(32)).note("EXPORTER_SECRET", Uint8Array.of(1));
});
