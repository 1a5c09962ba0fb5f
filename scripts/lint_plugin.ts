/**
 * The project's own lint rules (`deno lint` loads them by deno.json). Each message says what to do
 * instead. Where a rule holds is a matter of the file's place in the repository, so fixtures in tests
 * give paths like `lib/log/x.ts`.
 *
 * @module
 */
import { layerOf, mayImport, mayUsePackage } from "./layers.ts";

const plugin: Deno.lint.Plugin = {
  name: "whippet",
  rules: {
    "imports": { create: imports },
    "ports": { create: ports },
    "own-crypto": { create: ownCrypto },
    "no-console": { create: noConsole },
    "no-enum": { create: noEnum },
    "hash-private": { create: hashPrivate },
    "function-length": { create: functionLength },
    "names": { create: names },
    "no-todo": { create: noTodo },
  },
};

export default plugin;

type Context = Deno.lint.RuleContext;
type Visitor = Deno.lint.LintVisitor;

/** Imports point one way and packages stay in their places: the table of layers.ts. */
function imports(context: Context): Visitor {
  const from = pathOf(context);
  const check = (node: Deno.lint.Node, specifier: string) => {
    const place = layerOf(from)?.path ?? from;
    if (specifier.startsWith(".")) {
      const to = resolve(from, specifier);
      if (mayImport(from, to)) return;
      context.report({
        node,
        message: `${place} may not import ${to}`,
        hint: "Hand it in from a layer above, or move what both need below: scripts/layers.ts",
      });
    } else if (!specifier.startsWith("node:") && !mayUsePackage(from, packageOf(specifier))) {
      context.report({
        node,
        message: `${place} may not import the package ${packageOf(specifier)}`,
        hint: "Use it behind the module that owns it, or write the few lines: scripts/layers.ts",
      });
    }
  };
  return {
    ImportDeclaration: (node) => check(node, node.source.value),
    ExportAllDeclaration: (node) => check(node, node.source.value),
    ExportNamedDeclaration: (node) => node.source && check(node, node.source.value),
    ImportExpression(node) {
      if (node.source.type === "Literal" && typeof node.source.value === "string") {
        check(node, node.source.value);
      }
    },
  };
}

/** The outside world comes in through lib/ports.ts; only lib/os, lib/service and the programs touch it. */
function ports(context: Context): Visitor {
  const path = pathOf(context);
  if (isProgram(path) || OUTSIDE.some((folder) => path.startsWith(folder))) return {};
  const report = (node: Deno.lint.Node, what: string, hint: string) =>
    context.report({ node, message: `Only lib/os, lib/service and main.ts may use ${what}`, hint });
  return {
    Identifier(node) {
      if (node.name === "Deno") report(node, "Deno", PORT_HINT);
    },
    ImportDeclaration(node) {
      if (node.source.value.startsWith("node:")) report(node, node.source.value, PORT_HINT);
    },
    MemberExpression(node) {
      if (node.object.type !== "Identifier" || node.property.type !== "Identifier") return;
      const name = `${node.object.name}.${node.property.name}`;
      if (CLOCK_MEMBERS.has(name)) report(node, name, CLOCK_HINT);
      if (ENTROPY_MEMBERS.has(name)) report(node, name, ENTROPY_HINT);
    },
    CallExpression(node) {
      if (node.callee.type !== "Identifier" || !TIMERS.has(node.callee.name)) return;
      report(node, node.callee.name, CLOCK_HINT);
    },
  };
}

/** What the node ships is its own cryptography; the runtime's is the tests' oracle. */
function ownCrypto(context: Context): Visitor {
  if (pathOf(context).startsWith("tests/")) return {};
  const report = (node: Deno.lint.Node, what: string) =>
    context.report({
      node,
      message: `${what} may be used in tests only`,
      hint: "Use tls/provider; the runtime's cryptography is an oracle for tests",
    });
  return {
    Identifier(node) {
      if (RUNTIME_CRYPTO.has(node.name)) report(node, node.name);
    },
    ImportDeclaration(node) {
      if (RUNTIME_CRYPTO_MODULES.has(node.source.value)) report(node, node.source.value);
    },
  };
}

/** The library logs through telemetry; only programs print. */
function noConsole(context: Context): Visitor {
  if (isProgram(pathOf(context))) return {};
  return {
    MemberExpression(node) {
      if (node.object.type !== "Identifier" || node.object.name !== "console") return;
      context.report({
        node,
        message: "Only main.ts, scripts and tests may print",
        hint: "Log with a logger of lib/telemetry.ts",
      });
    },
  };
}

function noEnum(context: Context): Visitor {
  return {
    TSEnumDeclaration(node) {
      context.report({
        node,
        message: `${node.id.name} is an enum`,
        hint: "Use an `as const` table and a union type of its values",
      });
    },
  };
}

