import { assert, assertEquals } from "@std/assert";
import { TlsError } from "../../tls/alert.ts";
import { attempt, Fuzzer } from "./fuzzer.ts";
import type { Target } from "./target.ts";
import { CANARY, TARGETS } from "./targets.ts";

for (const [name, targets] of Object.entries(TARGETS)) {
  Deno.test(`Every seed and every input of the corpus of ${name} is taken or refused`, () => {
    for (const target of targets) {
      for (const seed of target.seeds) {
        const said = attempt(target, seed);
        if (said instanceof Error) throw said;
      }
    }
  });

  Deno.test(`A few thousand changed inputs of ${name} are taken or refused`, () => {
    const fuzzer = new Fuzzer(targets, 1);
    fuzzer.run(4_000);
    const { findings, executions, reasons } = fuzzer.tally();
    assertEquals(findings.map(({ error }) => error), []);
    assertEquals(executions, 4_000);
    assert(Object.keys(reasons).length > 3);
  });
}

Deno.test("The right inputs that come first are taken: targets reach as far as they claim", () => {
  for (const target of [...TARGETS.tls, ...TARGETS.x509]) {
    const said = attempt(target, target.seeds[0]);
    if (said instanceof Error) throw said;
    assertEquals(said.isRefusal, false, `${target.name}: ${said.text}`);
    if (target.name.includes("records at a")) assertEquals(said.text, "connected", target.name);
  }
});

Deno.test("Fuzzer finds the canary", () => {
  const fuzzer = new Fuzzer([CANARY], 1);
  for (let turns = 0; turns < 60 && fuzzer.tally().findings.length === 0; turns++) {
    fuzzer.run(1_000);
  }
  const [finding] = fuzzer.tally().findings;
  assertEquals(finding?.target, "canary");
  assert(attempt(CANARY, finding.input) instanceof Error);
});

Deno.test("Fuzzer gives the same inputs for the same seed", () => {
  const inputsOf = (seed: number) => {
    const inputs: string[] = [];
    new Fuzzer(TARGETS.x509, seed, (_target, input) => inputs.push(input.toHex())).run(100);
    return inputs.join();
  };
  assertEquals(inputsOf(7), inputsOf(7));
  assert(inputsOf(7) !== inputsOf(8));
});

Deno.test("Fuzzer takes any error but the target's refusal for a finding", () => {
  const target = (error: unknown): Target => ({
    ...{ name: "x", framing: "bytes", refusal: TlsError, weight: 1, seeds: [new Uint8Array(4)] },
    run() {
      throw error;
    },
  });
  const findings = (error: unknown) => {
    const fuzzer = new Fuzzer([target(error)], 1);
    fuzzer.run(1);
    return fuzzer.tally().findings.length;
  };
  assertEquals(findings(new TlsError("decodeError", "As promised")), 0);
  assertEquals(findings(new RangeError("Not promised")), 1);
  assertEquals(findings("no error at all"), 1);
});
