import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { type Fault, type FaultContext, type Told, toldOf } from "../fault.ts";
import type { HostProcessAnswer, HostProcessSetup } from "../host-process.ts";
import { answers, asks, delta, type Place, rule, started, tells, wants } from "../rules.ts";
import type { Stand } from "../stand.ts";
import { abortsAt, asksFirst, callsTool, inPieces, never, shell, sleep } from "./parts.ts";

const hourMs = 3_600_000;

/** Another process with a host on the same folders. */
async function otherHost(stand: Stand, clockAheadMs = 0): Promise<ChildProcess> {
  const setup: HostProcessSetup = {
    folder: stand.folder,
    stateDir: stand.folders.state,
    server: stand.serverOptions(),
    settings: stand.settings,
    clockAheadMs,
  };
  const child = fork(path.resolve(import.meta.dirname, "../host-process.ts"), [JSON.stringify(setup)]);
  await once(child, "message");
  return child;
}

async function turnIn(child: ChildProcess, sessionKey: string, prompt: string): Promise<HostProcessAnswer> {
  child.send({ sessionKey, prompt });
  const [answer] = (await once(child, "message")) as [HostProcessAnswer];
  return answer;
}

async function leave(child: ChildProcess): Promise<void> {
  child.disconnect();
  await once(child, "exit");
}

/** Both hosts run a turn in the session, the other one a little later. */
const bothAtOnce =
  (clockAheadMs: number) =>
  async (context: FaultContext): Promise<Told> => {
    const { stand, session } = context;
    const other = await otherHost(stand, clockAheadMs);
    try {
      const mine = stand.turn(session, "work");
      await sleep(300);
      const theirs = await turnIn(other, session, "work of another host");
      return { told: `${toldOf(await mine)}, then ${toldBy(theirs)}` };
    } finally {
      await leave(other);
    }
  };
const toldBy = ({ error, result }: HostProcessAnswer): string =>
  error?.code ?? (result?.ok ? "completed" : "not completed");

const slowly: Pick<Fault, "model"> = {
  model: ({ lastUserText }) =>
    lastUserText === "work"
      ? [{ say: "An answer that takes about three seconds.", chunkChars: 2, delayMs: 150 }]
      : inPieces,
};

const aborts = (id: string, on: Place, told: RegExp, more: Partial<Fault> = {}): Fault => {
  const here = rule(on, { stall: 800 });
  return {
    id: `abort-${id}`,
    does: `abort at ${on.method} (${on.is})`,
    told,
    rules: [here],
    turn: abortsAt(here),
    // Not over before it is stopped.
    model: () => [...inPieces, { waitMs: 3000 }],
    ...more,
  };
};
const interrupted = /^interrupted by host$/;
const before = /^error (aborted|wire_request_aborted)$/;

/** The harness is given up in the middle of something. */
const disposed = (id: string, does: string, on: Place, told: RegExp, more: Partial<Fault> = {}): Fault => {
  const here = rule(on, {});
  return {
    id: `dispose-${id}`,
    does,
    told,
    rules: [here],
    act: async (context) => {
      const { stand, session } = context;
      const extra = { ...more.host?.(context), ...more.turn?.(context) };
      const turn = stand.turn(session, "work", extra);
      turn.catch(() => undefined);
      while (stand.applied(here) === 0) await sleep(5);
      await stand.restart();
      return turn;
    },
    ...more,
  };
};
const gone = /^(server_exit \(server_exited\)|interrupted by \w+|error \w+|failed .*)$/;

/** Wall clocks jump. What measures time is asked for monotonic time; what compares dates is what this can hurt. */
const jumps = (id: string, byMs: number): Fault => ({
  id: `clock-${id}`,
  does: `the wall clock jumps by ${byMs / hourMs} h in mid-text`,
  told: /^completed$/,
  alone: true,
  turn: (context) => ({
    observer: {
      onAssistantStart: () => {
        const now = Date.now;
        context.notes.set("clock", now);
        Date.now = () => now() + byMs;
      },
    },
  }),
  after: async ({ notes }) => {
    await sleep(100);
    notes.set("jumped", Date.now() - (notes.get("clock") as () => number)());
  },
  check: ({ notes }) => {
    Date.now = notes.get("clock") as () => number;
    if (Math.abs((notes.get("jumped") as number) - byMs) > 1000) throw new Error("the clock did not jump");
  },
});

