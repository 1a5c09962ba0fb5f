import { assertEquals } from "@std/assert";
import { parseDotenv } from "../../../lib/config/dotenv.ts";

const LINES: readonly (readonly [line: string, value: string | undefined])[] = [
  ["NAME=value", "value"],
  ["  NAME = value  ", "value"],
  ["export NAME=value", "value"],
  ["NAME=", ""],
  ["NAME=a b c", "a b c"],
  ["NAME=value # comment", "value"],
  ["NAME=a#b", "a#b"],
  ["NAME='a # b' # comment", "a # b"],
  ["NAME='a\\nb'", "a\\nb"],
  ['NAME="a # b"', "a # b"],
  ['NAME="a\\n\\"b\\""', 'a\n"b"'],
  ["# NAME=value", undefined],
  ["", undefined],
];

for (const [line, value] of LINES) {
  Deno.test(`parseDotenv() reads ${JSON.stringify(line)}`, () => {
    const { variables, badLines } = parseDotenv(line);
    assertEquals(variables.get("NAME"), value);
    assertEquals(badLines, []);
  });
}

Deno.test("parseDotenv() takes the first of two lines with one name", () => {
  assertEquals(parseDotenv("A=1\r\nA=2\r\n").variables.get("A"), "1");
});

Deno.test("parseDotenv() tells the lines that set nothing", () => {
  const { variables, badLines } = parseDotenv("A=1\nnonsense\n1A=2\nB='open\nC=3");
  assertEquals([...variables.keys()], ["A", "C"]);
  assertEquals(badLines, [2, 3, 4]);
});
