import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type GatewayEvent, isEvent } from "../client.ts";
import { repository } from "../plugins.ts";
import { type Context, type Scenario, threadOf } from "../scenario.ts";

const bridge = path.join(repository, "bin", "codex-bridge.js");

export const strictNoPlugin: Scenario = {
  id: "strict-no-plugin",
  title: "Pinned to Codex and the plugin is switched off: the turn fails, no other runtime answers",
  ownGateway: true,
  async run(context) {
    const id = context.stand.plugin === "ours" ? "codex-bridge" : "codex";
    await context.stand.restart({ config: { plugins: { entries: { [id]: { enabled: false } } } } });
    await assertRefused(context, /codex/i);
  },
};

export const strictNoBinary: Scenario = {
  id: "strict-no-binary",
  title: "The Codex executable is missing: the turn fails with that reason, no other runtime answers",
  ownGateway: true,
  async run(context) {
    const command = path.join(context.stand.host.home, "no-such-codex");
    await context.stand.restart({ plugin: { appServer: { command } } });
    await assertRefused(context, /no-such-codex|ENOENT|not found|binary/i);
  },
};

export const strictTooOld: Scenario = {
  id: "strict-too-old",
  title: "Codex is too old: the turn fails with both versions, no other runtime answers",
  ownGateway: true,
  async run(context) {
    const command = await fakeCodex(context, "old-codex", "0.124.0");
    await context.stand.restart({ plugin: { appServer: { command } } });
    await assertRefused(context, /0\.124\.0/);
  },
};

export const strictThrowsBefore: Scenario = {
  id: "strict-throws-before",
  title: "Codex dies before the turn begins: the turn fails with that reason, no other runtime answers",
  ownGateway: true,
  async run(context) {
    const command = await fakeCodex(context, "dying-codex", "0.169.0");
    await context.stand.restart({ plugin: { appServer: { command } } });
    await assertRefused(context, /exit|ended|died|closed/i);
  },
};

export const strictThrowsAfter: Scenario = {
  id: "strict-throws-after",
  title:
    "Codex dies after a command ran: the turn fails, nothing runs twice, no other runtime answers; this is provable",
  ownGateway: true,
  async run(context) {
    const dir = path.join(context.stand.host.home, "recordings-of-a-death");
    await rm(dir, { recursive: true, force: true });
    await context.stand.restart(context.stand.plugin === "ours" ? { plugin: { recording: { dir } } } : {});
    const session = context.newSession();
    const file = path.join(context.stand.workspace, `effect-${process.pid}.txt`);
    context.steps(
      [{ shell: `echo once >> ${file}` }],
      [{ say: "Half an answer", phase: "final_answer" }, { stall: true }],
    );
    const from = context.client.events.length;
    const sent = await context.send(session, "do it");
    const { runId } = sent;
    const begun = (event: GatewayEvent): boolean => isEvent(event, "chat", { runId, state: "delta" });
    await context.client.waitFor(begun, 240_000, "the first half of the answer", from);
    for (const { pid, command } of await context.stand.processes()) {
      if (/codex.*app-server/.test(command)) process.kill(pid, "SIGKILL");
    }
    const turn = await sent.ended();
    assert.equal(turn.state, "error", `the run ended with ${JSON.stringify(turn.last).slice(0, 500)}`);
    assert.equal(await readFile(file, "utf8"), "once\n", "the command ran again");
    assert.equal(context.requests.length, 2, "a model was asked again");
    const row = await context.sessionRow(session);
    assert.notEqual(row?.agentRuntime?.id, "openclaw", "the session says another runtime ran");
    context.steps([{ say: "Alive again.", phase: "final_answer" }]);
    assert.equal((await context.goodTurn(session, "still there?")).text, "Alive again.");
    assert.equal(threadOf(context.requests.at(-1)), threadOf(context.requests[0]), "another thread");
    if (context.stand.plugin === "ours") await assertProvable(context, dir, 2);
  },
};

