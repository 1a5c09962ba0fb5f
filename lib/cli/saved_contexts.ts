/**
 * Contexts: named nodes with who logs in there, in one file of this user's that nobody else may read,
 * for tokens are secrets.
 *
 * @module
 */
import type { FramingName } from "../client/options.ts";
import { type ClientCliPorts, CommandError } from "./ports.ts";

/** What is kept of a node. */
export interface SavedContext {
  readonly transport?: "tcp" | "ws" | "tcp+tls" | "ws+tls";
  readonly tcpServerAddress?: string;
  readonly websocketServerAddress?: string;
  readonly tls?: boolean;
  readonly tlsDomain?: string;
  /** Paths. */
  readonly tlsCa?: string;
  readonly tlsCertificate?: string;
  readonly tlsKey?: string;
  readonly framing?: FramingName;
  readonly username?: string;
  readonly password?: string;
  readonly token?: string;
  /** Of `token`, as the node calls it. */
  readonly tokenName?: string;
}

/** All of them. */
export interface SavedContexts {
  /** The one in use. */
  readonly active: string;
  readonly contexts: Readonly<Record<string, SavedContext>>;
}

/** The context that is in use from the start. */
export const DEFAULT_CONTEXT = "default";

/** Reads the file; without one there is an empty `default`. Throws a {@link CommandError} for one that is no JSON. */
export function readContexts(ports: ClientCliPorts): SavedContexts {
  const none = { active: DEFAULT_CONTEXT, contexts: { [DEFAULT_CONTEXT]: {} } };
  if (ports.configFolder === undefined) return none;
  const path = pathOf(ports.configFolder);
  const bytes = ports.readFile(path);
  if (bytes === undefined) return none;
  try {
    const { active, contexts } = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof active === "string" && typeof contexts === "object" && contexts !== null) {
      return { active, contexts: { ...none.contexts, ...contexts } };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new CommandError(`File ${path} holds no contexts: mend it or remove it`);
}

/** Writes the file, for nobody else to read. */
export function writeContexts(saved: SavedContexts, ports: ClientCliPorts): void {
  if (ports.configFolder === undefined) {
    throw new CommandError("There is no place to keep contexts: set HOME or XDG_CONFIG_HOME");
  }
  ports.makeSecretFolder(ports.configFolder);
  const text = `${JSON.stringify(saved, undefined, 2)}\n`;
  ports.writeFile(pathOf(ports.configFolder), text, { secret: true, replace: true });
}

/** The context of that name, or the one in use; throws a {@link CommandError} for a name that is none. */
export function activeContext(
  { active, contexts }: SavedContexts,
  name: string = active,
): SavedContext {
  if (Object.hasOwn(contexts, name)) return contexts[name];
  throw new CommandError(
    `Context ${name} does not exist: \`whippet context list\` shows which there are`,
  );
}

/** Replaces or adds the context of that name. */
export function withContext(
  { active, contexts }: SavedContexts,
  name: string,
  context: SavedContext,
): SavedContexts {
  return { active, contexts: { ...contexts, [name]: context } };
}

function pathOf(folder: string): string {
  return `${folder}/contexts.json`;
}
