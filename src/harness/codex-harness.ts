import path from "node:path";
import { type Clocks, resolveClocks } from "../clocks.ts";
import type { AppServerOptions } from "../server/app-server.ts";
import { loadThread } from "../thread/open.ts";
import { BindingStore } from "../thread/store.ts";
import type { AttemptContext } from "./attempt-context.ts";
import { compactThread } from "./compact.ts";
import { forkSession } from "./fork.ts";
import { ephemeralCredentials, type Login } from "./login.ts";
import { type HarnessRecorder, recorded, recordedHarness } from "./recorder.ts";
import { runAttempt } from "./run-attempt.ts";
import { ServerSlot } from "./server-slot.ts";
import { ownerOf, prepare, Sessions } from "./session.ts";
import type { Harness, SessionRef } from "./types.ts";

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
  /** Told of everything that is needed to play a session again; see `src/replay/`. */
  readonly recorder?: HarnessRecorder;
}

/**
 * The harness that runs attempts on a native Codex app-server. One server is started when the first attempt needs it
 * and shared by all sessions; a server that died is replaced by the next attempt.
 */
export function createCodexHarness(options: CodexHarnessOptions): Harness {
  const id = options.id ?? "codex";
  const providers = options.providers ?? ["openai", "codex"];
  const clocks = resolveClocks(options.clocks);
  const warn = (message: string, facts: Record<string, unknown>): void => options.server?.log?.("warn", message, facts);
  const store = new BindingStore(path.join(options.stateDir, "sessions.db"), {
    onSetAside: (movedTo) => warn("the session store was damaged; it was set aside and is rebuilt", { movedTo }),
  });
  const slot = new ServerSlot(serverOptions(options, clocks), options.login);
  const context: AttemptContext = {
    id,
    stateDir: options.stateDir,
    store,
    slot,
    clocks,
    unfinished: new Map(),
    leaving: new Map(),
    memories: new Map(),
    authRetiredAtMs: 0,
    historyBytes: options.historyBytes ?? 32_768,
    ...(options.maxContextTokens === undefined ? {} : { maxContextTokens: options.maxContextTokens }),
    warn,
  };
  const sessions = new Sessions(store, clocks.sessionWaitMs);
  const retire = (session: SessionRef, reason: string, keepHistory: boolean): Promise<void> =>
    store.patch(ownerOf(session), { state: "retired", retiredReason: reason, carryHistory: keepHistory ? 1 : 0 });

  const harness: Harness = {
    id,
    supports: (route) =>
      providers.includes(route.provider)
        ? { supported: true }
        : { supported: false, reason: `provider ${route.provider} is not one of ${providers.join(", ")}` },
    runAttempt: (attempt) =>
      sessions.exclusively(
        attempt.session,
        (afterwards) =>
          recorded(options.recorder, attempt, clocks, (watched) => runAttempt(context, watched, afterwards)),
        attempt.signal,
        attempt.clocks?.sessionWaitMs,
      ),
    compact: (session, { signal } = {}) =>
      sessions.exclusively(
        session,
        async () => {
          const binding = await store.get(ownerOf(session));
          if (binding?.state !== "active") return { compacted: false, reason: "the session has no thread yet" };
          const live = await slot.acquire();
          await loadThread(live.server, live.loaded, binding);
          return compactThread(live, binding.threadId, clocks, () => void slot.retire(live), signal);
        },
        signal,
      ),
    reset: (session, reason, { keepHistory = false } = {}) =>
      sessions.exclusively(session, () => retire(session, reason, keepHistory)),
    prepareReset: (session, reason) => prepare(sessions, session, () => retire(session, reason, false)),
    fork: (from, to, forkOptions) =>
      sessions.exclusively(from, () =>
        sessions.exclusively(to, async () =>
          forkSession(store, await slot.acquire(), from, to, forkOptions?.lastTurnId),
        ),
      ),
    async dispose() {
      // What is still to be noted may need the server.
      await sessions.finished();
      await slot.dispose();
      await sessions.idle();
      await store.close();
      await options.recorder?.close();
    },
  };
  return options.recorder ? recordedHarness(options.recorder, harness) : harness;
}

/**
 * A thread that gives itself goals (from 0.133 on) runs turns nobody asked for: no host would see what they say, and up
 * to 0.147 a prompt that meets one is answered where nobody reads it. Stated first, so that who wants it can have it.
 */
const noGoals = "features.goals=false";

function serverOptions(options: CodexHarnessOptions, clocks: Clocks): AppServerOptions {
  const { configOverrides = [], ...server } = options.server ?? {};
  return {
    startTimeoutMs: clocks.initializeMs,
    requestTimeoutMs: clocks.requestMs,
    ...(options.recorder ? { recorder: options.recorder } : {}),
    ...server,
    configOverrides: [noGoals, ...configOverrides, ...(options.login ? [ephemeralCredentials] : [])],
  };
}