export const strictRemoved: Scenario = {
  id: "strict-removed-in-mid-conversation",
  title: "The plugin is switched off between two messages: the second fails, and is answered once the plugin is back",
  ownGateway: true,
  async run(context) {
    const { plugin, host } = context.stand;
    const id = plugin === "ours" ? "codex-bridge" : "codex";
    const dir = path.join(host.home, "recordings-of-a-removal");
    await rm(dir, { recursive: true, force: true });
    const recording = plugin === "ours" ? { plugin: { recording: { dir } } } : {};
    await context.stand.restart(recording);
    const session = context.newSession();
    context.steps([{ say: "First.", phase: "final_answer" }]);
    await context.goodTurn(session, "one");
    await context.stand.restart({ config: { plugins: { entries: { [id]: { enabled: false } } } } });
    await assertRefused(context, /codex/i, session);
    await context.stand.restart(recording);
    context.steps([{ say: "Third.", phase: "final_answer" }]);
    assert.equal((await context.goodTurn(session, "three")).text, "Third.");
    assert.equal(threadOf(context.requests.at(-1)), threadOf(context.requests[0]), "another thread");
    if (plugin === "ours") await assertProvable(context, dir, 2);
  },
};

/** An executable that says it is this Codex, and ends when it is asked for anything else. */
async function fakeCodex(context: Context, name: string, version: string): Promise<string> {
  const command = path.join(context.stand.host.home, name);
  const script = `#!${process.execPath}
if (process.argv.includes("--version")) { console.log("codex-cli ${version}"); process.exit(0); }
process.stdin.on("data", (data) => {
  for (const line of String(data).split("\\n").filter(Boolean)) {
    const { id, method } = JSON.parse(line);
    if (method === "initialize") console.log(JSON.stringify({ id, result: { userAgent: "codex_cli_rs/${version} (test)" } }));
    else if (id !== undefined) process.exit(3);
  }
});
process.stdin.on("end", () => process.exit(0));
`;
  await writeFile(command, script);
  await chmod(command, 0o755);
  return command;
}

/** Every turn left a recording; `codex-bridge prove` shows that only Codex produced what it has, and verifies. */
async function assertProvable(context: Context, dir: string, turns: number): Promise<void> {
  const names = await context.eventually(async () => {
    const found = (await readdir(dir)).filter((name) => !name.startsWith("."));
    assert.equal(found.length, turns, `recordings: ${found.join(", ")}`);
    return found;
  }, 30_000);
  for (const name of names) {
    const recording = path.join(dir, name);
    const evidence = path.join(context.stand.host.home, "evidence.json");
    for (const args of [
      [recording, "--out", evidence],
      [recording, "--verify", evidence],
    ]) {
      const proof = spawnSync(process.execPath, [bridge, "prove", ...args, "--json"], { encoding: "utf8" });
      assert.equal(proof.status, 0, `prove ${args.slice(1).join(" ")}: ${proof.stdout}${proof.stderr}`);
    }
  }
}

async function assertRefused(context: Context, reason: RegExp, session = context.newSession()): Promise<void> {
  const asked = context.requests.length;
  context.steps([{ say: "This must not be said.", phase: "final_answer" }]);
  const turn = await context.turn(session, "anybody there", { timeoutMs: 240_000 });
  assert.notEqual(turn.text, "This must not be said.");
  assert.equal(context.requests.length, asked, "a model was asked");
  assert.equal(turn.state, "error", `the run ended with ${JSON.stringify(turn.last).slice(0, 500)}`);
  const row = await context.sessionRow(session);
  assert.notEqual(row?.agentRuntime?.id, "openclaw", "the session says another runtime ran");
  const told = `${turn.last.errorMessage ?? ""} ${JSON.stringify(turn.last)}`;
  context.figures.gatewayMs = context.stand.gateway.readyMs;
  context.figures.turnMs = turn.tookMs;
  context.figures.told = String(turn.last.errorMessage ?? "").slice(0, 160);
  assert.match(told, reason, `the client is not told why: ${told.slice(0, 300)}`);
}
