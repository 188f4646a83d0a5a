import fc from "fast-check";
import type { DeltaChannel, ServerEvent } from "../../src/protocol/events.ts";
import type { ThreadItem } from "../../src/protocol/items.ts";
import type { TurnEvent } from "../../src/turn/state.ts";

/* What a server does in a turn, one act after the other, as facts from real servers have it. */

export const scope = { threadId: "T", turnId: "U" };

const chunk = fc.constantFrom("a", "b", "ab", "aba", " ", "\n", "é");
const chunks = fc.array(chunk, { maxLength: 4 });
const phase = fc.constantFrom(null, "commentary", "final_answer");

export const tools = fc.record({
  kind: fc.constant("tools" as const),
  // Parallel calls; an unfinished one runs on in the background.
  calls: fc.array(
    fc.record({
      type: fc.constantFrom("commandExecution" as const, "fileChange" as const, "dynamicToolCall" as const),
      output: chunks,
      ends: fc.constantFrom("completed", "failed", "declined", "never"),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  reversed: fc.boolean(),
});

export const act = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("message" as const), chunks, phase }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("reasoning" as const), parts: fc.array(chunks, { maxLength: 3 }) }),
  },
  { weight: 4, arbitrary: tools },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("retry" as const), chunks }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("steer" as const), text: chunk, named: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("agent" as const),
      collab: fc.boolean(),
      ends: fc.constantFrom("completed", "failed", "never"),
      lateTool: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("other" as const),
      what: fc.constantFrom(
        "compaction" as const,
        "plan" as const,
        "usage" as const,
        "idle" as const,
        "active" as const,
      ),
    }),
  },
);
export type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

export interface Performance {
  readonly truth: ServerEvent[];
  readonly end: number;
  /** What the client did just before the server event of that index. */
  readonly asides: Map<number, TurnEvent>;
}

const started = (item: ThreadItem, threadId = scope.threadId, turnId = scope.turnId): ServerEvent => ({
  type: "item.started",
  threadId,
  turnId,
  item,
});
const completed = (item: ThreadItem, threadId = scope.threadId, turnId = scope.turnId): ServerEvent => ({
  type: "item.completed",
  threadId,
  turnId,
  item,
});
const delta = (itemId: string, channel: DeltaChannel, text: string): ServerEvent => ({
  type: "item.delta",
  ...scope,
  itemId,
  channel,
  delta: text,
});
const user = (id: string, text: string, clientId?: string): ThreadItem => ({
  type: "userMessage",
  id,
  content: [{ type: "text", text }],
  ...(clientId === undefined ? {} : { clientId }),
});
const status = (now: string): ServerEvent => ({
  type: "thread.status",
  threadId: scope.threadId,
  status: now,
  flags: [],
});

/** The whole turn: the prompt, the acts, its end, and what comes after the end although it should not. */
export function perform(acts: readonly Act[], late: readonly Act[], how: string, repeatsLast: boolean): Performance {
  const truth: ServerEvent[] = [status("active")];
  const asides = new Map<number, TurnEvent>();
  truth.push({
    type: "turn.started",
    threadId: scope.threadId,
    turn: { id: scope.turnId, status: "inProgress", items: [] },
  });
  truth.push(started(user("prompt", "go")), completed(user("prompt", "go")));
  for (const [index, each] of acts.entries()) truth.push(...eventsOf(each, `${index}`, asides, truth.length));
  const said = truth.findLast((event) => event.type === "item.completed" && event.item.type === "agentMessage");
  const items = repeatsLast && said?.type === "item.completed" ? [said.item] : [];
  const error = how === "failed" ? { error: { message: "constructed", kind: "other" } } : {};
  truth.push(status(how === "failed" ? "systemError" : "idle"));
  truth.push({
    type: "turn.completed",
    threadId: scope.threadId,
    turn: { id: scope.turnId, status: how, items, ...error },
  });
  // After its end only tools that began before it speak of a turn; late acts bend that on purpose.
  for (const [index, each] of late.entries()) {
    const events = eventsOf(each, `late${index}`, new Map(), 0);
    if (each.kind !== "tools") truth.push(...events);
    else {
      const starts = events.filter((event) => event.type === "item.started");
      truth.splice(2, 0, ...starts);
      shift(asides, starts.length);
      truth.push(...events.filter((event) => event.type !== "item.started"));
    }
  }
  return { truth, end: truth.findIndex((event) => event.type === "turn.completed" && event.threadId === "T"), asides };
}

function shift(asides: Map<number, TurnEvent>, by: number): void {
  const moved = [...asides].map(([at, event]) => [at + by, event] as const);
  asides.clear();
  for (const [at, event] of moved) asides.set(at, event);
}

