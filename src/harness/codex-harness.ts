import { type Clocks, resolveClocks } from "../clocks.ts";
import type { AppServerOptions } from "../server/app-server.ts";
import type { TranscriptEntry } from "../transcript/entry.ts";
import type { CodexAccount, CodexLimits } from "./account.ts";
import type { Aside, AsideAnswer } from "./aside.ts";
import { checkInput, refuseAborted } from "./attempt-checks.ts";
import type { AttemptContext } from "./attempt-context.ts";
import { changedAttempt } from "./changed-attempt.ts";
import { HarnessCommons } from "./commons.ts";
import type { SessionCompaction } from "./compact.ts";
import { executableSha256 } from "./executable-hash.ts";
import type { Login } from "./login.ts";
import type { McpServer } from "./mcp-inventory.ts";
import { type ModelRouter, providerSettings, routed } from "./model-access.ts";
import type { CodexModel } from "./models.ts";
import { type HarnessRecorder, recorded, recordedAside, recordedHarness } from "./recorder.ts";
import { noGoalsInThread, serverOptions } from "./server-options.ts";
import { serverPool } from "./server-pool.ts";
import { type Afterwards, ownerOf, prepare } from "./session.ts";
import { type HarnessSnapshot, snapshotOf } from "./snapshot.ts";
import type { SubAgentEnd } from "./sub-agents.ts";
import type { Attempt, Harness, SessionRef } from "./types.ts";
import { Work } from "./work.ts";

export interface CodexHarnessOptions {
  /** Harness id in the host's registry. Default `codex`. */
  readonly id?: string;
  /** Private folder of the bridge: session bindings and caches. */
  readonly stateDir: string;
  /** How the app-server is started; see AppServerOptions. */
  readonly server?: Omit<AppServerOptions, "signal">;
  readonly login?: Login;
  /** Providers whose models run here. Default `openai` and the legacy `codex`. */
  readonly providers?: readonly string[];
  /** How much of a conversation (UTF-8 bytes) a thread is told that has to replace another. Default 32 KiB. */
  readonly historyBytes?: number;
  /** A thread whose context is fuller than this (tokens) is compacted before its next turn. Default: Codex decides. */
  readonly maxContextTokens?: number;
  /** Clocks that differ from their defaults; see Clocks. */
  readonly clocks?: Partial<Clocks>;
  /** How many servers this process may run at a time, those of other harnesses included. Default 16. */
  readonly maxServers?: number;
  /** Shared by harnesses of one state folder, with other servers or logins; closed by whoever made it. */
  readonly commons?: HarnessCommons;
  /** Says where an attempt's model is asked, for models that Codex does not reach by itself; see `src/gateway/`. */
  readonly modelRouter?: ModelRouter;
  /** Told of everything that is needed to play a session again; see `src/replay/`. */
  readonly recorder?: HarnessRecorder;
}

/** What this harness can do besides running attempts. */
export interface CodexHarness extends Harness {
  /** As `Harness.compact`; `tokensBefore` is what filled the context, when known. */
  compact(session: SessionRef, options?: { signal?: AbortSignal }): Promise<SessionCompaction>;
  /**
   * Answers a question beside the session, in words alone. Does not wait for a turn that is running there.
   * @throws BridgeError `session_has_no_thread` when the question is about a session without a conversation
   */
  aside(question: Aside): Promise<AsideAnswer>;
  /** What models the server offers now; ModelCatalog keeps the list. */
  models(): Promise<readonly CodexModel[]>;
  /** Whom the running server is logged in as; starts one when there is none. */
  account(timeoutMs?: number): Promise<CodexAccount | undefined>;
  limits(timeoutMs?: number): Promise<CodexLimits>;
  /** The MCP servers of the session's thread; undefined when it is not loaded, for nothing is started for it. */
  mcpServers(session: SessionRef, timeoutMs?: number): Promise<McpServer[] | undefined>;
  /** Starts the server before the first attempt needs it; one that is idle for `idleStopMs` is stopped again. */
  prewarm(): Promise<void>;
  /** Waits for a native sub-agent that outlived its turn; the signal interrupts it. Never rejects. */
  subAgentEnd(threadId: string, signal?: AbortSignal): Promise<SubAgentEnd>;
  /** What a native sub-agent said and did, oldest first. */
  subAgentEntries(threadId: string): Promise<TranscriptEntry[]>;
  /** How much is held in memory now. */
  snapshot(): HarnessSnapshot;
  /** Gives its server up when the work that is under way is done; new work is refused. */
  retire(): Promise<void>;
}

/**
 * The harness that runs attempts on a native Codex app-server. One server is started when the first attempt needs it
 * and shared by all sessions, and by all harnesses of the process that mean the same server (see `sharingKey`); a server
 * that died is replaced by the next attempt.
 */
