/**
 * `whippet doctor`: what is wrong on this machine, and what mends it.
 *
 * @module
 */
import { checkup, type Finding } from "../checkup.ts";
import type { CommandContext } from "../command_context.ts";
import type { CommandDefinition } from "../definition.ts";
import { ExitCode } from "../exit_codes.ts";
import { type Paint, printable } from "../output.ts";
import { NO_FLAGS } from "../../config/flags.ts";

interface DoctorOptions {
  readonly config?: string;
  readonly data?: string;
}

export const DOCTOR: CommandDefinition = {
  name: "doctor",
  about: "Look whether a node can run here or runs, and say what mends what is wrong",
  options: [
    { flags: "--config <path>", about: "The TOML file, as of `whippet serve`" },
    { flags: "--data <path>", about: "The data directory, as of `whippet serve`" },
  ],
  examples: [{ line: "doctor" }, { line: "doctor --data /var/lib/whippet --output json" }],
  async run({ ports, output }: CommandContext, _: [], { config, data }: DoctorOptions) {
    const flags = { ...NO_FLAGS, configPath: config, dataPath: data };
    const findings = await checkup(ports, flags);
    const isBroken = findings.some(({ state }) => state === "broken");
    if (output.isForPrograms) output.rows(findings, [], "");
    else {
      for (const { subject, state, finding, remedy } of findings) {
        const mark = output.paint(state.padEnd(9), PAINTS[state]);
        output.line(`${mark}  ${subject.padEnd(14)}  ${printable(finding)}`);
        if (remedy !== undefined) output.line(`${" ".repeat(27)}${printable(remedy)}`);
      }
    }
    return isBroken ? ExitCode.failed : ExitCode.done;
  },
};

const PAINTS: Readonly<Record<Finding["state"], Paint>> = {
  ok: "good",
  attention: "warning",
  broken: "bad",
};
