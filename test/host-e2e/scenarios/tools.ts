import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { assertNoDuplicates, type Context, type Scenario, sentText } from "../scenario.ts";
import type { HistoryRow, SeenTurn } from "../turn.ts";

/** A tool every host offers to every agent, without parameters and without effects. */
const harmlessTool = "agents_list";

export const nativeShell: Scenario = {
  id: "native-shell",
  title: "A command of Codex runs in the workspace; the client sees it and its output, the history keeps both",
  async run(context) {
    const session = context.newSession();
    context.steps(
      [{ shell: "echo sum-$((40+2)); pwd" }],
      [{ say: "The command printed: {{lastOutput}}", phase: "final_answer" }],
    );
    const turn = await context.goodTurn(session, "run the sum");
    assert.match(turn.text, /sum-42/);
    assert.match(turn.text, new RegExp(context.stand.workspace), "the command ran in another folder");
    assertToolShown(turn, /echo sum/, /sum-42/);
    const rows = await context.history(session);
    const call = assertCallStored(rows, /echo sum/);
    assertResultStored(rows, call, /sum-42/, false);
    assertNoDuplicates(rows);
  },
};

export const failingShell: Scenario = {
  id: "failing-shell",
  title: "A command that fails is shown as failed and the turn goes on",
  async run(context) {
    const session = context.newSession();
    context.steps([{ shell: "echo doomed-$((1+1)) >&2; exit 3" }], [{ say: "It failed.", phase: "final_answer" }]);
    const turn = await context.goodTurn(session, "run the failing command");
    assert.equal(turn.text, "It failed.");
    const rows = await context.history(session);
    const call = assertCallStored(rows, /doomed/);
    assertResultStored(rows, call, /doomed-2/, true);
  },
};

export const fileEdit: Scenario = {
  id: "file-edit",
  title: "A patch of Codex changes a file; the client and the history name it",
  async run(context) {
    const session = context.newSession();
    const name = `edit-${process.pid}.txt`;
    context.steps(
      [{ patch: `*** Begin Patch\n*** Add File: ${name}\n+first line\n*** End Patch` }],
      [{ say: "Written.", phase: "final_answer" }],
    );
    const turn = await context.goodTurn(session, "write the file");
    assert.equal(turn.text, "Written.");
    assert.equal(await readFile(path.join(context.stand.workspace, name), "utf8"), "first line\n");
    assertToolShown(turn, new RegExp(name));
    const rows = await context.history(session);
    assertCallStored(rows, new RegExp(name));
  },
};

export const hostTool: Scenario = {
  id: "host-tool",
  title: "The model calls a tool of the host and gets its result; the client and the history show the call",
  async run(context) {
    const session = context.newSession();
    context.steps([{ call: harmlessTool, args: {} }], [{ say: "Agents: {{lastOutput}}", phase: "final_answer" }]);
    const turn = await context.goodTurn(session, "which agents are there");
    assert.match(turn.text, /main/, "the result of the tool did not reach the model");
    assertToolShown(turn, new RegExp(harmlessTool));
    const rows = await context.history(session);
    const call = assertCallStored(rows, new RegExp(harmlessTool));
    assertResultStored(rows, call, /main/, false);
  },
};

export const hostToolFails: Scenario = {
  id: "host-tool-fails",
  title: "A host tool that fails answers the model with the reason, and the turn goes on",
  async run(context) {
    const session = context.newSession();
    const nobody = "agent:nobody:missing";
    context.steps(
      [{ call: "sessions_spawn", args: { task: "x", agentId: "nobody-has-this-id" } }],
      [{ say: "The tool said: {{lastOutput}}", phase: "final_answer" }],
    );
    const turn = await context.goodTurn(session, `ask ${nobody}`);
    assert.match(turn.text, /The tool said: .*(error|forbidden|not allowed|unknown|allowed)/is);
    const rows = await context.history(session);
    const call = assertCallStored(rows, /sessions_spawn/);
    assert.ok(resultOf(rows, call), "no result of the failed call in the history");
  },
};