export function createCodexHarness(options: CodexHarnessOptions): CodexHarness {
  const id = options.id ?? "codex";
  const providers = options.providers ?? ["openai", "codex"];
  const clocks = resolveClocks(options.clocks);
  const warn = (message: string, facts: Record<string, unknown>): void => options.server?.log?.("warn", message, facts);
  const commons = options.commons ?? new HarnessCommons({ stateDir: options.stateDir, clocks, warn });
  const { store, sessions } = commons;
  const slot = serverPool().lease({
    options: serverOptions(options, clocks),
    login: options.login,
    idleStopMs: clocks.idleStopMs,
    maxServers: options.maxServers ?? 16,
  });
  const running = new Work();
  const work = { during: <T>(each: () => Promise<T>) => running.during(() => slot.during(each)) };
  /** Ends this harness's own attempts on a server that goes on for others. */
  const gone = new AbortController();
  const context: AttemptContext = {
    id,
    stateDir: options.stateDir,
    store,
    slot,
    clocks,
    unfinished: new Map(),
    unnamed: new Set(),
    unwritten: new Map(),
    leaving: slot.leaving,
    memories: new Map(),
    authRetiredAtMs: 0,
    historyBytes: options.historyBytes ?? 32_768,
    providerOf: (session, bound) => providerSettings(options.modelRouter, session, bound),
    ...(options.server?.endpoint ? { threadConfig: noGoalsInThread } : {}),
    ...(options.maxContextTokens === undefined ? {} : { maxContextTokens: options.maxContextTokens }),
    warn,
  };
  const retireThread = (session: SessionRef, reason: string, keepHistory: boolean): Promise<void> =>
    store.patch(ownerOf(session), { state: "retired", retiredReason: reason, carryHistory: keepHistory ? 1 : 0 });
  /** One thing at a time per session, with its thread in no other server's memory. */
  const inSession = <T>(session: SessionRef, run: (afterwards: Afterwards) => Promise<T>, wait: Waiting = {}) =>
    work.during(() =>
      sessions.exclusively(
        session,
        async (afterwards) => {
          const bound = await store.get(ownerOf(session));
          if (bound) await slot.handOver(bound.threadId);
          return run(afterwards);
        },
        wait.signal,
        wait.ms ?? clocks.sessionWaitMs,
      ),
    );
  const dispose = async (): Promise<void> => {
    // What is still to be noted may need the server.
    await sessions.finished();
    if (slot.shared) gone.abort(new Error("the harness is disposed"));
    await slot.release();
    if (options.commons) await running.done();
    else await commons.close();
    await options.recorder?.close();
  };

  const harness: CodexHarness = {
    id,
    supports: (route) =>
      providers.includes(route.provider)
        ? { supported: true }
        : { supported: false, reason: `provider ${route.provider} is not one of ${providers.join(", ")}` },
    runAttempt: (attempt) =>
      inSession(
        attempt.session,
        (afterwards) =>
          recorded(
            options.recorder,
            attempt,
            clocks,
            async (watched) => {
              const ready = until(await routed(options.modelRouter, watched), gone.signal);
              checkInput(ready);
              refuseAborted(ready);
              // What a turn needs is loaded while its server prepares itself.
              const { live, started } = slot.begin();
              await started;
              const { runAttempt } = await import("./run-attempt.ts");
              return runAttempt(context, ready, afterwards, live);
            },
            (file) => executableSha256(file, options.stateDir),
          ),
        {
          ...(attempt.signal ? { signal: attempt.signal } : {}),
          ...(attempt.clocks?.sessionWaitMs === undefined ? {} : { ms: attempt.clocks.sessionWaitMs }),
        },
      ),
    compact: (session, { signal } = {}) =>
      inSession(
        session,
        async () => (await import("./compact.ts")).compactSession(context, session, signal),
        signal ? { signal } : {},
      ),
    reset: (session, reason, { keepHistory = false } = {}) =>
      sessions.exclusively(session, () => retireThread(session, reason, keepHistory)),
    prepareReset: (session, reason) => prepare(sessions, session, () => retireThread(session, reason, false)),
    fork: (from, to, forkOptions) =>
      inSession(from, () =>
        sessions.exclusively(to, async () => {
          const { forkSession } = await import("./fork.ts");
          return forkSession(store, await slot.acquire(), from, to, forkOptions?.lastTurnId, context.providerOf);
        }),
      ),
    aside: (question) =>
      recordedAside(options.recorder, question, () =>
        work.during(async () =>
          (await import("./aside-session.ts")).askInSession(context, question, options.modelRouter),
        ),
      ),
    models: () => work.during(async () => (await import("./models.ts")).listModels((await slot.acquire()).server)),
    account: (timeoutMs = clocks.requestMs) =>
      work.during(async () => (await import("./account.ts")).readAccount((await slot.acquire()).server, timeoutMs)),
    limits: (timeoutMs = clocks.requestMs) =>
      work.during(async () => (await import("./account.ts")).readLimits((await slot.acquire()).server, timeoutMs)),
    async mcpServers(session, timeoutMs = clocks.requestMs) {
      const { live } = slot;
      const bound = live && (await store.get(ownerOf(session)));
      if (!bound || bound.sessionId !== session.id || !live.loaded.has(bound.threadId)) return undefined;
      const { listMcpServers } = await import("./mcp-inventory.ts");
      return listMcpServers(live, bound.threadId, timeoutMs);
    },
    prewarm: () => slot.prewarm(),
    async subAgentEnd(threadId, signal) {
      const { live } = slot;
      const { subAgentEnd } = await import("./sub-agents.ts");
      return live ? subAgentEnd(live, threadId, clocks, signal) : { status: "lost", text: "" };
    },
    subAgentEntries: (threadId) =>
      work.during(async () => (await import("./sub-agents.ts")).subAgentEntries(await slot.acquire(), threadId)),
    snapshot: () => snapshotOf(context, sessions, slot.live ? [slot.live] : []),
    async retire() {
      await running.done();
      await dispose();
    },
    dispose,
  };
  return options.recorder ? recordedHarness(options.recorder, harness) : harness;
}

/** The same attempt, which is also given up when `signal` says so. */
function until(attempt: Attempt, signal: AbortSignal): Attempt {
  const either = attempt.signal ? AbortSignal.any([attempt.signal, signal]) : signal;
  return changedAttempt(attempt, { signal: either });
}

interface Waiting {
  readonly signal?: AbortSignal;
  readonly ms?: number;
}
