import { describe, expect, it } from "vitest";
import { BridgeError } from "../../src/errors.ts";
import type { ServerEvent } from "../../src/protocol/events.ts";
import type { ThreadItem } from "../../src/protocol/items.ts";
import { reduce } from "../../src/turn/reduce.ts";
import { initialTurnState, type TurnEffect, type TurnEvent, type TurnState } from "../../src/turn/state.ts";

const scope = { threadId: "T", turnId: "U" };
const accepted: TurnEvent = { type: "start.accepted", turnId: "U" };
const message = (id: string, text: string, phase: string | null = null): ThreadItem => ({
  type: "agentMessage",
  id,
  text,
  phase,
});
const command = (id: string, status: string): ThreadItem => ({ type: "commandExecution", id, command: "ls", status });
const started = (item: ThreadItem): ServerEvent => ({ type: "item.started", ...scope, item });
const completed = (item: ThreadItem): ServerEvent => ({ type: "item.completed", ...scope, item });
const delta = (itemId: string, text: string, channel: "text" | "reasoning" | "output" = "text"): ServerEvent => ({
  type: "item.delta",
  ...scope,
  itemId,
  channel,
  delta: text,
});
const ended = (status: string, extra = {}): ServerEvent => ({
  type: "turn.completed",
  threadId: "T",
  turn: { id: "U", status, items: [], ...extra },
});

function play(...events: TurnEvent[]): { state: TurnState; effects: TurnEffect[] } {
  let state = initialTurnState("T");
  const effects: TurnEffect[] = [];
  for (const event of events) {
    const before = JSON.stringify(state);
    const reduction = reduce(state, event);
    expect(JSON.stringify(state)).toBe(before);
    state = reduction.state;
    effects.push(...reduction.effects);
  }
  return { state, effects };
}
const types = (effects: TurnEffect[]) => effects.map((effect) => effect.type);

