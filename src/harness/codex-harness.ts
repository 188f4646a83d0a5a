import path from "node:path";
import { type Clocks, resolveClocks } from "../clocks.ts";
import { BridgeError } from "../errors.ts";
import type { AppServerOptions } from "../server/app-server.ts";
import { loadThread } from "../thread/open.ts";
import { FileBindingStore } from "../thread/store.ts";
import { compactThread } from "./compact.ts";
import { ephemeralCredentials, type Login } from "./login.ts";
import { type AttemptContext, runAttempt } from "./run-attempt.ts";
import { ServerSlot } from "./server-slot.ts";
import type { Harness } from "./types.ts";

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
  /** Clocks that differ from their defaults; see Clocks. */
  readonly clocks?: Partial<Clocks>;
}

/**
 * The harness that runs attempts on a native Codex app-server. One server is started when the first attempt needs it
 * and shared by all sessions; a server that died is replaced by the next attempt.
 */
export function createCodexHarness(options: CodexHarnessOptions): Harness {
  const id = options.id ?? "codex";
  const providers = options.providers ?? ["openai", "codex"];
  const clocks = resolveClocks(options.clocks);
  const store = new FileBindingStore(path.join(options.stateDir, "sessions"));
  const slot = new ServerSlot(serverOptions(options, clocks), options.login);
  const context: AttemptContext = {
    id,
    stateDir: options.stateDir,
    store,
    slot,
    clocks,
    unfinished: new Map(),
    leaving: new Map(),
    warn: (message, facts) => options.server?.log?.("warn", message, facts),
  };
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
    runAttempt: (attempt) => exclusively(attempt.session.key, () => runAttempt(context, attempt)),
    compact: (session, { signal } = {}) =>
      exclusively(session.key, async () => {
        const binding = await store.get(session.key);
        if (!binding) return { compacted: false, reason: "the session has no thread yet" };
        const live = await slot.acquire();
        await loadThread(live.server, live.loaded, binding);
        return compactThread(live, binding.threadId, clocks, () => void slot.retire(live), signal);
      }),
    reset: (session) => store.remove(session.key),
    dispose: () => slot.dispose(),
  };
}

function serverOptions(options: CodexHarnessOptions, clocks: Clocks): AppServerOptions {
  const server: AppServerOptions = {
    startTimeoutMs: clocks.initializeMs,
    requestTimeoutMs: clocks.requestMs,
    ...options.server,
  };
  if (!options.login) return server;
  return { ...server, configOverrides: [...(server.configOverrides ?? []), ephemeralCredentials] };
}
