#!/usr/bin/env node
// Checked before anything is imported: an old Node would only report a syntax error.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(`codex-bridge needs Node 22.19 or newer; this is ${process.versions.node}.\n`);
  process.exit(1);
}
if (major === 22) {
  // Its SQLite works, and nobody who runs a command can do anything about being told that it is an experiment.
  const { emitWarning } = process;
  process.emitWarning = (warning, ...rest) => {
    if (!String(warning).startsWith("SQLite is an experimental")) emitWarning.call(process, warning, ...rest);
  };
}
const { existsSync } = await import("node:fs");
// A clone runs its sources, a published package its build: only one of the two is there.
const source = new URL("../src/cli/main.ts", import.meta.url);
const { main } = await import(existsSync(source) ? source.href : new URL("../dist/cli/main.js", import.meta.url).href);
process.exitCode = await main(process.argv);