/** Hosts: two at once, one that gives up, one that goes away, one whose clock jumps. */
export const hosts: readonly Fault[] = [
  {
    id: "two-hosts-one-session",
    does: "another process runs a turn in the same session at the same time",
    told: /^completed, then completed$/,
    expects: "one after the other; where Codex gives a thread to one server at a time, the other goes on in a fork",
    knows: ["work of another host"],
    ...slowly,
    act: bothAtOnce(0),
    withinMs: 40_000,
  },
  {
    id: "two-hosts-other-clock",
    does: "the same, and the other process's clock is an hour ahead",
    told: /^completed, then completed$/,
    expects: "a lease that lives is not taken for expired: they wait for each other",
    knows: ["work of another host"],
    ...slowly,
    act: bothAtOnce(hourMs),
    withinMs: 40_000,
  },
  {
    id: "two-hosts-by-turns",
    does: "two processes take turns in one session, and both stay",
    told: /^completed, completed, completed, completed$/,
    expects: "each knows what the other one's turns were about",
    knows: ["theirs one", "mine two", "theirs two"],
    replaced: "on some releases",
    withinMs: 90_000,
    act: async ({ stand, session, later }) => {
      const other = await otherHost(stand);
      later(() => leave(other));
      const told = [toldBy(await turnIn(other, session, "theirs one"))];
      told.push(toldOf(await stand.turn(session, "mine two")));
      told.push(toldBy(await turnIn(other, session, "theirs two")));
      told.push(toldOf(await stand.turn(session, "mine three")));
      return { told: told.join(", ") };
    },
  },
  {
    id: "two-hosts-two-sessions",
    does: "another process runs turns in other sessions of the same store meanwhile",
    told: /^completed$/,
    withinMs: 90_000,
    act: async ({ stand, session }) => {
      const other = await otherHost(stand);
      try {
        const theirs = (async () => {
          for (let n = 0; n < 5; n += 1) await turnIn(other, `other-${n}`, `hello ${n}`);
        })();
        const mine = await stand.turn(session, "work");
        await theirs;
        return mine;
      } finally {
        await leave(other);
      }
    },
  },
  jumps("forward", 24 * hourMs),
  jumps("back", -24 * hourMs),
  aborts("at-initialize", asks("initialize"), before, { when: "new" }),
  aborts("at-thread-start", asks("thread/start"), before, { when: "new" }),
  aborts("at-resume", asks("thread/resume"), before, { when: "restart" }),
  aborts("at-turn-start", asks("turn/start"), interrupted),
  aborts("at-turn-start-answer", answers("turn/start"), interrupted),
  aborts("in-mid-text", tells(delta, { nth: 4 }), interrupted),
  aborts("in-command", started("commandExecution"), interrupted, shell("sleep 60")),
  aborts("in-tool", wants("item/tool/call"), interrupted, callsTool(never)),
  aborts("with-approval-open", wants("item/commandExecution/requestApproval"), interrupted, {
    ...asksFirst(never),
    turn: ({ abort }) => ({
      approve: () => {
        setTimeout(() => abort.abort(), 100);
        return never();
      },
    }),
  }),
  aborts("at-turn-end", tells("turn/completed"), /^(completed|interrupted by host)$/),
  {
    id: "abort-before",
    does: "abort before the turn is even begun",
    told: /^error aborted$/,
    turn: ({ abort }) => {
      abort.abort();
      return {};
    },
  },
  disposed("in-mid-text", "the harness is disposed in mid-text", tells(delta, { nth: 3 }), gone),
  disposed(
    "in-command",
    "the harness is disposed while a command runs",
    started("commandExecution"),
    gone,
    shell("sleep 60"),
  ),
  disposed(
    "in-tool",
    "the harness is disposed while a host tool runs",
    wants("item/tool/call"),
    gone,
    callsTool(never),
  ),
  disposed("at-turn-start", "the harness is disposed at turn/start", asks("turn/start"), gone),
  disposed("at-initialize", "the harness is disposed while its server starts", asks("initialize"), gone, {
    when: "new",
  }),
];
