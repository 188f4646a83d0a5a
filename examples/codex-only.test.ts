/*
 * A live test for CI that fails when anything but Codex ran the turn: node --test examples/codex-only.test.ts
 *
 * With OPENAI_API_KEY it asks the real model, without it the scripted one. evidence.json is worth keeping as an artifact:
 * `codex-bridge prove --verify evidence.json` checks it against the recording beside it, on any machine.
 */
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { createEmbeddedHost, prove, record } from "openclaw-codex-bridge";

test("the turn ran on Codex, and on nothing else", async () => {
  const { OPENAI_API_KEY: apiKey } = process.env;
  const dir = path.resolve(".state", "evidence");
  await rm(dir, { recursive: true, force: true });
  // Neither texts nor names get into the recording; the key makes it fail should it be in there all the same.
  const recorder = record({ dir, secrets: apiKey ? [apiKey] : [] });
  const host = await createEmbeddedHost({
    stateDir: path.resolve(".state"),
    recorder,
    ...(apiKey ? { login: { type: "apiKey", apiKey } } : { scripted: true }),
  });
  const result = await host
    .runTurn({ sessionKey: `ci-${process.pid}`, prompt: "Say hello.", cwd: process.cwd(), timeoutMs: 120_000 })
    .finally(() => host.dispose());

  assert.equal(result.ok, true, JSON.stringify(result.outcome));
  assert.equal(result.selection, "pinned to codex");
  assert.match(result.server.sha256, /^[0-9a-f]{64}$/);
  const proof = await prove({ dir, result });
  assert.deepEqual(proof.gaps, []);
  assert.equal(proof.shown, true);
});
