/**
 * Root's credentials at the first start (CONFIG-CLI.md section 1, CLASSIC.md section 12.1).
 *
 * @module
 */
import type { Variables } from "./environment.ts";
import type { ServeFlags } from "./flags.ts";
import type { Origin } from "./reading.ts";

/** The credentials root gets when the data directory is new; they never change an existing one. */
export interface RootCredentials {
  readonly username: string;
  /** `undefined`: a random password is made and printed once. */
  readonly password: string | undefined;
  readonly origin: Origin;
}

/** Credentials, whether their password is the one everybody knows, and what is wrong with them. */
export interface RootFindings {
  readonly credentials: RootCredentials;
  /** The password is `iggy` by a flag: only good where nobody else can reach the node. */
  readonly isWellKnown: boolean;
  readonly problems: readonly string[];
}

/** Username and password of the environment; a flag fills what is missing there with `iggy`. */
export function rootCredentials(variables: Variables, flags: ServeFlags): RootFindings {
  const username = variables.get(USERNAME)?.value;
  const password = variables.get(PASSWORD)?.value;
  const flag = wellKnownFlag(flags);
  const problems: string[] = [];
  if (flag === undefined && (username === undefined) !== (password === undefined)) {
    const [set, unset] = username === undefined ? [PASSWORD, USERNAME] : [USERNAME, PASSWORD];
    problems.push(`environment ${set}: It is set and ${unset} is not; set both or neither`);
  }
  problems.push(
    ...lengthProblem(USERNAME, username, 50),
    ...lengthProblem(PASSWORD, password, 100),
  );
  const isWellKnown = flag !== undefined && password === undefined;
  return {
    credentials: {
      username: username ?? WELL_KNOWN,
      password: password ?? (flag === undefined ? undefined : WELL_KNOWN),
      origin: originOf(password, flag),
    },
    isWellKnown,
    problems,
  };
}

/** The flag that asks for `iggy`/`iggy`; `undefined` when none does. */
export function wellKnownFlag(flags: ServeFlags): string | undefined {
  if (flags.defaultRootCredentials) return "--with-default-root-credentials";
  return flags.dev ? "--dev" : undefined;
}

function originOf(password: string | undefined, flag: string | undefined): Origin {
  if (password !== undefined) return { kind: "environment", name: PASSWORD };
  return flag === undefined ? { kind: "default" } : { kind: "flag", name: flag };
}

/** CLASSIC.md section 15: usernames have 3 to 50 bytes, passwords 3 to 100. */
function lengthProblem(name: string, value: string | undefined, bytesMax: number): string[] {
  if (value === undefined) return [];
  const { length } = new TextEncoder().encode(value);
  if (length >= 3 && length <= bytesMax) return [];
  return [`environment ${name}: It takes 3 to ${bytesMax} bytes, not ${length}`];
}

const USERNAME = "IGGY_ROOT_USERNAME";
const PASSWORD = "IGGY_ROOT_PASSWORD";
const WELL_KNOWN = "iggy";
