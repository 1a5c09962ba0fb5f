import { assert, assertEquals } from "@std/assert";
import { IGNORED_KEYS, SECRET_PATHS } from "../../../lib/config/ignored_keys.ts";
import { KEYS } from "../../../lib/config/keys.ts";

Deno.test("IGNORED_KEYS holds no key that this node reads", () => {
  assertEquals([...IGNORED_KEYS.keys()].filter((path) => path in KEYS), []);
});

Deno.test("IGNORED_KEYS writes every path out", () => {
  for (const path of IGNORED_KEYS.keys()) assert(/^[a-z0-9_.[\]]+$/.test(path), path);
});

Deno.test("SECRET_PATHS names only keys there are", () => {
  assertEquals([...SECRET_PATHS].filter((path) => !IGNORED_KEYS.has(path) && !(path in KEYS)), []);
});

Deno.test("SECRET_PATHS has every key that sounds like a secret", () => {
  const sounding = [...IGNORED_KEYS.keys(), ...Object.keys(KEYS)]
    .filter((path) => /(secret|password|\.key|_key)$/.test(path))
    .filter((path) => !/use_base64_secret$/.test(path));
  assertEquals(sounding.filter((path) => !SECRET_PATHS.has(path)), []);
});
