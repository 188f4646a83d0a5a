import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { chain } from "../../src/replay/format/chain.ts";
import type { Direction, Manifest, RecordedLine } from "../../src/replay/format/format.ts";
import { formatVersion } from "../../src/replay/format/layout.ts";

/** What a page must show as text and never do. Each would leave a mark if it could. */
export const hostile = [
  "</script><script>window.attacked = 1</script>",
  "<!-- <script> --> <img src=x onerror='window.attacked = 2'>",
  "javascript:window.attacked = 3",
  "user\u202etxt.exe\u202c \u2066hidden\u2069 \u200bzero\ufeff",
  "line\u2028separator\u0007bell\u001b[31mred",
  "{{constructor.constructor('window.attacked = 4')()}}",
] as const;

/** Puts together lines of a recording, with times that always go on. */
export class Script {
  readonly lines: RecordedLine[] = [];
  #tUs = 0;
  #ids = 0;

  wait(us: number): this {
    this.#tUs += us;
    return this;
  }

  add(dir: Direction, message: unknown, server = 0): this {
    const tUs = Math.round(this.#tUs);
    this.lines.push({ seq: this.lines.length, tUs, dir, ...(server > 0 ? { server } : {}), message });
    return this;
  }

  said(method: string, params: unknown): this {
    return this.add("s2c", { method, params });
  }

  /** A request and its answer. */
  asked(dir: "c2s" | "s2c", method: string, params: unknown, afterUs: number, result: unknown): this {
    const id = this.#ids;
    this.#ids += 1;
    this.add(dir, { id, method, params }).wait(afterUs);
    return this.add(dir === "c2s" ? "s2c" : "c2s", { id, result });
  }
}

const threadId = "00000000-0000-7000-8000-000000000001";
const clocks = { toolMs: 90_000, approvalMs: 400, quietProbeMs: 30_000, requestMs: 60_000 };

function opened(): Script {
  const settings = { cwd: "/p1", approvalPolicy: "untrusted" };
  return new Script()
    .add("host", { event: "attempt", session: "id_1", prompt: `find the bug ${hostile[0]}`, settings, clocks })
    .wait(40_000)
    .add("proc", { event: "spawn", args: ["app-server"], version: "0.169.0" })
    .wait(9_000)
    .asked("c2s", "initialize", { clientInfo: { name: "codex-bridge" } }, 210_000, { userAgent: "codex/0.169.0" })
    .add("c2s", { method: "initialized" })
    .said("configWarning", { summary: hostile[4] })
    .asked("c2s", "thread/start", settings, 60_000, { thread: { id: threadId } });
}

/**
 * A constructed recording of one session with several turns, tools, approvals, a failure and a clock; hostile texts
 * everywhere. @param count of lines, at least 200
 */
export function longRecording(count: number): RecordedLine[] {
  const script = opened();
  for (let turn = 0; script.lines.length < count - 60; turn += 1) aTurn(script, turn, count);
  script.add("host", { event: "attempt", session: "id_1", prompt: "one more", settings: {}, clocks });
  aCutTurn(script);
  while (script.lines.length < count - 1) script.wait(300).said("account/rateLimits/updated", { rateLimits: {} });
  return script.wait(2_000).add("proc", { event: "exit", code: null, signal: "SIGKILL", stderr: hostile[1] }).lines;
}

/** The other way to be long: hardly any line belongs to a bar with others. */
export function manyItems(count: number): RecordedLine[] {
  const script = opened();
  const scope = { threadId, turnId: "turn_many" };
  script.asked("c2s", "turn/start", { threadId, input: [] }, 3_000, { turn: { id: scope.turnId } });
  script.said("turn/started", { threadId, turn: { id: scope.turnId, status: "inProgress" } });
  for (let index = 0; script.lines.length < count; index += 1) {
    const whole = { type: "commandExecution", id: `call_${index}`, command: `echo ${index}`, aggregatedOutput: "x" };
    const status = index % 50 === 0 ? "failed" : "completed";
    item(script.wait(500), scope, { ...whole, status }, 500 + (index % 7) * 400);
    script.said("account/rateLimits/updated", { rateLimits: {} });
  }
  return script.lines;
}

function aTurn(script: Script, turn: number, count: number): void {
  const turnId = `turn_${turn}`;
  const scope = { threadId, turnId };
  if (turn > 0)
    script.add("host", { event: "attempt", session: "id_1", prompt: `go on ${turn}`, settings: {}, clocks });
  script.asked("c2s", "turn/start", { threadId, input: [] }, 3_000, { turn: { id: turnId } });
  script.wait(20_000).said("turn/started", { threadId, turn: { id: turnId, status: "inProgress" } });
  item(script, scope, { type: "userMessage", id: `user_${turn}`, content: [{ type: "text", text: hostile[3] }] }, 400);
  script.wait(380_000);
  streamed(script, scope, { type: "reasoning", id: `think_${turn}` }, "item/reasoning/summaryTextDelta", 60);
  tools(script, scope, turn);
  script.wait(310_000);
  const room = Math.max(count - 90 - script.lines.length, 0);
  const pieces = Math.min(room, 2_400);
  streamed(script, scope, { type: "agentMessage", id: `say_${turn}` }, "item/agentMessage/delta", pieces);
  script.said("thread/tokenUsage/updated", {
    ...scope,
    tokenUsage: { last: { inputTokens: 9_100, outputTokens: pieces } },
  });
  script.said("turn/completed", { threadId, turn: { id: turnId, status: "completed" } });
  script
    .wait(900)
    .add("host", result(turnId, { kind: "completed" }))
    .wait(250_000);
}

function tools(script: Script, scope: { threadId: string; turnId: string }, turn: number): void {
  const command = { type: "commandExecution", id: `call_${turn}`, command: `npm test -- --run ${turn}`, cwd: "/p1" };
  script.wait(4_000).said("item/started", { ...scope, item: { ...command, status: "inProgress" } });
  const approval = { ...scope, itemId: command.id, command: command.command, reason: hostile[5] };
  const decision = turn % 3 === 2 ? "decline" : "accept";
  const afterUs = turn % 3 === 2 ? 401_000 : 180_000;
  script.asked("s2c", "item/commandExecution/requestApproval", approval, afterUs, { decision });
  script
    .said("item/commandExecution/outputDelta", { ...scope, itemId: command.id, delta: hostile[turn % 6] })
    .wait(240_000);
  const status = decision === "decline" ? "declined" : "completed";
  script.said("item/completed", { ...scope, item: { ...command, status, aggregatedOutput: hostile[1], exitCode: 0 } });
  const call = { type: "dynamicToolCall", id: `look_${turn}`, tool: "lookup", arguments: { q: hostile[2] } };
  script.said("item/started", { ...scope, item: { ...call, status: "inProgress" } });
  const success = turn % 4 !== 3;
  const asked = { ...scope, callId: call.id, tool: call.tool, arguments: call.arguments };
  script.asked("s2c", "item/tool/call", asked, 90_000, {
    success,
    contentItems: [{ type: "inputText", text: "found" }],
  });
  script.said("item/completed", { ...scope, item: { ...call, status: success ? "completed" : "failed", success } });
  script.said("thread/tokenUsage/updated", {
    ...scope,
    tokenUsage: { last: { inputTokens: 8_800, outputTokens: 140 } },
  });
}

/** A turn that runs out of its budget, in a process that dies. */
function aCutTurn(script: Script): void {
  const turnId = "turn_cut";
  script.asked("c2s", "turn/start", { threadId, input: [] }, 3_000, { turn: { id: turnId } });
  script.wait(20_000).said("turn/started", { threadId, turn: { id: turnId, status: "inProgress" } });
  const item = { type: "agentMessage", id: "say_cut", text: "" };
  script.wait(300_000).said("item/started", { threadId, turnId, item });
  script.said("item/agentMessage/delta", { threadId, turnId, itemId: item.id, delta: "half of an ans" });
  script.wait(500_000).asked("c2s", "turn/interrupt", { threadId, turnId }, 1_500, {});
  script.add("s2c", { $noise: hostile[0] });
  script.add("host", result(turnId, { kind: "timeout", clock: "run_budget" }));
}

function result(turnId: string, outcome: { kind: string; clock?: string }): unknown {
  return {
    event: "result",
    session: "id_1",
    threadId,
    turnId,
    outcome,
    ...(outcome.clock ? { clock: outcome.clock } : {}),
  };
}

function item(script: Script, scope: object, whole: object, tookUs: number): void {
  script
    .said("item/started", { ...scope, item: whole })
    .wait(tookUs)
    .said("item/completed", { ...scope, item: whole });
}

/** Pieces come in gusts, as from a real model. */
function streamed(
  script: Script,
  scope: object,
  whole: { id: string; type: string },
  method: string,
  pieces: number,
): void {
  script.said("item/started", { ...scope, item: { ...whole, text: "", summary: [] } });
  let text = "";
  for (let piece = 0; piece < pieces; piece += 1) {
    const delta = piece % 700 === 350 ? `${hostile[piece % 6]} ` : `word${piece} `;
    text += delta;
    script.wait(150 + 600 * (1 + Math.sin(piece / 90)) ** 2).said(method, { ...scope, itemId: whole.id, delta });
  }
  script.said("item/completed", { ...scope, item: { ...whole, text, summary: [text] } });
}

/** What `readRecording` wants to know of lines. */
export function manifestFor(lines: readonly RecordedLine[], scenario: string): Manifest {
  return {
    format: formatVersion,
    codex: { version: "0.169.0", userAgent: "codex/0.169.0" },
    platform: "linux-x64",
    capabilities: {},
    scenario,
    redaction: { version: 1, keepText: true },
    command: "constructed: no real recording is long and hostile",
    lines: lines.length,
    chainSha256: lines.reduce((before, line) => chain(before, JSON.stringify(line)), ""),
  };
}

/** Writes lines as a recording. */
export async function writeRecording(dir: string, lines: readonly RecordedLine[], scenario: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFile(path.join(dir, "wire.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  await writeFile(path.join(dir, "manifest.json"), JSON.stringify(manifestFor(lines, scenario)));
}
