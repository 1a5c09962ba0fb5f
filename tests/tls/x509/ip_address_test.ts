import { assertEquals } from "@std/assert";
import { ipAddressText, parseIpAddress } from "../../../tls/x509/ip_address.ts";
import { hex } from "../../support/codec_laws.ts";

const ADDRESSES: [text: string, octets: string][] = [
  ["0.0.0.0", "00000000"],
  ["192.0.2.255", "c00002ff"],
  ["::", "00000000000000000000000000000000"],
  ["::1", "00000000000000000000000000000001"],
  ["1::", "00010000000000000000000000000000"],
  ["2001:db8::8a2e:370:7334", "20010db8000000000000 8a2e03707334"],
  ["2001:db8::1:0:0:1", "20010db8000000000001000000000001"],
  ["2001:db8:0:1:1:1:1:1", "20010db8000000010001000100010001"],
  ["fe80::1:0", "fe800000000000000000000000010000"],
];

Deno.test("parseIpAddress() and ipAddressText() know the text of RFC 5952", () => {
  for (const [text, octets] of ADDRESSES) {
    assertEquals(parseIpAddress(text), hex(octets));
    assertEquals(ipAddressText(hex(octets)), text);
  }
});

Deno.test("parseIpAddress() reads other spellings of IPv6", () => {
  assertEquals(parseIpAddress("2001:DB8:0:0:1:0:0:1"), hex("20010db8000000000001000000000001"));
  assertEquals(parseIpAddress("::ffff:192.0.2.1"), hex("00000000000000000000ffffc0000201"));
});

Deno.test("parseIpAddress() does not take what is no address", () => {
  const wrong = [
    "",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.256",
    "01.2.3.4",
    "1.2.3.a",
    "localhost",
    ":",
    ":::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4::5:6:7:8",
    "1::2::3",
    "12345::",
    "::g",
    "[::1]",
    "fe80::1%eth0",
    "::1.2.3.4:5",
    "1.2.3.4::",
    "::1.2.3",
  ];
  for (const text of wrong) assertEquals(parseIpAddress(text), undefined, text);
});
