import { assertEquals } from "@std/assert";
import { editDistance, nearest } from "../../../lib/config/nearest.ts";

Deno.test("editDistance() counts insertions, deletions, replacements and swaps", () => {
  const pairs = [["", ""], ["abc", ""], ["abc", "abc"], ["abc", "abd"], ["abc", "acb"], [
    "abc",
    "ab",
  ]];
  assertEquals(pairs.map(([a, b]) => editDistance(a, b)), [0, 3, 0, 1, 1, 1]);
  assertEquals(editDistance("kitten", "sitting"), 3);
});

Deno.test("nearest() gives the closest names first, in any letter case", () => {
  const known = ["tcp.address", "tcp.enabled", "http.address", "quic.address"];
  assertEquals(nearest("TCP.adress", known, 3), ["tcp.address", "http.address"]);
  assertEquals(nearest("tcp.adress", known), ["tcp.address"]);
});

Deno.test("nearest() gives nothing when no name is near", () => {
  assertEquals(nearest("compression", ["tcp.address", "tcp.enabled"]), []);
  assertEquals(nearest("ab", ["xyz"]), []);
});