describe("a turn", () => {
  it("streams, finishes its items and settles last", () => {
    const { state, effects } = play(
      accepted,
      started(message("m", "")),
      delta("m", "Hel"),
      delta("m", "lo"),
      completed(message("m", "Hello", "final_answer")),
      ended("completed"),
    );
    expect(types(effects)).toEqual(["accepted", "assistant.start", "first_token", "delta", "delta", "item", "settled"]);
    expect(state.answer).toEqual({ itemId: "m", text: "Hello", final: true });
    expect(state.outcome).toEqual({ kind: "completed" });
  });

  it("keeps events that come before the server named the turn", () => {
    const early = [started(message("m", "")), delta("m", "x"), completed(message("m", "x")), ended("completed")];
    const { state, effects } = play(...early, accepted);
    expect(types(effects)).toEqual(["accepted", "assistant.start", "first_token", "delta", "item", "settled"]);
    expect(state.phase).toBe("settled");
  });

  it("counts late events and those of other turns and threads, and does nothing with them", () => {
    const other: ServerEvent = { ...completed(message("z", "z")), turnId: "V" } as ServerEvent;
    const foreign: ServerEvent = { ...ended("completed"), threadId: "X" } as ServerEvent;
    const { state, effects } = play(
      accepted,
      other,
      foreign,
      ended("completed"),
      completed(message("m", "late")),
      ended("failed"),
    );
    expect(types(effects)).toEqual(["accepted", "settled"]);
    expect(state).toMatchObject({ foreignEvents: 1, lateEvents: 2, outcome: { kind: "completed" } });
  });

  it("makes up for lost deltas, so that what was streamed equals the final text", () => {
    const { effects } = play(accepted, started(message("m", "")), delta("m", "ab"), completed(message("m", "abcd")));
    const streamed = effects.flatMap((effect) => (effect.type === "delta" ? [effect.delta] : []));
    expect(streamed.join("")).toBe("abcd");
  });

  it("does not finish an item twice", () => {
    const { effects } = play(
      accepted,
      started(command("c", "inProgress")),
      completed(command("c", "declined")),
      completed(command("c", "declined")),
    );
    expect(types(effects)).toEqual(["accepted", "tool.start", "tool.end", "item"]);
  });

  it("announces a tool whose start was lost", () => {
    expect(types(play(accepted, completed(command("c", "completed"))).effects)).toEqual([
      "accepted",
      "tool.start",
      "tool.end",
      "item",
    ]);
  });

  it("closes what is open when the turn is interrupted, and keeps the text a user has seen", () => {
    const { state, effects } = play(
      accepted,
      started(command("c", "inProgress")),
      started(message("m", "")),
      delta("m", "half an ans"),
      { type: "abort" },
      ended("interrupted"),
    );
    expect(types(effects).slice(-5)).toEqual(["interrupt", "tool.end", "item", "item", "settled"]);
    expect(effects.filter((effect) => effect.type === "item")).toEqual([
      { type: "item", item: command("c", "inProgress"), incomplete: true },
      { type: "item", item: message("m", "half an ans"), incomplete: true },
    ]);
    expect(state).toMatchObject({
      outcome: { kind: "interrupted", by: "host" },
      answer: { text: "half an ans" },
      open: [],
    });
  });

  it("waits a moment for tools that complete after the turn, then closes them", () => {
    const open = [accepted, started(command("c", "inProgress")), ended("completed")];
    const late = play(...open, completed(command("c", "completed")));
    expect(types(late.effects)).toEqual(["accepted", "tool.start", "late_items.wait", "tool.end", "item", "settled"]);
    expect(late.effects.at(-2)).toMatchObject({ incomplete: false });
    const never = play(...open, { type: "late_items.over" });
    expect(never.effects.at(-2)).toMatchObject({ type: "item", incomplete: true });
    expect(never.state.outcome).toEqual({ kind: "completed" });
    const dead = play(...open, { type: "server.gone", error: new BridgeError("x", "x") });
    expect(dead.state.outcome).toEqual({ kind: "completed" });
  });

  it("drops a message that the server abandoned and replaced", () => {
    const { state, effects } = play(
      accepted,
      started(message("m1", "")),
      delta("m1", "cut str"),
      started(message("m2", "")),
      completed(message("m2", "whole")),
      ended("completed"),
    );
    expect(effects.filter((effect) => effect.type === "item")).toHaveLength(1);
    expect(state.answer?.text).toBe("whole");
  });

  it("prefers the message marked final over a later one without the mark", () => {
    const { state } = play(
      accepted,
      completed(message("a", "answer", "final_answer")),
      completed(message("b", "aside", "commentary")),
    );
    expect(state.answer?.itemId).toBe("a");
  });

  it("asks for an interrupt once, and only the server ends the turn", () => {
    const { state, effects } = play(accepted, { type: "abort" }, { type: "abort" });
    expect(types(effects)).toEqual(["accepted", "interrupt"]);
    expect(state.phase).toBe("running");
  });

  const error = new BridgeError("x", "x");
  it.each<[TurnEvent, string]>([
    [{ type: "clock", clock: "run_budget", error }, "timeout"],
    [{ type: "server.gone", error }, "server_exit"],
    [{ type: "start.failed", error }, "failed"],
    [ended("interrupted"), "interrupted"],
    [ended("failed"), "failed"],
    [ended("a-status-from-the-future"), "failed"],
  ])("settles on %o", (event, kind) => {
    const { state, effects } = play(accepted, event);
    expect(state.outcome?.kind).toBe(kind);
    expect(types(effects)).toEqual(["accepted", "settled"]);
  });

  it("tells a retry as a notice and a failure as the outcome", () => {
    const failure = { message: "boom", kind: "serverOverloaded" };
    const { state, effects } = play(
      accepted,
      { type: "failure", ...scope, failure: { message: "again", kind: "other" }, willRetry: true },
      { type: "failure", ...scope, failure, willRetry: false },
      ended("failed"),
    );
    expect(effects[1]).toEqual({ type: "notice", text: "again" });
    expect(state.outcome).toMatchObject({
      kind: "failed",
      error: { message: "boom", facts: { kind: "serverOverloaded" } },
    });
  });
});
