#!/usr/bin/env node
/**
 * Runs the program that npm installed for this machine, with the same arguments, and ends as it does.
 * Each machine has a package of its own with the program in it; npm takes the one that fits.
 *
 * @module
 */
"use strict";

const { spawn } = require("node:child_process");
const { constants } = require("node:os");
const { optionalDependencies } = require("./package.json");

const { arch, platform } = process;
const name = `@whippet/${platform}-${arch}`;
const file = platform === "win32" ? "whippet.exe" : "whippet";

function whyMissing() {
  if (!(name in optionalDependencies)) {
    const others = Object.keys(optionalDependencies).map((each) => each.slice("@whippet/".length));
    return `There is no program for ${platform}-${arch}; there is for ${others.join(", ")}`;
  }
  if (platform === "linux" && process.report.getReport().header.glibcVersionRuntime === undefined) {
    return "There is no program for musl: take a system with glibc, as Debian's";
  }
  return `The package ${name} is missing: install whippet again without --omit=optional, ` +
    "and without a package-lock.json that another system made";
}

function fail(message) {
  process.stderr.write(`whippet: ${message}\n`);
  process.exit(1);
}

function programPath() {
  try {
    return require.resolve(`${name}/${file}`);
  } catch {
    return fail(whyMissing());
  }
}

const program = programPath();
const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
// What stops this stops the node, which drains first; a terminal tells both by itself.
process.on("SIGTERM", () => child.kill("SIGTERM"));
process.on("SIGHUP", () => child.kill("SIGHUP"));
process.on("SIGINT", () => {});
child.on("error", (error) => fail(`${program} cannot be run: ${error.message}`));
child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
