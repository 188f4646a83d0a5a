import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { readRecording } from "../../../src/replay/format/read.ts";
import { replayed } from "../../../src/replay/play/replay.ts";
import { replayHosted } from "../../../src/replay/play/replay-hosted.ts";
import { findingsIn } from "../../../src/replay/play/replay-invariants.ts";
import { evidenceText } from "../../../src/replay/prove/evidence.ts";
import { proved } from "../../../src/replay/prove/prove.ts";
import { verifyEvidence } from "../../../src/replay/prove/prove-verify.ts";
import { scanFolder } from "../../../src/replay/redact/scan.ts";
import { writeTrace } from "../../../src/replay/trace/write-trace.ts";
import { repository } from "../plugins.ts";
import { type Context, type Scenario, sentText } from "../scenario.ts";

const planted = "sk-proj-Zr81kQm2Vt6Yw9Xe4Nb7Lc3Hd5Gf0JpT";

export const recording: Scenario = {
  id: "recording",
  title:
    "Turns are recorded where the operator says: without secrets, replayable, shown as a page, proved; else nothing",
  ownGateway: true,
  oursAlone: "it records nothing",
  async run(context) {
    const folder = path.join(context.stand.host.home, "recordings");
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    const every = path.join(folder, "every");
    await context.stand.restart({ plugin: { recording: { dir: every, keep: 3 } } });
    const session = context.newSession();
    context.steps(
      [{ think: "Let me see." }, { shell: `echo recorded-$((6*7)); echo ${planted}` }],
      [{ say: "It printed something.", phase: "final_answer" }],
    );
    await context.goodTurn(session, `My key is ${planted}, run it`);
    // The host's transcript has the prompt without the key: not a message of before.
    assert.doesNotMatch(sentText(context.requests[0]), /earlier_conversation/);
    const dir = await oneRecording(context, every, "completed");
    await assertNothingSecret(context, dir);
    await assertReplays(context, dir);
    await assertTraceAndProof(dir);

    // From here on the configuration changes while the gateway runs.
    const ring = path.join(folder, "ring");
    await context.stand.configure({ plugin: { recording: { dir: ring, keep: 3, lastMinutes: 5 } } });
    await untilTurn(context, session, async () => /\/ring\b/.test(await configInUse(context, ring)));
    assert.deepEqual(await namesIn(ring), [], "a turn that went well was saved");
    context.play(() => [{ say: "Half", phase: "final_answer" }, { failed: { code: "invalid_prompt", message: "no" } }]);
    assert.equal((await context.turn(session, "fail please")).state, "error");
    const failed = await oneRecording(context, ring, "failed");
    await assertNothingSecret(context, failed);
    const { lines } = await readRecording(failed);
    const outcomes = replayed(lines).reduced.turns.map(({ state }) => state.outcome?.kind);
    assert.equal(outcomes.at(-1), "failed", JSON.stringify(outcomes));
    assert.ok(outcomes.length >= 2, "what came before the failure is not in it");

    await writeFile(path.join(folder, "occupied"), "a file");
    const unwritable = path.join(folder, "occupied", "below");
    await context.stand.configure({ plugin: { recording: { dir: unwritable, keep: 3 } } });
    await untilTurn(context, session, async () => /could not be recorded/.test(await context.stand.gateway.log()));
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  },
};

async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => !name.endsWith(".partial"));
}

async function oneRecording(context: Context, folder: string, ending: string): Promise<string> {
  const names = await context.eventually(async () => {
    const found = await namesIn(folder);
    assert.equal(found.length, 1, `${folder} holds ${found.join(", ") || "nothing"}`);
    return found;
  }, 60_000);
  assert.match(names[0]!, new RegExp(`-${ending}$`));
  return path.join(folder, names[0]!);
}

async function assertNothingSecret(context: Context, dir: string): Promise<void> {
  const { host } = context.stand;
  assert.deepEqual(await scanFolder(dir, [planted, host.token]), []);
  const files = await readdir(dir, { recursive: true, withFileTypes: true });
  for (const file of files.filter((each) => each.isFile())) {
    const text = await readFile(path.join(file.parentPath, file.name), "utf8");
    for (const word of [planted, host.token, host.home, "It printed", "Let me see"]) {
      assert.ok(!text.includes(word), `${file.name} has ${word.slice(0, 12)}…`);
    }
  }
}

/** Into the reducer, and through today's harness on the recorded app-server: both come to what the host was told. */
async function assertReplays(context: Context, dir: string): Promise<void> {
  const { lines } = await readRecording(dir);
  const again = replayed(lines);
  assert.deepEqual(
    findingsIn(lines, again).map(({ message }) => message),
    [],
  );
  const kinds = again.entries.map(({ entry }) => entry.kind);
  assert.deepEqual(kinds, ["user", "reasoning", "tool", "assistant"]);
  const stateDir = path.join(context.stand.host.home, "replay");
  await mkdir(stateDir, { recursive: true });
  try {
    const command = path.join(repository, "bin", "codex-replay.js");
    const hosted = await replayHosted({ lines, dir, stateDir, command });
    assert.deepEqual(
      hosted.problems.map(({ message }) => message),
      [],
    );
    assert.deepEqual(
      hosted.entries.map(({ kind, text }) => [kind, text]),
      again.entries.map(({ entry }) => [entry.kind, entry.text]),
    );
  } finally {
    await rm(stateDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function assertTraceAndProof(dir: string): Promise<void> {
  const page = `${dir}.html`;
  const { bars, problems } = await writeTrace(dir, page);
  assert.ok(bars > 0 && problems === 0, `${bars} bars, ${problems} problems`);
  await rm(page);
  const evidence = await proved({ dir, told: null });
  assert.deepEqual(evidence.gaps, []);
  assert.equal(evidence.told?.source, "recording");
  const bytes = Buffer.from(evidenceText(evidence));
  assert.deepEqual((await verifyEvidence({ evidence: bytes, dir })).mismatches, []);
  const wire = path.join(dir, "wire.jsonl");
  const before = await readFile(wire, "utf8");
  await writeFile(wire, before.replace('"turn/completed"', '"turn/compIeted"'));
  assert.notDeepEqual((await verifyEvidence({ evidence: bytes, dir })).mismatches, [], "an edited line is not noticed");
  await writeFile(wire, before);
}

/** Turns go well, one after the other, until what was configured shows. */
async function untilTurn(context: Context, session: string, shows: () => Promise<boolean>): Promise<void> {
  context.steps([{ say: "Fine.", phase: "final_answer" }]);
  await context.eventually(async () => {
    assert.equal((await context.goodTurn(session, "go on")).text, "Fine.");
    assert.ok(await shows(), "the new configuration is not in use");
  }, 60_000);
}

/** The recorder that takes over makes no folder before it has something to save; the old one saves no more. */
async function configInUse(context: Context, ring: string): Promise<string> {
  const every = path.join(path.dirname(ring), "every");
  const before = (await namesIn(every)).join();
  await context.goodTurn(context.newSession(), "is it in use");
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  return (await namesIn(every)).join() === before ? ring : every;
}
