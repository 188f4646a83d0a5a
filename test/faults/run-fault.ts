import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { HostTurnResult } from "../../src/host/embedded-host.ts";
import { userTexts } from "../../src/scripted-model/request.ts";
import type { Part } from "../../src/scripted-model/script.ts";
import type { ModelRequest } from "../../src/scripted-model/server.ts";
import { settlesWithin } from "../../src/server/child-process.ts";
import type { TranscriptEntry } from "../../src/transcript/entry.ts";
import { type Fault, type FaultContext, type FaultReport, type Told, toldOf } from "./fault.ts";
import { mountSmall, unmount } from "./mount.ts";
import { doubledIn, lostOf, writtenEntries } from "./record.ts";
import { Stand } from "./stand.ts";
import { Watcher } from "./watch.ts";

const prompts = { before: "remember the word heron", faulted: "work", next: "which word was it?" };
const noted = "The word heron is noted.";
/** How long a turn takes at most in which nothing goes wrong. */
const soundMs = 30_000;
const closeMs = 20_000;

export const inPieces: Part[] = [{ say: "An answer that comes in a dozen little pieces.", chunkChars: 4, delayMs: 15 }];

/** Tries one fault, and looks at everything that has to be so whatever went wrong. */
export async function runFault(codex: string, fault: Fault): Promise<FaultReport> {
  const startedAt = performance.now();
  if (fault.mounts && process.getuid?.() !== 0) return notTried(fault, "only root can mount a small disk");
  const run = new Run(fault, await Stand.open(codex, fault.id, fault.stand));
  try {
    await run.all();
  } catch (thrown) {
    run.problem(`it could not be tried: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : thrown}`);
  } finally {
    await run.close();
  }
  return { ...run.report(), elapsedMs: Math.round(performance.now() - startedAt) };
}

function notTried({ id, does }: Fault, why: string): FaultReport {
  const nothing = { problems: [], kept: 0, lost: [], doubled: [], stuck: false, orphans: [] };
  return { id, does, told: "", elapsedMs: 0, ...nothing, next: "not reached", notTried: why };
}

class Run {
  readonly #fault: Fault;
  readonly #stand: Stand;
  readonly #context: FaultContext;
  readonly #problems: string[] = [];
  readonly #turns: { threadId: string; turnId: string }[] = [];
  readonly #later: (() => Promise<void>)[] = [];
  #told = "nothing";
  #kept = 0;
  #lost: string[] = [];
  #doubled: string[] = [];
  #orphans: string[] = [];
  #stuck = false;
  #next: FaultReport["next"] = "not reached";

  constructor(fault: Fault, stand: Stand) {
    this.#fault = fault;
    this.#stand = stand;
    const later = (work: () => Promise<void>): void => void this.#later.push(work);
    this.#context = { stand, session: "s", abort: new AbortController(), later, notes: new Map() };
    stand.reply = (request) => this.#reply(request);
  }

  problem(text: string): void {
    this.#problems.push(text);
  }

  report(): Omit<FaultReport, "elapsedMs"> {
    const { id, does } = this.#fault;
    return {
      id,
      does,
      told: this.#told,
      problems: this.#problems,
      kept: this.#kept,
      lost: this.#lost,
      doubled: this.#doubled,
      stuck: this.#stuck,
      orphans: this.#orphans,
      next: this.#next,
    };
  }