export const toolDenied: Scenario = {
  id: "tool-denied",
  title: "A tool the operator denies is not offered, and a model that calls it anyway is refused",
  ownGateway: true,
  async run(context) {
    await context.stand.restart({ config: { tools: { deny: [harmlessTool] } } });
    const session = context.newSession();
    context.steps(
      [{ call: harmlessTool, args: {} }],
      [{ say: "The tool said: {{lastOutput}}", phase: "final_answer" }],
    );
    const turn = await context.goodTurn(session, "which agents are there");
    assert.doesNotMatch(turn.text, /"agents"\s*:/, "the denied tool ran");
    const [first] = context.requests;
    assert.doesNotMatch(
      JSON.stringify(first?.body.tools ?? []),
      new RegExp(`"${harmlessTool}"`),
      "offered all the same",
    );
    assert.equal(await context.sessionRow(session).then((row) => row?.agentRuntime?.id), "codex");
  },
};

export const parallelTools: Scenario = {
  id: "parallel-tools",
  title: "Two calls in one answer both run, and each result is stored once beside its call",
  async run(context) {
    const session = context.newSession();
    context.steps(
      [{ shell: "echo left-$((3*3))" }, { call: harmlessTool, args: {} }],
      [{ say: "Both done.", phase: "final_answer" }],
    );
    const turn = await context.goodTurn(session, "do both");
    assert.equal(turn.text, "Both done.");
    assert.match(sentText(context.requests.at(-1)), /left-9/);
    const rows = await context.history(session);
    assertResultStored(rows, assertCallStored(rows, /left-/), /left-9/, false);
    assertResultStored(rows, assertCallStored(rows, new RegExp(harmlessTool)), /main/, false);
    assertNoDuplicates(rows);
  },
};

/** The client saw a tool start and end, with `input` in the one and `output` in the other. */
function assertToolShown(turn: SeenTurn, input: RegExp, output?: RegExp): void {
  const shown = turn.events
    .filter(
      ({ event, payload }) => event === "agent" && ["tool", "item", "command_output"].includes(String(payload.stream)),
    )
    .map(({ payload }) => payload.data);
  assert.ok(shown.length > 0, "the client saw no tool at all");
  assert.match(JSON.stringify(shown), input, "what was called did not reach the client");
  if (output) assert.match(JSON.stringify(shown), output, "the output did not reach the client");
}

/** The id of the one call in the history that matches. */
export function assertCallStored(rows: readonly HistoryRow[], pattern: RegExp): string {
  const calls = rows.flatMap((row) => row.calls).filter((call) => pattern.test(JSON.stringify(call)));
  assert.equal(calls.length, 1, `the history has ${calls.length} calls like ${pattern}: ${describeRows(rows)}`);
  return calls[0]?.id ?? "";
}

function resultOf(rows: readonly HistoryRow[], callId: string): HistoryRow | undefined {
  const results = rows.filter(({ result }) => result?.callId === callId);
  assert.ok(results.length <= 1, `the result of ${callId} is stored ${results.length} times`);
  return results[0];
}

function assertResultStored(rows: readonly HistoryRow[], callId: string, text: RegExp, isError: boolean): void {
  const row = resultOf(rows, callId);
  assert.ok(row, `no result of ${callId} in the history: ${describeRows(rows)}`);
  assert.match(row.text, text, "the stored result is another");
  assert.equal(row.result?.isError, isError, "isError of the stored result");
}

export function describeRows(rows: readonly HistoryRow[]): string {
  const words = rows.map((row) => {
    const calls = row.calls.map(({ name }) => `call ${name}`).join("+");
    return `${row.role}(${calls || row.result?.name || row.text.slice(0, 40) || (row.thinking ? "thinking" : "")})`;
  });
  return words.join(", ");
}

/** Only for sessions in which the host asks people: sets the mode before the first turn. */
export async function openGuarded(context: Context): Promise<string> {
  const session = context.newSession();
  await context.client.call("sessions.create", { key: session });
  await context.client.call("sessions.patch", { key: session, permissionMode: "guarded" });
  return session;
}
