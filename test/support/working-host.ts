/*
 * A host in a process of its own: runs a turn in each of two sessions until it is killed, or ends by itself when it is
 * told anything on stdin.
 */
import path from "node:path";
import { createCodexHarness } from "../../src/harness/codex-harness.ts";
import { scriptedOverrides } from "../../src/library/scripted.ts";
import { scriptedThread } from "./scripted-thread.ts";

const [stateDir = "", modelUrl = "", command = ""] = process.argv.slice(2);
process.stdin.once("data", () => process.exit(7));
const harness = createCodexHarness({
  stateDir,
  server: {
    ...(command ? { command } : {}),
    codexHome: path.join(stateDir, "home"),
    configOverrides: scriptedOverrides(modelUrl),
    env: { HOME: stateDir },
  },
});
await Promise.all(
  ["one", "two"].map((key) =>
    harness.runAttempt({
      session: { key: `${key}-${process.pid}`, id: key },
      prompt: "work",
      cwd: stateDir,
      ...scriptedThread,
      transcript: { append: async () => undefined },
    }),
  ),
);
