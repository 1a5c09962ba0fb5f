import { assertEquals } from "@std/assert";
import { isDnsName, isWildcard, isWithin, normalisedDnsName } from "../../../tls/x509/dns_name.ts";

Deno.test("isDnsName() takes host names, A-labels and underscores", () => {
  const right = ["a", "localhost", "Example.COM", "xn--n3h.com", "_dmarc.example.com", "1.example"];
  for (const text of right) assertEquals(isDnsName(text), true, text);
  assertEquals(isDnsName(`${"a".repeat(63)}.b`), true);
});

Deno.test("isDnsName() does not take what is no host name", () => {
  const wrong = [
    "",
    ".",
    ".a",
    "a.",
    "a..b",
    "-a",
    "a-",
    "a b",
    "*.a",
    "ä.de",
    "a\u0000",
    "1.2.3.4",
  ];
  for (const text of wrong) assertEquals(isDnsName(text), false, text);
  assertEquals(isDnsName(`${"a".repeat(64)}.b`), false);
  assertEquals(isDnsName("a.".repeat(127) + "a"), false);
});

Deno.test("isWildcard() takes a lone asterisk as the whole left-most label", () => {
  assertEquals(isWildcard("*.example.com"), true);
  for (const text of ["*", "*.", "a*.b", "*a.b", "*.*.b", "a.*.b", "example.com"]) {
    assertEquals(isWildcard(text), false, text);
  }
});

Deno.test("normalisedDnsName() is in lower case without a trailing dot", () => {
  assertEquals(normalisedDnsName("Example.COM."), "example.com");
  assertEquals(normalisedDnsName("example.com"), "example.com");
});

Deno.test("isWithin() compares whole labels", () => {
  assertEquals(isWithin("example.com", "example.com"), true);
  assertEquals(isWithin("a.example.com", "example.com"), true);
  assertEquals(isWithin("a.example.com", ""), true);
  assertEquals(isWithin("notexample.com", "example.com"), false);
  assertEquals(isWithin("com", "example.com"), false);
});
