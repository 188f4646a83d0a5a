import type { Fault } from "../fault.ts";
import { answers, asks, completed, delta, type Place, rule, started, tells } from "../rules.ts";
import { patches, shell, steps } from "./parts.ts";

const exit = /^server_exit \(server_exited\)$/;
/** Nothing was seen of the turn: it is begun again, and nobody notices. */
const again = /^completed$/;

/** kill -9 of Codex at this place: before the message went on, or right after. */
const killed = (id: string, on: Place, told: RegExp, more: Partial<Fault> & { after?: never } = {}): Fault => ({
  id: `kill-${id}`,
  does: `kill -9 at ${on.method} (${on.is}${on.item ? ` ${on.item}` : ""})`,
  told,
  rules: [rule(on, { kill: {} })],
  ...more,
});
const killedAfter = (id: string, on: Place, told: RegExp, more: Partial<Fault> = {}): Fault => ({
  ...killed(id, on, told),
  does: `kill -9 right after ${on.method} (${on.is}${on.item ? ` ${on.item}` : ""})`,
  rules: [rule(on, { at: "after", kill: {} })],
  ...more,
});

/** Codex is killed in every phase of a turn that has no requests of the server in it; see interplay.ts for those. */
export const crashes: readonly Fault[] = [
  killed("before-initialize", asks("initialize"), /^(error server_exited_early|completed)$/, { when: "new" }),
  killed("at-initialize-answer", answers("initialize"), /^(error server_exited_early|completed)$/, { when: "new" }),
  killedAfter("after-initialize", answers("initialize"), /^(error server_exited|completed)$/, { when: "new" }),
  killed("before-thread-start", asks("thread/start"), /^(error server_exited|completed)$/, { when: "new" }),
  killed("at-thread-start-answer", answers("thread/start"), /^(error server_exited|completed)$/, { when: "new" }),
  killedAfter("after-thread-start", answers("thread/start"), again, { when: "new" }),
  killed("before-turn-start", asks("turn/start"), again),
  killedAfter("in-turn-start", asks("turn/start"), again),
  killed("at-turn-start-answer", answers("turn/start"), again),
  killedAfter("after-turn-start", answers("turn/start"), again),
  killed("at-turn-started", tells("turn/started"), again),
  killedAfter("after-prompt", completed("userMessage"), again),
  killed("at-message", started("agentMessage"), again),
  killed("at-first-word", tells(delta), /^(completed|server_exit \(server_exited\))$/),
  killedAfter("after-first-word", tells(delta), exit),
  killedAfter("in-mid-text", tells(delta, { nth: 6 }), exit),
  killed("at-message-end", completed("agentMessage"), exit),
  killedAfter("after-message-end", completed("agentMessage"), exit, {
    expects: "the whole message stays, though the turn did not",
  }),
  killed("at-turn-end", tells("turn/completed"), exit),
  killedAfter("after-turn-end", tells("turn/completed"), /^completed$/),
  killedAfter("in-reasoning", tells("item/reasoning/summaryTextDelta"), /^(server_exit .*|completed)$/, {
    model: steps([{ think: "**Weighing** it for a while, and then some more." }, { waitMs: 500 }, { say: "Done." }]),
  }),
  {
    ...killed("in-command", started("commandExecution"), exit, shell("sleep 60; echo slept")),
    does: "kill -9 half a second into a shell command",
    expects: "the command is gone, too",
    rules: [rule(started("commandExecution"), { at: "after", kill: { afterMs: 500 } })],
  },
  killed("at-command-end", completed("commandExecution"), exit, shell("echo out")),
  killedAfter("after-command", completed("commandExecution"), exit, shell("echo out")),
  // Nobody was told of it, but Codex's own record has the call: it may have been made.
  killed("in-patch", started("fileChange"), exit, patches),
  killedAfter("after-patch-began", started("fileChange"), exit, patches),
  killedAfter("after-patch", completed("fileChange"), exit, patches),
  killed("at-resume", asks("thread/resume"), /^(error server_exited|completed)$/, { when: "restart" }),
  killed("at-resume-answer", answers("thread/resume"), /^(error server_exited|completed)$/, { when: "restart" }),
  {
    id: "kill-idle",
    does: "kill -9 between two turns",
    told: /^completed$/,
    before: async ({ stand }) => void stand.signal("SIGKILL"),
  },
  {
    id: "kill-twice",
    does: "kill -9 at the answer to turn/start, and again when the turn is begun anew",
    told: exit,
    rules: [rule(answers("turn/start"), { kill: {} }, 2)],
  },
  {
    id: "kill-every-start",
    does: "kill -9 of every server before it answers initialize",
    told: /^error server_exited_early$/,
    when: "new",
    rules: [rule(asks("initialize"), { kill: {} }, 20)],
  },
  {
    id: "terminate-in-mid-text",
    does: "SIGTERM in mid-text: Codex ends in good order, its turn does not",
    told: /^(server_exit \(server_exited\)|interrupted by server)$/,
    rules: [rule(tells(delta, { nth: 6 }), { at: "after", kill: { signal: "SIGTERM" } })],
  },
];
