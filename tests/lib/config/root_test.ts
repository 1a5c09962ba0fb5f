import { assertEquals } from "@std/assert";
import { mergeVariables } from "../../../lib/config/environment.ts";
import { NO_FLAGS, type ServeFlags } from "../../../lib/config/flags.ts";
import { rootCredentials } from "../../../lib/config/root.ts";

function root(environment: Record<string, string>, flags: Partial<ServeFlags> = {}) {
  return rootCredentials(mergeVariables(environment).variables, { ...NO_FLAGS, ...flags });
}

Deno.test("rootCredentials() are those of the environment", () => {
  const { credentials, isWellKnown } = root({
    IGGY_ROOT_USERNAME: "admin",
    IGGY_ROOT_PASSWORD: "s3cret",
  });
  assertEquals(credentials, {
    username: "admin",
    password: "s3cret",
    origin: { kind: "environment", name: "IGGY_ROOT_PASSWORD" },
  });
  assertEquals(isWellKnown, false);
});

Deno.test("rootCredentials() leave the password open when nobody says anything", () => {
  const { credentials, problems } = root({});
  assertEquals(credentials, { username: "iggy", password: undefined, origin: { kind: "default" } });
  assertEquals(problems, []);
});

for (const flag of ["defaultRootCredentials", "dev"] as const) {
  Deno.test(`rootCredentials() are iggy and iggy when ${flag} is set`, () => {
    const { credentials, isWellKnown } = root({}, { [flag]: true });
    assertEquals([credentials.username, credentials.password], ["iggy", "iggy"]);
    assertEquals(isWellKnown, true);
  });
}

Deno.test("rootCredentials() let the environment win over the flag, one by one", () => {
  const named = root({ IGGY_ROOT_USERNAME: "admin" }, { defaultRootCredentials: true });
  assertEquals(named.credentials.username, "admin");
  assertEquals([named.isWellKnown, named.problems], [true, []]);
  const secret = root({ IGGY_ROOT_PASSWORD: "s3cret" }, { defaultRootCredentials: true });
  assertEquals(secret.credentials.password, "s3cret");
  assertEquals([secret.isWellKnown, secret.problems], [false, []]);
});

Deno.test("rootCredentials() want both variables or neither", () => {
  assertEquals(root({ IGGY_ROOT_USERNAME: "admin" }).problems, [
    "environment IGGY_ROOT_USERNAME: It is set and IGGY_ROOT_PASSWORD is not; set both or neither",
  ]);
  assertEquals(root({ IGGY_ROOT_PASSWORD: "s3cret" }).problems, [
    "environment IGGY_ROOT_PASSWORD: It is set and IGGY_ROOT_USERNAME is not; set both or neither",
  ]);
});

Deno.test("rootCredentials() have the lengths of any user's, counted in bytes", () => {
  const environment = { IGGY_ROOT_USERNAME: "é", IGGY_ROOT_PASSWORD: "é".repeat(51) };
  assertEquals(root(environment).problems, [
    "environment IGGY_ROOT_USERNAME: It takes 3 to 50 bytes, not 2",
    "environment IGGY_ROOT_PASSWORD: It takes 3 to 100 bytes, not 102",
  ]);
});
