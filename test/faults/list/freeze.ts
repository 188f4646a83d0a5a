import type { Fault } from "../fault.ts";
import { answers, asks, delta, type Place, rule, started, tells, wants } from "../rules.ts";
import { abortsAt, asksFirst, callsOf, callsTool, inPieces, never, shell } from "./parts.ts";

/** It may have answered already when the signal came. */
const noAnswer = /^(timeout \(clock settlement\)|failed other \(wire_request_timeout\))$/;
const gaveUp = /^timeout \(clock settlement\)$/;
const unanswered = /^(error wire_request_timeout|failed other \(wire_request_timeout\))$/;

/** SIGSTOP at this place; Codex stays a process that says and reads nothing. */
const frozen = (id: string, on: Place, told: RegExp, more: Partial<Fault> = {}): Fault => ({
  id: `stop-${id}`,
  does: `SIGSTOP at ${on.method} (${on.is})`,
  told,
  rules: [rule(on, { at: "after", freeze: {} })],
  withinMs: 40_000,
  ...more,
});
/** The same, and SIGCONT after a while: a machine that was asleep. */
const asleep = (id: string, on: Place, contMs: number, more: Partial<Fault> = {}): Fault => ({
  ...frozen(id, on, /^completed$/),
  id: `sleep-${id}`,
  does: `SIGSTOP at ${on.method} (${on.is}), SIGCONT ${contMs} ms later`,
  rules: [rule(on, { at: "after", freeze: { contMs } })],
  ...more,
});
const interruptAt = rule(tells(delta, { nth: 3 }), {});

export const freezes: readonly Fault[] = [
  frozen("at-initialize", asks("initialize"), /^error server_start_timeout \(clock initialize\)$/, {
    when: "new",
    stand: { clocks: { initializeMs: 4000 } },
  }),
  frozen("at-thread-start", asks("thread/start"), unanswered, { when: "new" }),
  frozen("at-turn-start", asks("turn/start"), noAnswer),
  frozen("after-turn-start", answers("turn/start"), gaveUp),
  frozen("in-mid-text", tells(delta, { nth: 6 }), gaveUp, {
    expects: "asked three times, then given up; the words stay",
  }),
  frozen("in-command", started("commandExecution"), gaveUp, shell("sleep 60")),
  frozen("at-tool-call", wants("item/tool/call"), gaveUp, {
    ...callsTool(() => "a bird"),
    check: (context) => {
      if (callsOf(context) !== 1) throw new Error(`the tool ran ${callsOf(context)} times`);
    },
  }),
  frozen(
    "with-approval-open",
    wants("item/commandExecution/requestApproval"),
    gaveUp,
    asksFirst(async () => "accept"),
  ),
  frozen("at-interrupt", asks("turn/interrupt"), /^interrupted by host, unconfirmed$/, {
    turn: abortsAt(interruptAt),
    rules: [interruptAt, rule(asks("turn/interrupt"), { freeze: {} })],
    model: () => [...inPieces, { waitMs: 3000 }],
  }),
  frozen("at-resume", asks("thread/resume"), unanswered, { when: "restart" }),
  {
    id: "stop-idle",
    does: "SIGSTOP between two turns",
    told: unanswered,
    withinMs: 40_000,
    before: async ({ stand }) => void stand.signal("SIGSTOP"),
  },
  asleep("in-mid-text", tells(delta, { nth: 6 }), 2500),
  asleep("at-turn-start", asks("turn/start"), 2500),
  asleep("at-initialize", asks("initialize"), 2500, { when: "new" }),
  asleep(
    "with-tool-running",
    wants("item/tool/call"),
    2500,
    callsTool(() => "a bird"),
  ),
  asleep("with-approval-open", wants("item/commandExecution/requestApproval"), 1000, {
    ...asksFirst(never),
    expects: "nobody answers: declined by the clock, and the turn goes on",
    withinMs: 40_000,
  }),
];
