import { assertEquals } from "@std/assert";
import { TlsError } from "../../tls/alert.ts";
import {
  encodeEchConfig,
  encodeEchConfigList,
  readEchConfig,
  readEchConfigList,
  usableEchConfig,
} from "../../tls/ech_config.ts";
import { reference } from "../../tls/provider/reference.ts";
import { assertSurvivesDamage } from "../support/byte_laws.ts";
import { fromHex } from "../support/bytes.ts";
import { echKey } from "../support/ech_hellos.ts";
import { assertRefused } from "../support/refusals.ts";

const FIELDS = {
  configId: 7,
  publicKey: new Uint8Array(32).fill(9),
  suites: [{ kdfId: 1, aeadId: 1 }, { kdfId: 1, aeadId: 3 }],
  maximumNameLength: 32,
  publicName: "public.example",
};

const OTHER_VERSION = fromHex("fe0c 0003 aabbcc");

Deno.test("readEchConfig() gives back what encodeEchConfig() was given (RFC 9849 §4)", () => {
  const bytes = encodeEchConfig(FIELDS);
  const { kemId, hasMandatoryExtension, bytes: kept, ...fields } = readEchConfig(bytes);
  assertEquals(fields, FIELDS);
  assertEquals([kemId, hasMandatoryExtension], [0x20, false]);
  assertEquals(kept, bytes);
});

Deno.test("readEchConfigList() passes over other versions (RFC 9849 §4)", () => {
  const [one, two] = [echKey(1).config, echKey(2).config];
  const configs = readEchConfigList(encodeEchConfigList([OTHER_VERSION, one, OTHER_VERSION, two]));
  assertEquals(configs.map(({ bytes }) => bytes), [one, two]);
});

Deno.test("readEchConfigList() refuses an empty list, and bytes behind it", () => {
  assertRefused(() => readEchConfigList(fromHex("0000")), "decodeError");
  const list = encodeEchConfigList([echKey(1).config]);
  assertRefused(() => readEchConfigList(new Uint8Array([...list, 0])), "decodeError");
});

Deno.test("readEchConfig() refuses another version", () => {
  assertRefused(() => readEchConfig(OTHER_VERSION), "decodeError");
});

Deno.test("readEchConfig() tells of extensions that have to be understood (RFC 9849 §4.2)", () => {
  const withExtension = (type: number) => {
    const config = echKey(1).config;
    const bytes = new Uint8Array([...config, type >> 8, type, 0, 0]);
    bytes[3] += 4;
    bytes[config.length - 1] = 4;
    return readEchConfig(bytes).hasMandatoryExtension;
  };
  assertEquals([withExtension(0x7fff), withExtension(0x8000)], [false, true]);
});

Deno.test("readEchConfigList() survives damage", () => {
  const list = encodeEchConfigList([OTHER_VERSION, echKey(1).config]);
  assertSurvivesDamage(list, readEchConfigList, TlsError);
});

Deno.test("usableEchConfig() takes the first configuration it can use, and the first of its suites (RFC 9849 §6.1)", () => {
  const own = readEchConfig(encodeEchConfig(FIELDS));
  const unusable = [
    { ...own, kemId: 0x10 },
    { ...own, publicKey: new Uint8Array(31) },
    { ...own, hasMandatoryExtension: true },
    { ...own, suites: [{ kdfId: 2, aeadId: 1 }] },
  ];
  assertEquals(usableEchConfig(reference, unusable), undefined);
  const later = { ...own, suites: [{ kdfId: 9, aeadId: 1 }, { kdfId: 1, aeadId: 3 }] };
  assertEquals(usableEchConfig(reference, [...unusable, later, own]), {
    config: later,
    suite: { kdfId: 1, aeadId: 3 },
  });
});

Deno.test("usableEchConfig() takes host names as public names, and no addresses (RFC 9849 §4)", () => {
  const own = readEchConfig(encodeEchConfig(FIELDS));
  const isUsable = (publicName: string) =>
    usableEchConfig(reference, [{ ...own, publicName }]) !== undefined;
  for (const name of ["a", "a-b.example", "xn--x.9a"]) assertEquals(isUsable(name), true, name);
  for (const name of ["", "a..b", "-a", "a-", "a b", "1.2.3.4", "a.0x1f", `${"a".repeat(64)}.b`]) {
    assertEquals(isUsable(name), false, name);
  }
});
