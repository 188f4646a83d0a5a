import type { Clocks } from "../clocks.ts";
import { toBridgeError } from "../errors.ts";
import type { ApprovalMemory } from "../requests/approvals.ts";
import type { ToolSet } from "../requests/tool-set.ts";
import type { BindingPatch, ThreadBinding } from "../thread/binding.ts";
import type { OpenedThread, ProviderSettings } from "../thread/open.ts";
import type { WantedSettings } from "../thread/settings.ts";
import type { BindingStore } from "../thread/store.ts";
import type { TranscriptEntry } from "../transcript/entry.ts";
import type { TurnState } from "../turn/state.ts";
import { RpcError } from "../wire/errors.ts";
import { nativeOff } from "./native-off.ts";
import type { RecordWriter } from "./record-writer.ts";
import type { ServerLease } from "./server-pool.ts";
import type { LiveServer } from "./server-slot.ts";
import { type Afterwards, ownerOf } from "./session.ts";
import type { Attempt, AttemptPhases, SessionRef } from "./types.ts";

/** What all attempts of a harness share. */
export interface AttemptContext {
  readonly id: string;
  readonly stateDir: string;
  readonly store: BindingStore;
  readonly slot: ServerLease;
  readonly clocks: Clocks;
  readonly historyBytes: number;
  readonly maxContextTokens?: number;
  /** What a thread has to be loaded or forked with when its model provider is none of Codex's own. */
  providerOf(session: SessionRef, bound: ThreadBinding): Promise<ProviderSettings>;
  /** Codex configuration that every thread gets, below what the attempt says. */
  readonly threadConfig?: Readonly<Record<string, unknown>>;
  /** Turns whose end nobody saw, by thread: their transcripts are completed before the next turn. */
  readonly unfinished: Map<string, TurnState>;
  /** Threads that could not be named yet. */
  readonly unnamed: Set<string>;
  /** What could not be written into transcripts, by session: it is written before anything else of the session. */
  readonly unwritten: Map<string, readonly TranscriptEntry[]>;
  /** When a server was last given up because its login was refused (Unix milliseconds; 0: never). */
  authRetiredAtMs: number;
  /** What people allowed for good, by session. */
  readonly memories: Map<string, ApprovalMemory>;
  /** Servers on their way out, by a thread they must not run beside its next server. */
  readonly leaving: Map<string, Promise<void>>;
  warn(message: string, facts: Record<string, unknown>): void;
}

/** One attempt in progress. */
export interface Running {
  readonly context: AttemptContext;
  readonly attempt: Attempt;
  readonly clocks: Clocks;
  readonly phases: AttemptPhases;
  readonly entries: TranscriptEntry[];
  readonly tools: ToolSet;
  /** Does something when the result is out, before the session is free again. */
  readonly afterwards: Afterwards;
  at(): number;
  /** What switches Codex's own MCP servers off, where Codex may do nothing by itself; see `mcpServersOff`. */
  serversOff: Readonly<Record<string, unknown>>;
  readonly record: RecordWriter;
  /** The server that was begun for this attempt; gone once it was used. */
  begun: Promise<LiveServer> | undefined;
}

export interface Try {
  readonly live: LiveServer;
  readonly thread: OpenedThread;
  readonly state: TurnState;
  /** Messages the connection had skipped before this turn. */
  readonly skippedBefore: number;
}

/** The settings of an attempt, as threads are compared by. */
export function threadSettings(
  running: Pick<Running, "attempt" | "tools" | "serversOff"> & {
    readonly context: Pick<AttemptContext, "threadConfig">;
  },
): WantedSettings {
  const { attempt, tools, serversOff } = running;
  const { threadConfig } = running.context;
  const settings: WantedSettings = {
    cwd: attempt.cwd,
    approvalPolicy: attempt.approvalPolicy,
    sandbox: attempt.sandbox,
    ...(attempt.model === undefined ? {} : { model: attempt.model }),
    ...(attempt.modelProvider === undefined ? {} : { modelProvider: attempt.modelProvider }),
    ...(attempt.developerInstructions === undefined ? {} : { developerInstructions: attempt.developerInstructions }),
    ...((attempt.config ?? threadConfig) ? { config: { ...threadConfig, ...attempt.config } } : {}),
    ...(attempt.effort === undefined ? {} : { effort: attempt.effort }),
    ...(attempt.approvalsReviewer === undefined ? {} : { approvalsReviewer: attempt.approvalsReviewer }),
    tools: tools.definitions,
  };
  return attempt.nativeExecution === "off" ? { ...settings, ...nativeOff(settings, serversOff) } : settings;
}

/** Keeps what is known of the session's thread. */
export function note(running: Running, patch: BindingPatch): Promise<void> {
  return running.context.store.patch(ownerOf(running.attempt.session), patch);
}

/** Gives a server up for this thread; other threads may finish on it. */
export function retire(context: AttemptContext, live: LiveServer, threadId: string): void {
  const gone = context.slot.retire(live).finally(() => context.leaving.delete(threadId));
  context.leaving.set(threadId, gone);
}

/** How long a login that was refused again is not tried anew. */
const authRestMs = 60_000;

/** A refused login is tried anew once, with a new server; refused again, it would only be refused for ever. */
export function retireForAuth(context: AttemptContext, live: LiveServer, threadId: string): void {
  if (Date.now() - context.authRetiredAtMs < authRestMs) return;
  context.authRetiredAtMs = Date.now();
  retire(context, live, threadId);
}

/**
 * A request that was not answered in time says nothing about the server: it may be busy with this one. One that does
 * not answer a second, small question either is given up, so that the next attempt has another.
 */
export async function orSuspect<T>(running: Running, live: LiveServer, threadId: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    if (toBridgeError(thrown).code !== "wire_request_timeout") throw thrown;
    const timeoutMs = running.clocks.settlementMs;
    const alive = await live.server.call("thread/loaded/list", {}, { timeoutMs }).then(
      () => true,
      (error: unknown) => error instanceof RpcError,
    );
    if (!alive) retire(running.context, live, threadId);
    throw thrown;
  }
}
