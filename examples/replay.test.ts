/*
 * A recorded session as a unit test, in milliseconds and without Codex: node --test examples/replay.test.ts
 *
 * The recording is made once, with `codex-bridge run --record`. `transcript.txt` in it is what the session is to come to;
 * `codex-bridge replay DIR > DIR/transcript.txt` writes it anew, for a change that is meant.
 */
import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { replay } from "openclaw-codex-bridge";

test("the session comes to the same transcript as when it was recorded", async () => {
  const report = await replay(path.join(import.meta.dirname, "recording"));
  assert.deepEqual(report.findings, []);
  assert.equal(report.golden, "equal", JSON.stringify(report.difference));
  assert.deepEqual(
    report.turns.map(({ outcome }) => outcome),
    ["completed"],
  );
  assert.match(report.transcript, /exec/);
});