function hashPrivate(context: Context): Visitor {
  const check = (node: Deno.lint.Node, accessibility: string | undefined) => {
    if (accessibility === undefined || accessibility === "public") return;
    context.report({
      node,
      message: `${accessibility} is a promise of the compiler only`,
      hint: "Use a #private name",
    });
  };
  return {
    PropertyDefinition: (node) => check(node, node.accessibility),
    MethodDefinition: (node) => {
      if (node.kind !== "constructor") check(node, node.accessibility);
    },
    // Deno leaves `accessibility` of a parameter undefined, so its text is asked.
    TSParameterProperty: (node) =>
      check(node, /^(private|protected)\b/.exec(context.sourceCode.getText(node))?.[0]),
  };
}

/** A function fits a screen. Tests read as a specification from top to bottom and may run on. */
function functionLength(context: Context): Visitor {
  if (pathOf(context).startsWith("tests/")) return {};
  const check = (node: Deno.lint.Node) => {
    const lines = context.sourceCode.getText(node).split("\n").length;
    if (lines <= FUNCTION_LINES_MAX) return;
    context.report({
      node,
      message: `Function of ${lines} lines, at most ${FUNCTION_LINES_MAX} fit a screen`,
      hint: "Split it by what it decides, not by how far down it is",
    });
  };
  return {
    FunctionDeclaration: check,
    FunctionExpression: check,
    ArrowFunctionExpression: check,
  };
}

/** No `get`, `Manager` or `Helper`, no `I` prefix; but what is named after a command of Iggy's keeps its name. */
function names(context: Context): Visitor {
  const path = pathOf(context);
  const namedAfterCommands = path.startsWith("lib/handlers/") || path.startsWith("lib/client/");
  const report = (node: Deno.lint.Node, name: string, hint: string) =>
    context.report({ node, message: `${name} says little`, hint });
  const type = (node: Deno.lint.Node, name: string) => {
    if (VAGUE_TYPE.test(name)) report(node, name, "Name the thing after what it is or decides");
    if (INTERFACE_PREFIX.test(name)) report(node, name, "Drop the I: a type is named as its thing");
  };
  const call = (node: Deno.lint.Node, name: string) => {
    if (GET_PREFIX.test(name) && !namedAfterCommands) {
      report(node, name, "Name it after what it gives, without get");
    }
  };
  return {
    ClassDeclaration: (node) => node.id && type(node.id, node.id.name),
    TSInterfaceDeclaration: (node) => type(node.id, node.id.name),
    TSTypeAliasDeclaration: (node) => type(node.id, node.id.name),
    FunctionDeclaration: (node) => node.id && call(node.id, node.id.name),
    MethodDefinition(node) {
      if (node.key.type === "Identifier") call(node.key, node.key.name);
    },
  };
}

function noTodo(context: Context): Visitor {
  return {
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        const mark = UNFINISHED.exec(comment.value)?.[0];
        if (mark === undefined) continue;
        context.report({
          range: comment.range,
          message: `Comment says ${mark}`,
          hint: "Do it, or write an issue and delete the comment",
        });
      }
    },
  };
}

/** The linted file as a path from the root of the repository. */
function pathOf(context: Context): string {
  const name = context.filename.replaceAll("\\", "/");
  return name.startsWith(ROOT) ? name.slice(ROOT.length) : name;
}

function isProgram(path: string): boolean {
  return path === "main.ts" || path.startsWith("scripts/") || path.startsWith("tests/");
}

function resolve(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

/** `npm:@a/b@1.2/c` and `@a/b/c` are both `@a/b/c`. */
function packageOf(specifier: string): string {
  return specifier.replace(/^(npm|jsr):\/?/, "").replace(/(?<=.)@[^/]*/, "");
}

const ROOT = decodeURIComponent(new URL("..", import.meta.url).pathname)
  .replace(/^\/(?=[A-Za-z]:)/, "");

/** What runs in a page has the browser as its outside world, and the end-to-end test drives it. */
const OUTSIDE = ["lib/os/", "lib/service/", "lib/http/dashboard/client/"];

const TIMERS = new Set(["setTimeout", "setInterval"]);
const CLOCK_MEMBERS = new Set(["Date.now", "performance.now"]);
const ENTROPY_MEMBERS = new Set(["Math.random", "crypto.getRandomValues", "crypto.randomUUID"]);
const PORT_HINT = "Take the port of lib/ports.ts that does it; its real form belongs in lib/os";
const CLOCK_HINT = "Take a Clock (lib/ports.ts), so that tests and the simulator own the time";
const ENTROPY_HINT = "Take an Entropy (lib/ports.ts), so that a seed replays a run";

const RUNTIME_CRYPTO = new Set(["subtle", "listenTls", "connectTls", "startTls"]);
const RUNTIME_CRYPTO_MODULES = new Set(["node:crypto", "node:tls", "node:https"]);

const FUNCTION_LINES_MAX = 70;

const VAGUE_TYPE = /(Manager|Helper|Helpers|Util|Utils)$/;
const INTERFACE_PREFIX = /^I[A-Z][a-z]/;
const GET_PREFIX = /^get[A-Z]/;
const UNFINISHED = /\b(TODO|FIXME|XXX|HACK)\b/;
