import { assertEquals } from "@std/assert";
import { describeOrigin, showRaw } from "../../../lib/config/reading.ts";

Deno.test("describeOrigin() says where to look", () => {
  const origins = [
    { kind: "default" },
    { kind: "file", path: "a.toml", line: 3, column: 5 },
    { kind: "environment", name: "IGGY_TCP_ADDRESS" },
    { kind: "environment", name: "IGGY_TCP_ADDRESS", file: ".env" },
    { kind: "flag", name: "--data" },
  ] as const;
  assertEquals(origins.map(describeOrigin), [
    "default",
    "a.toml:3:5",
    "environment IGGY_TCP_ADDRESS",
    "environment IGGY_TCP_ADDRESS in .env",
    "flag --data",
  ]);
});

Deno.test("showRaw() shows what was found, shortened", () => {
  assertEquals(showRaw("tcp.address", "a"), '"a"');
  assertEquals(showRaw("tcp.address", [1, 2n ** 60n]), '[1,"1152921504606846976"]');
  assertEquals(showRaw("tcp.address", { a: true }), '{"a":true}');
  assertEquals(showRaw("tcp.address", "x".repeat(200)).length, 83);
});

Deno.test("showRaw() hides secrets", () => {
  assertEquals(showRaw("http.jwt.encoding_secret", 12345), "******");
});
