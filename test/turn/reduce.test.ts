import { describe, expect, it } from "vitest";
import { BridgeError } from "../../src/errors.ts";
import type { ServerEvent } from "../../src/protocol/events.ts";
import type { ThreadItem } from "../../src/protocol/items.ts";
import type { ServerFailure, TurnSummary } from "../../src/protocol/shapes.ts";
import { reduce } from "../../src/turn/reduce.ts";
import { initialTurnState, isControl, type TurnEffect, type TurnEvent, type TurnState } from "../../src/turn/state.ts";
import { turnUsage } from "../../src/turn/usage.ts";

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
/** What a host sees, by name; timers and other orders to the runner are looked at where they matter. */
const types = (effects: TurnEffect[]) => effects.filter((effect) => !isControl(effect)).map((effect) => effect.type);
const orders = (effects: TurnEffect[]) => effects.filter(isControl).map((effect) => effect.type);
const reading = (turn: TurnSummary | undefined, threadStatus = "idle"): TurnEvent => ({
  type: "read",
  reading: { threadStatus, listed: true, ...(turn ? { turn } : {}) },
});
const record = (status: string, ...items: ThreadItem[]): TurnSummary => ({ id: "U", status, items });
const user = (id: string, text: string, clientId?: string): ThreadItem => ({
  type: "userMessage",
  id,
  content: [{ type: "text", text }],
  ...(clientId === undefined ? {} : { clientId }),
});
const settledBy = (effects: TurnEffect[]) =>
  effects.flatMap((effect) => (effect.type === "settled" ? [effect.outcome] : []));

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
    expect(types(effects).slice(-4)).toEqual(["tool.end", "item", "item", "settled"]);
    expect(orders(effects)).toEqual(["arm", "interrupt"]);
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

  it("waits a moment for tools that complete after the turn, then looks them up, then closes them", () => {
    const open = [accepted, started(command("c", "inProgress")), ended("completed")];
    const late = play(...open, completed(command("c", "completed")));
    expect(types(late.effects)).toEqual(["accepted", "tool.start", "tool.end", "item", "settled"]);
    expect(late.effects.at(-2)).toMatchObject({ incomplete: false });
    const over: TurnEvent = { type: "clock", clock: "late_items" };
    const asked = play(...open, over);
    expect(asked.effects.at(-1)).toMatchObject({ type: "read" });
    const found = play(...open, over, reading(record("completed", command("c", "failed"))));
    expect(found.effects.at(-2)).toMatchObject({ type: "item", incomplete: false, item: { status: "failed" } });
    const never = play(...open, over, reading(record("completed")));
    expect(never.effects.at(-2)).toMatchObject({ type: "item", incomplete: true });
    expect(never.state.outcome).toEqual({ kind: "completed" });
    const unread = play(...open, over, { type: "clock", clock: "settlement" });
    expect(unread.state.outcome).toEqual({ kind: "completed" });
    const dead = play(...open, { type: "server.gone", error: new BridgeError("internal", "x") });
    expect(dead.state.outcome).toEqual({ kind: "completed" });
  });

  it("drops a message that the server abandoned and replaced, once its record confirms it", () => {
    const { state, effects } = play(
      accepted,
      started(message("m1", "")),
      delta("m1", "cut str"),
      started(message("m2", "")),
      completed(message("m2", "whole")),
      ended("completed"),
      reading(record("completed", message("m2", "whole"))),
    );
    expect(effects.filter((effect) => effect.type === "item")).toHaveLength(1);
    expect(types(effects).slice(-2)).toEqual(["assistant.discard", "settled"]);
    expect(state.answer?.text).toBe("whole");
  });

  it("takes a message whose completion was lost from the record, or from the end of the turn itself", () => {
    const lost = [accepted, started(message("m", "")), delta("m", "who")];
    const looked = play(...lost, ended("completed"), reading(record("completed", message("m", "whole"))));
    expect(looked.state).toMatchObject({ answer: { text: "whole" }, phase: "settled" });
    const told = [...lost, ended("completed", { items: [message("m", "whole")] })];
    expect(orders(play(...told).effects)).toEqual(["arm", "read"]);
    const unread = play(...told, { type: "read.failed", unanswered: true, error: new BridgeError("internal", "x") });
    expect(unread.state).toMatchObject({ answer: { text: "whole" }, phase: "settled" });
    expect(unread.effects.filter((effect) => effect.type === "item")).toMatchObject([{ incomplete: false }]);
  });

  it("keeps the record's order when the end itself brings the last message", () => {
    const whole = [user("u", "go"), message("m1", "first"), message("m2", "last", "final_answer")];
    const { effects } = play(
      accepted,
      ended("completed", { items: [whole[2]] }),
      reading(record("completed", ...whole)),
    );
    expect(effects.flatMap((effect) => (effect.type === "item" ? [effect.item.id] : []))).toEqual(["u", "m1", "m2"]);
    const numbered = [user("item-1", "go"), message("item-2", "first"), message("item-3", "last", "final_answer")];
    const old = play(accepted, ended("completed", { items: [whole[2]] }), reading(record("completed", ...numbered)));
    expect(old.effects.flatMap((effect) => (effect.type === "item" ? [effect.item.id] : []))).toEqual([
      "item-1",
      "item-2",
      "m2",
    ]);
  });

  it("remembers that something is missing when the record could not be read, and drops nothing a user has seen", () => {
    const failed: TurnEvent = { type: "read.failed", unanswered: false, error: new BridgeError("internal", "x") };
    const { state, effects } = play(
      accepted,
      started(message("m", "")),
      delta("m", "seen"),
      ended("completed"),
      failed,
    );
    expect(state).toMatchObject({ unread: true, outcome: { kind: "completed" }, answer: { text: "seen" } });
    expect(effects.at(-2)).toMatchObject({ type: "item", incomplete: true });
    expect(play(accepted, completed(message("m", "x")), ended("completed")).state.unread).toBeUndefined();
  });

  it("believes a record whose items cannot be read how the turn ended, and remembers that they are missing", () => {
    const outline: TurnEvent = {
      type: "read",
      reading: { threadStatus: "idle", listed: true, turn: record("completed"), itemsUnread: true },
    };
    const { state } = play(accepted, started(message("m", "")), delta("m", "seen"), { type: "quiet" }, outline);
    expect(state).toMatchObject({ outcome: { kind: "completed" }, unread: true, answer: { text: "seen" } });
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
    expect(orders(effects)).toEqual(["arm", "interrupt"]);
    expect(state.phase).toBe("running");
  });

  const error = new BridgeError("internal", "x");
  it.each<[TurnEvent, string]>([
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

  it("takes the cause from the last retry when the final failure says no more than that it gave up", () => {
    const retry = { message: "again", kind: "responseStreamDisconnected" };
    const gaveUp = { message: "gave up", kind: "other" };
    const end = (failure: ServerFailure, last: ServerFailure) =>
      play(
        accepted,
        { type: "failure", ...scope, failure, willRetry: true },
        { type: "failure", ...scope, failure: last, willRetry: false },
        ended("failed"),
      ).state.outcome;
    expect(end(retry, gaveUp)).toMatchObject({ category: "network", error: { message: "gave up" } });
    expect(end({ ...retry, httpStatus: 401 }, gaveUp)).toMatchObject({ category: "auth" });
    expect(end(retry, { message: "full", kind: "usageLimitExceeded" })).toMatchObject({ category: "usage_limit" });
    expect(end(retry, { ...gaveUp, httpStatus: 429 })).toMatchObject({ category: "rate_limit" });
  });

  it("asks the server when nothing happens, and goes on when the turn is running", () => {
    const { state, effects } = play(
      accepted,
      { type: "quiet" },
      { type: "quiet" },
      reading(record("inProgress"), "active"),
    );
    expect(orders(effects)).toEqual(["read"]);
    expect(state.phase).toBe("running");
    expect(state.asking).toBeUndefined();
  });

  it("lets a command be silent for ten minutes: every question is answered by 'running', nothing ends", () => {
    const minutes = Array.from({ length: 20 }, (): TurnEvent[] => [
      { type: "quiet" },
      reading(record("inProgress"), "active"),
    ]);
    const { state } = play(accepted, started(command("c", "inProgress")), ...minutes.flat());
    expect(state.phase).toBe("running");
    expect(
      play(
        accepted,
        started(command("c", "x")),
        ...minutes.flat(),
        ended("completed"),
        completed(command("c", "completed")),
      ).state.outcome,
    ).toEqual({ kind: "completed" });
  });

  it("does not ask while the turn waits for us", () => {
    const waiting = play(accepted, { type: "request.opened", id: 0, kind: "person" }, { type: "quiet" });
    expect(orders(waiting.effects)).toEqual(["pause_budget"]);
    const answered = play(
      accepted,
      { type: "request.opened", id: 0, kind: "person" },
      { type: "request.opened", id: "0", kind: "person" },
      { type: "request.closed", id: 0 },
      { type: "request.closed", id: 0 },
      { type: "request.resolved", threadId: "T", requestId: "0" },
      { type: "quiet" },
    );
    expect(orders(answered.effects)).toEqual(["pause_budget", "resume_budget", "read"]);
  });

  it("settles from the server's record when its word for the end was lost", () => {
    const { state, effects } = play(
      accepted,
      started(message("m", "")),
      delta("m", "who"),
      { type: "quiet" },
      reading(record("completed", user("u", "go"), message("m", "whole", "final_answer"))),
    );
    expect(types(effects).slice(-4)).toEqual(["item", "delta", "item", "settled"]);
    expect(state).toMatchObject({ outcome: { kind: "completed" }, answer: { text: "whole", final: true } });
  });

  it("gives the numbered messages of an old server their live ids back", () => {
    const { effects } = play(
      accepted,
      completed(user("uuid", "go")),
      started(message("msg_1", "")),
      delta("msg_1", "firs"),
      completed(message("msg_2", "second")),
      { type: "quiet" },
      reading(
        record(
          "completed",
          user("item-1", "go"),
          message("item-2", "first"),
          message("item-3", "second"),
          message("item-4", "third"),
        ),
      ),
    );
    const ids = effects.flatMap((effect) => (effect.type === "item" ? [effect.item.id] : []));
    expect(ids).toEqual(["uuid", "msg_2", "msg_1", "item-4"]);
  });

  it("asks after an idle thread that did not end its turn", () => {
    const idle: ServerEvent = { type: "thread.status", threadId: "T", status: "idle", flags: [] };
    const { effects } = play(accepted, idle, { type: "clock", clock: "idle_read" });
    expect(orders(effects)).toEqual(["arm", "read"]);
  });

  it("believes a server that twice knows nothing of the turn (phantom ids before 0.148)", () => {
    const once = play(accepted, { type: "quiet" }, reading(undefined));
    expect(once.state.phase).toBe("running");
    expect(orders(once.effects)).toEqual(["read", "arm"]);
    const twice = play(
      accepted,
      { type: "quiet" },
      reading(undefined),
      { type: "clock", clock: "ask_again" },
      reading(undefined),
    );
    expect(twice.state.outcome).toMatchObject({ kind: "failed", category: "lost", error: { code: "turn_lost" } });
    const busy = play(accepted, { type: "quiet" }, reading(undefined, "active"));
    expect(busy.state.phase).toBe("running");
  });

  it("gives a connection up that answers nothing three times, and keeps the text", () => {
    const silent: TurnEvent = { type: "read.failed", unanswered: true, error };
    const again: TurnEvent = { type: "clock", clock: "ask_again" };
    const events = [
      accepted,
      completed(message("m", "said")),
      { type: "quiet" } as TurnEvent,
      silent,
      again,
      silent,
      again,
    ];
    expect(play(...events).state.phase).toBe("running");
    const { state, effects } = play(...events, silent);
    expect(state).toMatchObject({ outcome: { kind: "timeout", clock: "settlement" }, answer: { text: "said" } });
    expect(orders(effects).at(-1)).toBe("retire");
    // One that says other things meanwhile only gets to it late: other turns would end with its connection.
    const busy: TurnEvent = { type: "read.failed", unanswered: true, busy: true, error };
    const late = (times: number) => Array.from({ length: times }, () => [busy, again]).flat();
    const quiet: TurnEvent = { type: "quiet" };
    expect(play(accepted, quiet, ...late(11)).state.phase).toBe("running");
    expect(play(accepted, quiet, ...late(12)).state.outcome).toMatchObject({ kind: "timeout", clock: "settlement" });
  });

  it("retires the connection only when an interrupt was neither confirmed nor found in the record", () => {
    const unconfirmed = [accepted, { type: "abort" }, { type: "clock", clock: "interrupt_grace" }] as TurnEvent[];
    const confirmed = play(...unconfirmed, reading(record("interrupted")));
    expect(confirmed.state.outcome).toEqual({ kind: "interrupted", by: "host" });
    expect(orders(confirmed.effects)).not.toContain("retire");
    for (const silence of [
      reading(record("inProgress"), "active"),
      { type: "read.failed", unanswered: true, error } as TurnEvent,
    ]) {
      const { state, effects } = play(...unconfirmed, silence);
      expect(state.outcome).toEqual({ kind: "interrupted", by: "host", unconfirmed: true });
      expect(orders(effects)).toContain("retire");
    }
  });

  it("interrupts at the run budget and names the clock when the server has stopped", () => {
    const over: TurnEvent = { type: "clock", clock: "run_budget", error };
    expect(play(accepted, over).state.phase).toBe("running");
    const { state } = play(accepted, over, ended("interrupted"));
    expect(state.outcome).toEqual({ kind: "timeout", clock: "run_budget", error });
    expect(play(accepted, over, ended("completed")).state.outcome).toEqual({ kind: "completed" });
  });

  it("repeats an interrupt that came before the turn, and sends it when the turn is named", () => {
    const begun: ServerEvent = { type: "turn.started", threadId: "T", turn: record("inProgress") };
    expect(orders(play({ type: "abort" }, accepted, begun).effects)).toEqual(["arm", "interrupt", "interrupt"]);
  });

  it("adopts a turn whose start was never answered when the server began it, and otherwise stops it", () => {
    const begun: ServerEvent = { type: "turn.started", threadId: "T", turn: record("inProgress") };
    const unanswered: TurnEvent = { type: "start.failed", error, unanswered: true };
    expect(play(begun, unanswered).state).toMatchObject({ phase: "running", turnId: "U" });
    const { state, effects } = play(unanswered);
    expect(state.outcome?.kind).toBe("failed");
    expect(orders(effects)).toEqual(["interrupt"]);
  });

  it("names a turn that its start did not name", () => {
    const begun: ServerEvent = { type: "turn.started", threadId: "T", turn: record("inProgress") };
    expect(play({ type: "start.accepted" }, begun, ended("completed")).state).toMatchObject({
      turnId: "U",
      phase: "settled",
    });
  });

  it("lets Codex finish a turn its host is done with, and interrupts it only when the grace is over", () => {
    const release: TurnEvent = { type: "release", reason: "sessions_yield" };
    const over: TurnEvent = { type: "clock", clock: "release_grace" };
    const finished = play(accepted, release, release, ended("completed"));
    expect(orders(finished.effects)).toEqual(["arm"]);
    expect(finished.state.outcome).toEqual({ kind: "completed" });
    const late = play(accepted, release, over, ended("interrupted"));
    expect(orders(late.effects)).toEqual(["arm", "arm", "interrupt"]);
    expect(late.state.outcome).toEqual({ kind: "interrupted", by: "release" });
  });

  describe("steering", () => {
    const message1 = { id: "s1", text: "left" };
    const steer: TurnEvent = { type: "steer", message: message1 };
    const prompt = completed(user("p", "left"));
    const took: TurnEvent = { type: "steer.accepted", id: "s1" };

    it("sends a steer once, also when it comes before the turn has a name", () => {
      expect(orders(play(accepted, steer, steer).effects)).toEqual(["steer.send"]);
      expect(orders(play(steer, accepted, steer).effects)).toEqual(["steer.send"]);
    });

    it("counts it as consumed when it stands in the turn, by id or, on old servers, by its words", () => {
      for (const echo of [user("x", "left", "s1"), user("x", "left")]) {
        const { state, effects } = play(accepted, prompt, steer, took, completed(echo), ended("completed"));
        expect(types(effects)).toEqual(["accepted", "item", "item", "steer.consumed", "settled"]);
        expect(state.steers[0]?.status).toBe("consumed");
      }
    });

    it("does not take the prompt for a steer of the same words", () => {
      expect(play(accepted, steer, took, prompt).state.steers[0]?.status).toBe("accepted");
    });

    it("hands a refused one back at once, and sends nothing to a turn that is ending", () => {
      const { state, effects } = play(accepted, steer, { type: "steer.refused", id: "s1" });
      expect(types(effects)).toEqual(["accepted", "steer.returned"]);
      expect(state.steers[0]?.status).toBe("returned");
      expect(orders(play(accepted, { type: "abort" }, steer).effects)).toEqual(["arm", "interrupt"]);
    });

    it("waits for the answer to one that races the end, and looks an accepted one up", () => {
      const racing = play(accepted, steer, ended("completed"));
      expect(racing.state.phase).toBe("running");
      expect(
        play(accepted, steer, ended("completed"), { type: "steer.refused", id: "s1" }).state.steers[0]?.status,
      ).toBe("returned");
      const unseen = [accepted, steer, ended("completed"), took];
      expect(orders(play(...unseen).effects).at(-1)).toBe("read");
      const there = play(...unseen, reading(record("completed", user("x", "left", "s1"))));
      expect(there.state.steers[0]?.status).toBe("consumed");
      const missing = play(...unseen, reading(record("completed")));
      expect(missing.state.steers[0]?.status).toBe("returned");
      expect(types(missing.effects).slice(-2)).toEqual(["steer.returned", "settled"]);
    });
  });

  describe("native sub-agents", () => {
    const spawned = completed({
      type: "subAgentActivity",
      id: "a",
      kind: "started",
      agentThreadId: "C",
      agentPath: "/kid",
    });
    const inChild = (event: ServerEvent): ServerEvent =>
      ({ ...event, threadId: "C", ...("turnId" in event ? { turnId: "CU" } : {}) }) as ServerEvent;

    it("follows them, shows their tools, and interrupts them first", () => {
      const { effects } = play(
        accepted,
        spawned,
        inChild(started(command("c", "inProgress"))),
        inChild(delta("c", "out", "output")),
        { type: "abort" },
        ended("interrupted"),
      );
      expect(effects).toContainEqual({ type: "follow", threadId: "C" });
      expect(effects).toContainEqual({ type: "interrupt", children: ["C"] });
      expect(effects).toContainEqual({
        type: "tool.output",
        item: command("c", "inProgress"),
        preview: "out",
        agent: "C",
      });
      expect(types(effects).slice(-3)).toEqual(["tool.end", "agent", "settled"]);
    });

    it("does not take their end for the turn's, nor their words for its answer", () => {
      const end = inChild({
        type: "turn.completed",
        threadId: "C",
        turn: { id: "CU", status: "completed", items: [] },
      });
      const { state, effects } = play(accepted, spawned, inChild(completed(message("m", "child"))), end);
      expect(state.phase).toBe("running");
      expect(state.answer).toBeUndefined();
      // What it came to is told with its end.
      expect(effects.at(-1)).toEqual({ type: "agent", threadId: "C", status: "completed", text: "child" });
      expect(settledBy(effects)).toEqual([]);
    });
  });

  it("counts a sub-agent's request as answered, whatever thread says so", () => {
    const opened: TurnEvent = { type: "request.opened", id: 3, kind: "person" };
    const { effects } = play(accepted, opened, { type: "request.resolved", threadId: "C", requestId: 3 });
    expect(orders(effects)).toEqual(["pause_budget", "resume_budget"]);
  });

  it("keeps what came before the answer that would have named the turn, when the server dies", () => {
    const begun: ServerEvent = { type: "turn.started", threadId: "T", turn: record("inProgress") };
    const gone: TurnEvent = { type: "server.gone", error };
    expect(play(begun, completed(message("m", "said")), gone).state).toMatchObject({
      answer: { text: "said" },
      turnId: "U",
    });
    expect(play(begun, ended("completed"), gone).state.outcome).toEqual({ kind: "completed" });
  });

  it("takes a delta of an unknown item as a sign that something was lost", () => {
    const { effects } = play(accepted, delta("m", "x"), ended("completed"));
    expect(orders(effects)).toEqual(["arm", "read"]);
  });

  describe("usage", () => {
    const counts = (n: number) => ({
      totalTokens: n,
      inputTokens: n,
      cachedInputTokens: 0,
      outputTokens: 0,
      reasoningOutputTokens: 0,
    });
    const usage = (total: number, last: number): ServerEvent => ({
      type: "usage",
      ...scope,
      total: counts(total),
      last: counts(last),
    });
    const compaction: ThreadItem = { type: "contextCompaction", id: "z" };

    it("is this turn's own, also when an old server repeats the last report first", () => {
      const output = completed(message("m", "x"));
      const fresh = play(accepted, output, usage(130, 30), usage(150, 20));
      expect(turnUsage(fresh.state.usage)).toMatchObject({
        turn: { totalTokens: 50 },
        thread: { totalTokens: 150 },
        contextTokens: 20,
      });
      const stale = play(accepted, usage(100, 40), output, usage(130, 30));
      expect(turnUsage(stale.state.usage)).toMatchObject({ turn: { totalTokens: 30 } });
    });

    it("leaves the context unknown after a compaction", () => {
      const { state, effects } = play(accepted, completed(message("m", "x")), usage(130, 30), completed(compaction));
      expect(turnUsage(state.usage)?.contextTokens).toBeUndefined();
      expect(types(effects).slice(-3)).toEqual(["compaction", "compaction", "item"]);
    });
  });

  it("names the category, what can be done, and when a limit resets", () => {
    const { state } = play(
      accepted,
      {
        type: "limits",
        limits: {
          windows: [
            { usedPercent: 20, resetsAtMs: 9000 },
            { usedPercent: 100, resetsAtMs: 5000 },
          ],
        },
      },
      ended("failed", { error: { message: "limit", kind: "usageLimitExceeded" } }),
    );
    expect(state.outcome).toMatchObject({
      kind: "failed",
      category: "usage_limit",
      resetsAtMs: 5000,
      actions: expect.arrayContaining(["wait"]),
    });
  });

  it("keeps the last plan for the transcript", () => {
    const plan = (status: string): ServerEvent => ({ type: "plan", ...scope, steps: [{ step: "one", status }] });
    const { effects } = play(accepted, plan("inProgress"), plan("completed"), ended("completed"));
    expect(effects.at(-2)).toEqual({
      type: "item",
      item: { type: "plan", id: "turn-plan", text: "[x] one" },
      incomplete: false,
    });
  });

  it("tells the host to drop what a retried request had streamed, once", () => {
    const retry: ServerEvent = {
      type: "failure",
      ...scope,
      failure: { message: "again", kind: "other" },
      willRetry: true,
    };
    const { effects } = play(
      accepted,
      started(message("m", "")),
      delta("m", "half"),
      retry,
      retry,
      ended("failed"),
      reading(record("failed")),
    );
    expect(types(effects).filter((type) => type === "assistant.discard")).toHaveLength(1);
    expect(effects.filter((effect) => effect.type === "item")).toMatchObject([
      { item: { text: "half" }, incomplete: true },
    ]);
  });
});
