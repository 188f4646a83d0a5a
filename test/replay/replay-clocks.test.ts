import { expect, it } from "vitest";
import type { RecordedLine } from "../../src/replay/format/format.ts";
import { throughReducer } from "../../src/replay/play/through-reducer.ts";

/* Clocks that nothing but time shows run by the recording's time: no test waits for them. */

const threadId = "T";
const scope = { threadId, turnId: "U" };
const command = { type: "commandExecution", id: "c", command: "ls", status: "inProgress" };

type Timed = readonly [ms: number, dir: RecordedLine["dir"], message: object];

const begun: readonly Timed[] = [
  [0, "proc", { event: "spawn", args: [] }],
  [1, "c2s", { id: 1, method: "turn/start", params: { threadId, input: [{ type: "text", text: "go" }] } }],
  [2, "s2c", { id: 1, result: { turn: { id: "U", items: [], status: "inProgress" } } }],
  [3, "s2c", { method: "turn/started", params: { threadId, turn: { id: "U", items: [], status: "inProgress" } } }],
  [4, "s2c", { method: "item/started", params: { ...scope, item: command } }],
];
const asked: readonly Timed[] = [[12_000, "c2s", { id: 3, method: "thread/read", params: { threadId } }]];

function turnOf(timed: readonly Timed[]) {
  const lines = timed.map(([ms, dir, message], seq): RecordedLine => ({ seq, tUs: ms * 1000, dir, message }));
  return throughReducer(lines).turns[0]!;
}

const interrupted: readonly Timed[] = [
  [1000, "c2s", { id: 2, method: "turn/interrupt", params: { threadId, turnId: "U" } }],
];
const said = (ms: number): Timed => [ms, "s2c", { method: "warning", params: { threadId, message: "more" } }];

it("asks when an interrupt is not confirmed in time, and gives up when the answer says nothing", () => {
  const answers: readonly Timed[] = [
    [12_001, "s2c", { id: 3, result: { thread: { id: threadId, status: { type: "active" } } } }],
    [12_002, "c2s", { id: 4, method: "thread/turns/list", params: { threadId, limit: 8, itemsView: "notLoaded" } }],
    [12_003, "s2c", { id: 4, result: { data: [{ id: "U", items: [], status: "inProgress" }] } }],
  ];
  const { state } = turnOf([...begun, ...interrupted, ...asked, ...answers]);
  expect(state.outcome).toEqual({ kind: "interrupted", by: "host", unconfirmed: true });
});

it("does not give up while the interrupt has its time", () => {
  expect(turnOf([...begun, ...interrupted, said(10_000)]).settled).toBe(false);
});

it("settles what the server ended and never completed when its record does not come", () => {
  const over = { threadId, turn: { id: "U", items: [], status: "completed" } };
  const ended: readonly Timed[] = [...begun, [100, "s2c", { method: "turn/completed", params: over }]];
  const question: readonly Timed[] = [[400, "c2s", { id: 3, method: "thread/read", params: { threadId } }]];
  // Armed at 400 ms for five seconds: not over at the first line, and over at the second.
  const turn = turnOf([...ended, ...question, said(5000), said(5500), said(6000)]);
  expect([turn.state.outcome, turn.settledSeq]).toEqual([{ kind: "completed" }, ended.length + 2]);
});