  async all(): Promise<void> {
    const fault = this.#fault;
    const stand = this.#stand;
    const { session } = this.#context;
    const { rules = [], when = "turn" } = fault;
    if (fault.mounts) mountSmall(stand, fault.mounts);
    if (when !== "new") this.#sound(await stand.turn(session, prompts.before, fault.host?.(this.#context)));
    if (when === "restart") await stand.restart();
    await fault.before?.(this.#context);
    stand.arm(rules);
    const before = await this.#transcript();
    const faulted = await this.#faultedTurn();
    for (const rule of rules) if (stand.applied(rule) === 0) this.problem(`${rule.id} was never applied: no fault`);
    stand.arm([]);
    await fault.after?.(this.#context);
    if (!fault.noTranscript) this.#lookAt(before, await this.#transcript(), faulted);
    if (this.#stuck) return;
    await this.#nextTurn(faulted);
    await fault.check?.(this.#context, faulted);
    this.#lookAt(before, await this.#transcript(), faulted);
    await this.#nothingPending();
  }

  async #faultedTurn(): Promise<HostTurnResult | undefined> {
    const fault = this.#fault;
    const { abort, session } = this.#context;
    const withinMs = fault.withinMs ?? 25_000;
    const turn = async (): Promise<HostTurnResult | Told> => {
      if (fault.act) return fault.act(this.#context);
      const { observer, ...extra } = fault.turn?.(this.#context) ?? {};
      return this.#stand.turn(session, prompts.faulted, {
        signal: abort.signal,
        ...fault.host?.(this.#context),
        ...extra,
        observer: this.#watcher.observer(observer),
      });
    };
    const running = turn().catch((thrown: unknown) => (thrown instanceof Error ? thrown : new Error(String(thrown))));
    if (!(await settlesWithin(running, withinMs))) {
      this.#stuck = true;
      this.#told = `nothing within ${withinMs} ms`;
      this.problem("the turn is stuck");
      abort.abort();
      await settlesWithin(running, closeMs);
      return undefined;
    }
    const result = await running;
    this.#told = toldOf(result);
    if (!fault.told.test(this.#told)) this.problem(`the host was told "${this.#told}", not ${fault.told}`);
    if (result instanceof Error || "told" in result) return undefined;
    if (result.turnId !== "") this.#turns.push({ threadId: result.thread.id, turnId: result.turnId });
    return result;
  }

  readonly #watcher = new Watcher();

  /** What was there is there, what was seen is there, and nothing twice. */
  #lookAt(before: readonly TranscriptEntry[], now: readonly TranscriptEntry[], faulted?: HostTurnResult): void {
    const kept = new Map(now.map((entry) => [entry.id, entry]));
    this.#kept = now.length;
    const same = (entry: TranscriptEntry): boolean => {
      const there = kept.get(entry.id);
      return there !== undefined && (there.text === entry.text || entry.incomplete === true);
    };
    const gone = [...before, ...(faulted?.entries ?? [])].filter((entry) => !same(entry));
    this.#lost = [...gone.map(({ id }) => id), ...this.#watcher.missing(now)];
    for (const each of this.#lost) this.problem(`lost: ${each}`);
    this.#doubled = doubledIn(writtenEntries(this.#stand));
    for (const each of this.#doubled) this.problem(`doubled: ${each}`);
  }

  async #nextTurn(faulted: HostTurnResult | undefined): Promise<void> {
    const fault = this.#fault;
    const running = this.#stand.turn(this.#context.session, prompts.next, fault.host?.(this.#context));
    running.catch(() => undefined);
    this.#next = "failed";
    if (
      !(await settlesWithin(
        running.catch(() => undefined),
        soundMs,
      ))
    ) {
      this.problem("the next turn is stuck");
      this.#stuck = true;
      return;
    }
    const result = await running.catch((thrown: Error) => thrown);
    if (result instanceof Error) return this.problem(`the next turn failed: ${toldOf(result)}: ${result.message}`);
    this.#sound(result);
    const knows = fault.when === "new" ? "nothing yet" : "heron once";
    const rotated = result.thread.rotation !== undefined;
    if (fault.replaced !== "on some releases" && rotated !== (fault.replaced === "in next"))
      this.problem(`rotation: ${JSON.stringify(result.thread.rotation)}`);
    // A thread that was replaced is told the conversation in its own words.
    const expected = fault.replaced && fault.when !== "new" ? /heron/ : new RegExp(`knows ${knows}`);
    if (!expected.test(result.text)) this.problem(`the next turn said "${result.text}", not ${expected}`);
    if (faulted?.ok && !fault.replaced && result.thread.id !== faulted.thread.id) this.problem("another thread");
    if (this.#problems.every((each) => !each.startsWith("the next turn"))) this.#next = "ok";
  }

  /** A turn in which nothing goes wrong. */
  #sound(result: HostTurnResult): void {
    if (!result.ok) this.problem(`the next turn, or the one before, ended as ${toldOf(result)}`);
    this.#turns.push({ threadId: result.thread.id, turnId: result.turnId });
  }

  #transcript(): Promise<TranscriptEntry[]> {
    return this.#stand.host.transcript(this.#context.session);
  }

  async #nothingPending(): Promise<void> {
    const open = () => {
      const { sessions, requests, serverRequests, followed } = this.#stand.harness.snapshot();
      return sessions + requests + serverRequests + followed;
    };
    for (let wait = 0; wait < 100 && open() > 0; wait += 1) await sleep(50);
    if (open() > 0) this.problem(`still pending: ${JSON.stringify(this.#stand.harness.snapshot())}`);
  }

  /** Ends everything. What the server has on file must be in the transcript, and no process may be left. */
  async close(): Promise<void> {
    const stand = this.#stand;
    for (const work of this.#later) await work();
    const disposed = stand.host.dispose().catch((thrown: unknown) => this.problem(`dispose failed: ${String(thrown)}`));
    if (!(await settlesWithin(disposed, closeMs))) this.problem(`dispose took more than ${closeMs} ms`);
    for (let wait = 0; wait < 60 && stand.processes().length > 0; wait += 1) await sleep(50);
    const left = stand.processes();
    this.#orphans = left.map(({ command }) => command.slice(0, 80));
    for (const each of this.#orphans) this.problem(`left running: ${each}`);
    stand.signal(
      "SIGKILL",
      left.map(({ pid }) => pid),
    );
    try {
      if (this.#next !== "not reached") await this.#compareWithServer();
    } catch (thrown) {
      this.problem(`the server's record could not be read: ${String(thrown)}`);
    } finally {
      if (this.#fault.mounts) unmount(stand, this.#fault.mounts);
      await stand.close();
    }
  }

  async #compareWithServer(): Promise<void> {
    const server = await this.#stand.startServer();
    try {
      const lost = await lostOf(server, await this.#transcript(), this.#turns);
      this.#lost.push(...lost);
      for (const each of lost) this.problem(`the server has it, the transcript has not: ${each}`);
    } finally {
      await server.stop();
    }
  }

  #reply(request: ModelRequest) {
    const said = request.lastUserText;
    if (said === prompts.before) return [{ say: noted }];
    if (said !== prompts.next) return this.#fault.model?.(request, this.#context) ?? inPieces;
    const texts = userTexts(request.body);
    const times = (text: string): number => texts.filter((each) => each === text).length;
    const whole = JSON.stringify(request.body.input);
    if (times(prompts.before) === 0 && !whole.includes("heron")) return [{ say: "It knows nothing yet." }];
    const unknown = (this.#fault.knows ?? []).filter((words) => !whole.includes(words));
    if (unknown.length > 0) return [{ say: `It has never heard of ${unknown.join()}` }];
    const once = times(prompts.before) === 1 && whole.split(noted).length === 2 && times(prompts.faulted) <= 1;
    return [{ say: once ? "It knows heron once." : `It knows heron, but: ${JSON.stringify(texts)}` }];
  }
}
