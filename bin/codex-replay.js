#!/usr/bin/env node
// Stands in for `codex` wherever one can be named: whatever its arguments are, it is the app-server of the recording in
// CODEX_BRIDGE_REPLAY. See `codex-bridge replay --help`.
const dir = process.env.CODEX_BRIDGE_REPLAY;
if (!dir) {
  process.stderr.write("codex-replay: CODEX_BRIDGE_REPLAY must name the folder of a recording\n");
  process.exit(2);
}
const { existsSync } = await import("node:fs");
// A clone runs its sources, a published package its build: only one of the two is there.
const source = new URL("../src/replay/play/fake-server-main.ts", import.meta.url);
const built = new URL("../dist/replay/play/fake-server-main.js", import.meta.url);
const { serveProcess } = await import(existsSync(source) ? source.href : built.href);
const framing = process.env.CODEX_BRIDGE_REPLAY_FRAMING;
process.exitCode = await serveProcess({ dir, ...(framing ? { framing } : {}) });
