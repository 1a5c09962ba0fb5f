#!/usr/bin/env node
/**
 * Runs the program that npm installed for this machine, with the same arguments, and ends as it does.
 * Each machine has a package of its own with the program in it; npm takes the one that fits.
 *
 * @module
 */
"use strict";

const { spawn } = require("node:child_process");

const name = `@whippet/${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "whippet.exe" : "whippet";

let program;
try {
  program = require.resolve(`${name}/${file}`);
} catch {
  process.stderr.write(
    `The package ${name} is not installed: install whippet without --omit=optional, ` +
      "or there is no program for this machine\n",
  );
  process.exit(1);
}

const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
// What stops this stops the node, which drains first; a terminal tells both by itself.
process.on("SIGTERM", () => child.kill("SIGTERM"));
process.on("SIGINT", () => {});
child.on("error", (error) => {
  process.stderr.write(`${program} cannot be run: ${error.message}\n`);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
