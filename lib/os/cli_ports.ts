/**
 * The real outside world of commands.
 *
 * @module
 */
import type { ClientCliPorts, CliPorts } from "../cli/ports.ts";
import { systemAuthorities } from "./authorities.ts";
import { wakefulClock } from "./clock.ts";
import { systemEntropy } from "./entropy.ts";
import { systemMachine } from "./machine.ts";
import { connectTcp } from "./net.ts";
import { readAnyFile } from "./storage.ts";

/** Ports over this operating system; texts go where the caller says. */
export function systemCliPorts(output: Pick<CliPorts, "print" | "complain">): CliPorts {
  return {
    ...output,
    clock: wakefulClock,
    entropy: systemEntropy,
    readFile: readAnyFile,
    writeFile(path, text, { secret, replace }) {
      const mode = secret ? 0o600 : 0o644;
      try {
        // A secret that replaces a file must not be readable by those who could read that one.
        if (replace) removeQuietly(path);
        Deno.writeTextFileSync(path, text, { createNew: true, mode });
        return true;
      } catch (error) {
        if (error instanceof Deno.errors.AlreadyExists) return false;
        throw error;
      }
    },
    dial: connectTcp,
    systemAuthorities,
  };
}

/** Ports for the commands that talk to a node. */
export function systemClientCliPorts(output: Pick<CliPorts, "print" | "complain">): ClientCliPorts {
  return {
    ...systemCliPorts(output),
    environment: Deno.env.toObject(),
    terminal: {
      input: Deno.stdin.isTerminal(),
      output: Deno.stdout.isTerminal(),
      errors: Deno.stderr.isTerminal(),
    },
    configFolder: configFolder(Deno.build.os, (name) => Deno.env.get(name)),
    makeSecretFolder: (path) => Deno.mkdirSync(path, { recursive: true, mode: 0o700 }),
    openInput,
    writeBytes(path, bytes) {
      try {
        Deno.writeFileSync(path, bytes, { createNew: true });
        return true;
      } catch (error) {
        if (error instanceof Deno.errors.AlreadyExists) return false;
        throw error;
      }
    },
    askSecret,
    draw: (text) => void Deno.stderr.writeSync(new TextEncoder().encode(text)),
    machine: systemMachine,
    onInterrupt(stop) {
      Deno.addSignalListener("SIGINT", stop);
      return () => Deno.removeSignalListener("SIGINT", stop);
    },
  };
}

/** Where a system keeps the settings of a user. */
export function configFolder(
  os: string,
  variable: (name: string) => string | undefined,
): string | undefined {
  const home = variable("HOME");
  const [base, rest] = os === "windows"
    ? [variable("APPDATA"), "whippet"]
    : os === "darwin"
    ? [home, "Library/Application Support/whippet"]
    : variable("XDG_CONFIG_HOME")
    ? [variable("XDG_CONFIG_HOME"), "whippet"]
    : [home, ".config/whippet"];
  return base ? `${base}/${rest}` : undefined;
}

function openInput(path?: string): ReadableStream<Uint8Array> | undefined {
  if (path === undefined) return Deno.stdin.readable;
  try {
    return Deno.openSync(path, { read: true }).readable;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Raw mode: nothing is shown. Enter ends, Ctrl-C and Ctrl-D give up, backspace takes back. */
async function askSecret(question: string): Promise<string | undefined> {
  if (!Deno.stdin.isTerminal() || !Deno.stderr.isTerminal()) return undefined;
  const draw = (text: string) => void Deno.stderr.writeSync(new TextEncoder().encode(text));
  draw(question);
  Deno.stdin.setRaw(true);
  try {
    return await typedLine();
  } finally {
    Deno.stdin.setRaw(false);
    draw("\n");
  }
}

async function typedLine(): Promise<string | undefined> {
  const decoder = new TextDecoder();
  const chunk = new Uint8Array(64);
  let typed = "";
  for (;;) {
    const count = await Deno.stdin.read(chunk);
    if (count === null) return undefined;
    for (const character of decoder.decode(chunk.subarray(0, count), { stream: true })) {
      if (character === "\r" || character === "\n") return typed;
      if (character === "\x03" || character === "\x04") return undefined;
      const isErasing = character === "\x7f" || character === "\b";
      typed = isErasing ? [...typed].slice(0, -1).join("") : typed + character;
    }
  }
}

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
