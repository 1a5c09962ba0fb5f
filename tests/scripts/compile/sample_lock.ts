/**
 * A lock with a package that has a peer, one behind a stand-in, and one that is for tests only.
 *
 * @module
 */
import type { DenoLock } from "../../../scripts/compile/shipped.ts";

export const LOCK: DenoLock = {
  version: "5",
  specifiers: {
    "npm:framework@2.0.0": "2.0.0_peer@3.0.0",
    "npm:parser@4.0.0": "4.0.0",
    "npm:tester@1.0.0": "1.0.0",
  },
  npm: {
    "framework@2.0.0_peer@3.0.0": { integrity: "sha512-AAEC", dependencies: ["peer"] },
    "peer@3.0.0": { integrity: "sha512-AQID" },
    "parser@4.0.0": { integrity: "sha512-AgME" },
    "random@5.0.0": { integrity: "sha512-AwQF" },
    "tester@1.0.0": { integrity: "sha512-BAUG", dependencies: ["random"] },
  },
  workspace: {
    dependencies: ["jsr:@std/toml@^1", "npm:framework@2.0.0", "npm:tester@1.0.0"],
    links: {
      "jsr:@std/assert@1.0.0": {},
      "jsr:@std/toml@1.0.0": { dependencies: ["npm:parser@4.0.0"] },
    },
  },
};
