import { assertEquals, assertStringIncludes } from "@std/assert";
import { NO_FLAGS, parseServeFlags, type ServeFlags } from "../../../lib/config/flags.ts";

/** Arguments and what they change in the flags. */
const ACCEPTED: readonly (readonly [args: string, flags: Partial<ServeFlags>])[] = [
  ["", {}],
  ["-f", { fresh: true }],
  ["--fresh", { fresh: true }],
  ["--with-default-root-credentials", { defaultRootCredentials: true }],
  ["-f --with-default-root-credentials", { fresh: true, defaultRootCredentials: true }],
  ["--dev", { dev: true }],
  ["--replica-id 0", { replicaId: 0 }],
  ["--replica-id=255", { replicaId: 255 }],
  ["--config my.toml", { configPath: "my.toml" }],
  ["--data /var/lib/whippet", { dataPath: "/var/lib/whippet" }],
  ["-c file", { withoutEffect: ["--config-provider"] }],
  ["--config-provider file", { withoutEffect: ["--config-provider"] }],
  ["--follower", { withoutEffect: ["--follower"] }],
];

for (const [args, flags] of ACCEPTED) {
  Deno.test(`parseServeFlags() accepts "${args}"`, () => {
    assertEquals(parseServeFlags(args.split(" ").filter((each) => each !== "")), {
      kind: "serve",
      flags: { ...NO_FLAGS, ...flags },
    });
  });
}

const REFUSED: readonly (readonly [args: string, message: string])[] = [
  ["--fres", "Unknown option '--fres' (Did you mean --fresh?)"],
  ["--config", "Option '--config <path>' argument missing"],
  [
    "--replica-id 256",
    "Option '--replica-id <number>' argument '256' is invalid. " +
    "It takes a whole number from 0 to 255",
  ],
  [
    "--replica-id one",
    "Option '--replica-id <number>' argument 'one' is invalid. " +
    "It takes a whole number from 0 to 255",
  ],
  ["start", "Too many arguments. Expected 0 arguments but got 1: start"],
];

for (const [args, message] of REFUSED) {
  Deno.test(`parseServeFlags() refuses "${args}"`, () => {
    assertEquals(parseServeFlags(args.split(" ")), { kind: "error", message });
  });
}

for (const flag of ["-h", "--help"]) {
  Deno.test(`parseServeFlags() gives the help for ${flag}, with examples`, () => {
    const command = parseServeFlags([flag]);
    assertEquals(command.kind, "help");
    const { text } = command as { text: string };
    for (
      const part of [
        "Usage: whippet",
        "--fresh",
        "Examples:",
        "IGGY_TCP_ADDRESS=",
        "whippet config",
      ]
    ) {
      assertStringIncludes(text, part);
    }
  });
}

for (const flag of ["-V", "--version"]) {
  Deno.test(`parseServeFlags() asks for the version for ${flag}`, () => {
    assertEquals(parseServeFlags([flag]), { kind: "version" });
  });
}
