import type { TurnControl } from "../../../src/turn/run.ts";
import { type Fault, type FaultContext, type Told, toldOf } from "../fault.ts";
import { answers, asks, completed, delta, gets, type Place, rule, started, tells, wants } from "../rules.ts";
import { abortsAt, asksFirst, callsOf, callsTool, inPieces, never, steps } from "./parts.ts";

const exit = /^server_exit \(server_exited\)$/;
const session = { key: "s", id: "s" };

/** What an operation other than a turn came to. */
const told = (work: Promise<unknown>): Promise<Told> =>
  work.then(
    (value) => ({ told: JSON.stringify(value) }),
    (thrown: Error) => ({ told: toldOf(thrown) }),
  );
const compact = ({ stand }: FaultContext): Promise<Told> => told(stand.harness.compact(session));
const fork = ({ stand }: FaultContext): Promise<Told> =>
  told(stand.harness.fork(session, { key: "copy", id: "copy" }).then(() => "forked"));

const kills = (on: Place, at: "before" | "after" = "before") => [rule(on, { at, kill: {} })];
const approval = "item/commandExecution/requestApproval";
const midText = rule(tells(delta, { nth: 3 }), {});
const openTool = rule(wants("item/tool/call"), { at: "after", kill: { afterMs: 200 } });
const openApproval = rule(wants(approval), { at: "after", kill: { afterMs: 200 } });

/** Codex is killed while it and the host talk to each other: tools, approvals, interrupts, steers, other operations. */
export const interplay: readonly Fault[] = [
  {
    id: "kill-at-tool-call",
    does: "kill -9 at item/tool/call, which nobody sees",
    told: /^(server_exit .*|completed)$/,
    ...callsTool(() => "a bird"),
    rules: kills(wants("item/tool/call")),
    check: (context) => {
      if (callsOf(context) > 1) throw new Error(`the tool ran ${callsOf(context)} times`);
    },
  },
  {
    id: "kill-in-tool",
    does: "kill -9 while a host tool runs",
    told: exit,
    expects: "the tool is told to stop, and is not run again",
    ...callsTool((context, call) => {
      call.signal.addEventListener("abort", () => context.notes.set("stopped", true));
      return never();
    }),
    rules: [openTool],
    check: (context) => {
      if (callsOf(context) !== 1) throw new Error(`the tool ran ${callsOf(context)} times`);
      if (!context.notes.get("stopped")) throw new Error("the tool was not told to stop");
    },
  },
  {
    id: "kill-at-tool-answer",
    does: "kill -9 when a host tool's answer is on its way",
    told: exit,
    ...callsTool(() => "a bird"),
    rules: kills(gets("item/tool/call")),
    check: (context) => {
      if (callsOf(context) !== 1) throw new Error(`the tool ran ${callsOf(context)} times`);
    },
  },
  {
    id: "kill-with-approval-open",
    does: "kill -9 while a person is asked",
    told: exit,
    ...asksFirst(never),
    rules: [openApproval],
  },
  {
    id: "kill-at-approval-answer",
    does: "kill -9 when the person's answer is on its way",
    told: exit,
    ...asksFirst(async () => "accept"),
    rules: kills(gets(approval)),
  },
  {
    id: "kill-at-interrupt",
    does: "abort in mid-text; kill -9 at turn/interrupt",
    told: /^(server_exit .*|interrupted by host.*)$/,
    turn: abortsAt(midText),
    rules: [midText, ...kills(asks("turn/interrupt"))],
  },
  {
    id: "kill-after-interrupt",
    does: "abort in mid-text; kill -9 after the answer to turn/interrupt",
    told: /^(server_exit .*|interrupted by host.*)$/,
    turn: abortsAt(midText),
    rules: [midText, ...kills(answers("turn/interrupt"), "after")],
  },
  {
    id: "kill-at-steer",
    does: "steer in mid-text; kill -9 at turn/steer",
    told: exit,
    turn: (context) => ({
      onControl: (control: TurnControl) => {
        context.notes.set("steer", control.steer({ id: "more", text: "and one more thing" }));
      },
    }),
    model: () => [{ waitMs: 300 }, ...inPieces],
    rules: kills(asks("turn/steer")),
    check: async ({ notes }, faulted) => {
      await notes.get("steer");
      const back = faulted?.returnedSteers.map(({ id }) => id).join();
      if (back !== "more") throw new Error(`the steer was not handed back: ${back}`);
    },
  },
  {
    id: "kill-before-compaction",
    does: "kill -9 at thread/compact/start",
    told: /^error server_exited$/,
    act: compact,
    rules: kills(asks("thread/compact/start")),
  },
  {
    id: "kill-in-compaction",
    does: "kill -9 while Codex compacts",
    told: /^error server_exited$/,
    act: compact,
    rules: kills(started("contextCompaction"), "after"),
    model: steps([{ waitMs: 1000 }, { say: "A summary in which a heron occurs." }]),
  },
  {
    id: "kill-before-fork",
    does: "kill -9 at thread/fork",
    told: /^error server_exited$/,
    act: fork,
    rules: kills(asks("thread/fork")),
  },
  {
    id: "kill-at-fork-answer",
    does: "kill -9 at the answer to thread/fork",
    told: /^error server_exited$/,
    act: fork,
    rules: kills(answers("thread/fork")),
  },
  {
    id: "kill-after-fork",
    does: "kill -9 right after a fork",
    told: /^"forked"$|^error server_exited$/,
    act: fork,
    rules: kills(answers("thread/fork"), "after"),
  },
  {
    id: "kill-at-message-of-tool-turn",
    does: "kill -9 at the answer that follows a host tool's work",
    told: exit,
    ...callsTool(() => "a bird"),
    rules: kills(completed("agentMessage")),
    check: (context) => {
      if (callsOf(context) !== 1) throw new Error(`the tool ran ${callsOf(context)} times`);
    },
  },
];
