import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repository } from "./plugins.ts";
import { runScenarios } from "./run.ts";
import { scenarios } from "./scenarios/all.ts";
import { Stand } from "./stand.ts";

/*
 * The most telling of the host scenarios, on the host that is installed with this project. All of them, and the same on
 * the official plugin: `npm run host:e2e`.
 */

const sample = [
  // First: nothing has made the host load the plugin before.
  "chat-command",
  "text-turn",
  "conversation",
  "native-shell",
  "host-tool",
  "approval-denied",
  "steering",
  "abort",
  "crash",
];
const minutes = 60_000;

describe("a gateway with the plugin", () => {
  let stand: Stand;

  beforeAll(async () => {
    const entry = path.join(repository, "node_modules", "openclaw", "openclaw.mjs");
    stand = await Stand.open({ plugin: "ours", entry, incumbentVersion: "", name: `host-sample-${process.pid}` });
  }, 6 * minutes);

  afterAll(async () => {
    await stand?.close();
  }, minutes);

  for (const scenario of scenarios.filter(({ id }) => sample.includes(id))) {
    // A gateway on a busy machine may miss limits of its own; one that fails twice is wrong.
    it(`${scenario.id}: ${scenario.title}`, { timeout: 4 * minutes, retry: 1 }, async () => {
      const [result] = await runScenarios(stand, [scenario]);
      expect(result?.problem).toBeUndefined();
    });
  }
});