function eventsOf(each: Act, key: string, asides: Map<number, TurnEvent>, at: number): ServerEvent[] {
  switch (each.kind) {
    case "message": {
      const item = { type: "agentMessage" as const, id: `m${key}`, text: each.chunks.join(""), phase: each.phase };
      const deltas = each.chunks.map((text) => delta(item.id, "text", text));
      return [started({ ...item, text: "" }), ...deltas, completed(item)];
    }
    case "reasoning": {
      const id = `r${key}`;
      const item = { type: "reasoning" as const, id, content: [] };
      const parts = each.parts.flatMap((part): ServerEvent[] => [
        { type: "reasoning.part", ...scope, itemId: id },
        ...part.map((text) => delta(id, "reasoning", text)),
      ]);
      const summary = each.parts.map((part) => part.join(""));
      return [started({ ...item, summary: [] }), ...parts, completed({ ...item, summary })];
    }
    case "tools": {
      const calls = each.calls.map((call, n) => ({ ...call, id: `t${key}.${n}` }));
      const begins = calls.map(({ type, id }) => started(tool(type, id, "inProgress")));
      const outputs = calls.flatMap(({ id, output }) => output.map((text) => delta(id, "output", text)));
      const ends = calls.flatMap(({ type, id, ends: how }) =>
        how === "never" ? [] : [completed(tool(type, id, how))],
      );
      return [...begins, ...outputs, ...(each.reversed ? ends.reverse() : ends)];
    }
    case "retry": {
      const id = `o${key}`;
      const deltas = each.chunks.map((text) => delta(id, "text", text));
      const failure = { message: "Reconnecting... 1/5", kind: "responseStreamDisconnected" };
      const item: ThreadItem = { type: "agentMessage", id, text: "", phase: null };
      return [started(item), ...deltas, { type: "failure", ...scope, failure, willRetry: true }];
    }
    case "steer": {
      const id = `s${key}`;
      asides.set(at, { type: "steer", message: { id, text: each.text } });
      const item = user(`u${key}`, each.text, each.named ? id : undefined);
      return [started(item), completed(item)];
    }
    case "agent":
      return agentEvents(each, key);
    case "other":
      return otherEvents(each.what, key);
  }
}

function tool(type: "commandExecution" | "fileChange" | "dynamicToolCall", id: string, how: string): ThreadItem {
  if (type === "commandExecution") return { type, id, command: "ls", status: how };
  if (type === "fileChange") return { type, id, changes: [], status: how };
  return { type, id, tool: "look", status: how };
}

/** A sub-agent is named by an item of its parent; then its thread speaks, without an introduction. */
function agentEvents({ collab, ends, lateTool }: Extract<Act, { kind: "agent" }>, key: string): ServerEvent[] {
  const child = `C${key}`;
  const id = `a${key}`;
  const turn = (how: string) => ({ threadId: child, turn: { id: "CU", status: how, items: [] } });
  const call = (how: string) => tool("commandExecution", "same-id", how);
  const speaks: ServerEvent[] = [
    { type: "turn.started", ...turn("inProgress") },
    started(call("inProgress"), child, "CU"),
    { type: "item.delta", threadId: child, turnId: "CU", itemId: "same-id", channel: "output", delta: "x" },
  ];
  const ended: ServerEvent[] = ends === "never" ? [] : [{ type: "turn.completed", ...turn(ends) }];
  const done = completed(call("completed"), child, "CU");
  const life = [...speaks, ...(lateTool ? [...ended, done] : [done, ...ended])];
  if (!collab) {
    const item: ThreadItem = { type: "subAgentActivity", id, kind: "started", agentThreadId: child, agentPath: "" };
    return [started(item), completed(item), ...life];
  }
  const item = { type: "collabAgentToolCall" as const, id, tool: "spawn", receiverThreadIds: [child] };
  return [started({ ...item, status: "inProgress" }), completed({ ...item, status: "completed" }), ...life];
}

function otherEvents(what: Extract<Act, { kind: "other" }>["what"], key: string): ServerEvent[] {
  const counts = { totalTokens: 2, inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, reasoningOutputTokens: 0 };
  const compaction: ThreadItem = { type: "contextCompaction", id: `k${key}` };
  switch (what) {
    case "compaction":
      return [started(compaction), completed(compaction)];
    case "plan":
      return [{ type: "plan", ...scope, steps: [{ step: key, status: "pending" }] }];
    case "usage":
      return [{ type: "usage", ...scope, total: counts, last: counts }];
    case "idle":
    case "active":
      return [status(what)];
  }
}
