import path from "node:path";
import { performance } from "node:perf_hooks";
import { BridgeError } from "../errors.ts";
import { answerSafely } from "../requests/defaults.ts";
import type { AppServerOptions } from "../server/app-server.ts";
import { binarySha256 } from "../server/binary.ts";
import { openThread } from "../thread/open.ts";
import { FileBindingStore } from "../thread/store.ts";
import type { TranscriptEntry } from "../transcript/entry.ts";
import type { TurnOutcome } from "../turn/outcome.ts";
import { runTurn } from "../turn/run.ts";
import { compactThread } from "./compact.ts";
import { effectHandler } from "./effects.ts";
import { ephemeralCredentials, type Login } from "./login.ts";
import { type LiveServer, ServerSlot } from "./server-slot.ts";
import type { Attempt, AttemptPhases, AttemptResult, Harness, ServerIdentity } from "./types.ts";

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
}

/**
 * The harness that runs attempts on a native Codex app-server. One server is started when the first attempt needs it
 * and shared by all sessions; a server that died is replaced by the next attempt.
 */
export function createCodexHarness(options: CodexHarnessOptions): Harness {
  const id = options.id ?? "codex";
  const providers = options.providers ?? ["openai", "codex"];
  const store = new FileBindingStore(path.join(options.stateDir, "sessions"));
  const slot = new ServerSlot(serverOptions(options), options.login);
  const busy = new Set<string>();

  const exclusively = async <T>(sessionKey: string, work: () => Promise<T>): Promise<T> => {
    if (busy.has(sessionKey)) {
      throw new BridgeError("session_busy", "This session already has a turn running.", {
        remedy: "Wait for it, interrupt it, or use another session.",
      });
    }
    busy.add(sessionKey);
    try {
      return await work();
    } finally {
      busy.delete(sessionKey);
    }
  };

  return {
    id,
    supports: (route) =>
      providers.includes(route.provider)
        ? { supported: true }
        : { supported: false, reason: `provider ${route.provider} is not one of ${providers.join(", ")}` },
    runAttempt: (attempt) => exclusively(attempt.session.key, () => runAttempt(attempt)),
    compact: (session, compactOptions) =>
      exclusively(session.key, async () => {
        const binding = await store.get(session.key);
        if (!binding) return { compacted: false, reason: "the session has no thread yet" };
        return compactThread(await slot.acquire(), binding, compactOptions?.signal);
      }),
    reset: (session) => store.remove(session.key),
    dispose: () => slot.dispose(),
  };

  async function runAttempt(attempt: Attempt): Promise<AttemptResult> {
    refuseAborted(attempt);
    const startedAt = performance.now();
    const at = (): number => performance.now() - startedAt;
    const phases: AttemptPhases = {};
    const live = await slot.acquire();
    if (live.fresh) {
      phases.spawnMs = live.server.timings.spawnMs;
      phases.initializeMs = live.server.timings.initializeMs;
      live.fresh = false;
    }
    await attempt.observer?.onPhase?.({ phase: "server_ready", atMs: at() });
    const threadFrom = performance.now();
    const thread = await openThread({
      server: live.server,
      store,
      session: attempt.session,
      loaded: live.loaded,
      settings: threadSettings(attempt),
      ...(attempt.signal ? { signal: attempt.signal } : {}),
    });
    phases.threadMs = performance.now() - threadFrom;
    await attempt.observer?.onThread?.(thread);
    await attempt.observer?.onPhase?.({ phase: "thread_ready", atMs: at() });
    refuseAborted(attempt);

    // Naming the model costs the server a settings update, so only a change is sent.
    const changedModel = attempt.model === live.loaded.get(thread.id) ? undefined : attempt.model;
    const turnFrom = performance.now();
    const entries: TranscriptEntry[] = [];
    let turnId = "";
    let writeError: unknown;
    const state = await runTurn({
      server: live.server,
      router: live.router,
      params: {
        threadId: thread.id,
        input: [{ type: "text", text: attempt.prompt }],
        ...(attempt.effort === undefined ? {} : { effort: attempt.effort }),
        ...(changedModel === undefined ? {} : { model: changedModel }),
      },
      onEffect: effectHandler({
        attempt,
        threadId: thread.id,
        entries,
        at,
        onAccepted: (accepted) => {
          turnId = accepted;
          if (changedModel !== undefined) live.loaded.set(thread.id, changedModel);
        },
        onFirstToken: () => {
          phases.firstTokenMs = performance.now() - turnFrom;
        },
        onWriteError: (error) => {
          writeError ??= error;
        },
      }),
      onEffectError: (error) => options.server?.log?.("warn", "an observer failed", { error: String(error) }),
      onRequest: (request) => answerSafely(request, "This host has no handler for the request; it was declined."),
      ...(attempt.signal ? { signal: attempt.signal } : {}),
      ...(attempt.timeoutMs === undefined ? {} : { timeoutMs: attempt.timeoutMs }),
    });
    phases.turnMs = performance.now() - turnFrom;
    // A transcript that could not be written makes the attempt fail, but the answer is still handed over.
    const outcome: TurnOutcome =
      writeError === undefined ? state.outcome! : { kind: "failed", error: transcriptError(writeError) };
    return {
      ok: outcome.kind === "completed",
      outcome,
      harness: id,
      session: attempt.session,
      thread,
      turnId,
      text: state.answer?.text ?? "",
      ...(state.answer ? { finalItemId: state.answer.itemId } : {}),
      ...(state.usage ? { usage: state.usage } : {}),
      phases,
      entries,
      server: await identify(live, options.stateDir),
    };
  }
}

function serverOptions(options: CodexHarnessOptions): AppServerOptions {
  if (!options.login) return options.server ?? {};
  return { ...options.server, configOverrides: [...(options.server?.configOverrides ?? []), ephemeralCredentials] };
}

function threadSettings(attempt: Attempt) {
  return {
    cwd: attempt.cwd,
    approvalPolicy: attempt.approvalPolicy,
    sandbox: attempt.sandbox,
    ...(attempt.model === undefined ? {} : { model: attempt.model }),
    ...(attempt.modelProvider === undefined ? {} : { modelProvider: attempt.modelProvider }),
    ...(attempt.developerInstructions === undefined ? {} : { developerInstructions: attempt.developerInstructions }),
    ...(attempt.config === undefined ? {} : { config: attempt.config }),
  };
}

async function identify(live: LiveServer, stateDir: string): Promise<ServerIdentity> {
  const { server } = live;
  const sha256 = await binarySha256(server.binary.file, path.join(stateDir, "binary-hash.json")).catch(() => "");
  return { version: server.info.version, userAgent: server.info.userAgent, binary: server.binary.file, sha256 };
}

function refuseAborted(attempt: Attempt): void {
  if (!attempt.signal?.aborted) return;
  throw new BridgeError("aborted", "The attempt was aborted before its turn began.", { cause: attempt.signal.reason });
}

function transcriptError(cause: unknown): BridgeError {
  if (cause instanceof BridgeError) return cause;
  return new BridgeError("transcript_unwritable", "The turn ran, but its transcript could not be written.", {
    remedy: "Check the folder's permissions and free space; the Codex thread has the whole turn.",
    cause,
  });
}
