import { assertEquals } from "@std/assert";
import { Meters } from "../../../lib/telemetry/meters.ts";

Deno.test("Meters.refused() counts refusals by code", () => {
  const meters = new Meters();
  for (const code of [40, 41, 40]) meters.refused(code);
  assertEquals([...meters.refusals], [[40, 2], [41, 1]]);
});

Deno.test("Meters.handshakeEnded() counts handshakes by result and key exchange", () => {
  const meters = new Meters();
  meters.handshakeEnded({ result: "full", group: "x25519" });
  meters.handshakeEnded({ result: "failed", group: "" });
  meters.handshakeEnded({ result: "full", group: "x25519" });
  assertEquals([...meters.handshakes], [
    { result: "full", group: "x25519", count: 2 },
    { result: "failed", group: "", count: 1 },
  ]);
});
