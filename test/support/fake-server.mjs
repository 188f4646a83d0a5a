#!/usr/bin/env node
// A FAKE app-server, for handshakes that no real binary gives any more (an old or missing version, silence).
// What it says in answer to `initialize` comes from FAKE_USER_AGENT (JSON) and FAKE_MODE.
import { createInterface } from "node:readline";

const mode = process.env.FAKE_MODE ?? "answer";
if (mode === "exit") {
  process.stderr.write("fake: cannot start, token=sk-planted-secret-123456\n");
  process.exit(3);
}
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method } = JSON.parse(line);
  if (method !== "initialize" || mode === "silent") return;
  const userAgent = JSON.parse(process.env.FAKE_USER_AGENT ?? "null");
  process.stdout.write(`${JSON.stringify({ id, result: userAgent === null ? {} : { userAgent } })}\n`);
});
