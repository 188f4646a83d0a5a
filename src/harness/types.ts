import type { TranscriptEntry, TranscriptSink } from "../transcript/entry.ts";
import type { TurnOutcome, TurnUsage } from "../turn/outcome.ts";

/** A host session. `key` stays for its life; `id` is its generation and changes when the host starts it afresh. */
export interface SessionRef {
  readonly key: string;
  readonly id: string;
  readonly agentId?: string;
}

export type ApprovalPolicy = "never" | "on-request" | "untrusted";
export type SandboxMode = "read-only" | "workspace-write" | "danger-full-access";

/** One turn a host wants to have run. */
export interface Attempt {
  readonly session: SessionRef;
  readonly prompt: string;
  /** Absolute folder in which Codex works. */
  readonly cwd: string;
  readonly model?: string;
  readonly modelProvider?: string;
  readonly effort?: string;
  readonly developerInstructions?: string;
  readonly approvalPolicy: ApprovalPolicy;
  readonly sandbox: SandboxMode;
  /** Codex configuration overrides of the thread (dotted or nested keys). */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Aborting interrupts the turn; what was streamed and written so far is kept. */
  readonly signal?: AbortSignal;
  /** Budget of the whole attempt; the result then says which clock fired. */
  readonly timeoutMs?: number;
  readonly observer?: AttemptObserver;
  readonly transcript: TranscriptSink;
}

/** Live view of a turn, called in order. A returned promise slows the server down, never the memory up. */
export interface AttemptObserver {
  onThread?(thread: { id: string; resumed: boolean; rotation?: ThreadRotation }): void | Promise<void>;
  onAssistantStart?(message: { itemId: string }): void | Promise<void>;
  onPartialReply?(reply: PartialText): void | Promise<void>;
  onReasoning?(reasoning: PartialText): void | Promise<void>;
  onReasoningEnd?(): void | Promise<void>;
  onTool?(tool: ToolProgress): void | Promise<void>;
  onNotice?(notice: { text: string }): void | Promise<void>;
  onPhase?(phase: { phase: AttemptPhase; atMs: number }): void | Promise<void>;
}

/** `text` is everything of this item so far, `delta` what is new. */
export interface PartialText {
  readonly itemId: string;
  readonly text: string;
  readonly delta: string;
}

export interface ToolProgress {
  readonly phase: "start" | "update" | "end";
  readonly id: string;
  readonly name: string;
  readonly title: string;
  /** On update: the new output. On end: all of it, when the server gave it. */
  readonly output?: string;
  readonly status?: "completed" | "failed" | "declined" | "incomplete";
}

export type AttemptPhase = "server_ready" | "thread_ready" | "turn_accepted" | "first_token" | "settled";

/** Why a session's thread was replaced, and by which. Context is never dropped without one of these. */
export interface ThreadRotation {
  readonly reason: string;
  readonly from: string;
}

/** Milliseconds each phase took; absent when the phase was not reached or (spawn, initialize) not needed. */
export interface AttemptPhases {
  spawnMs?: number;
  initializeMs?: number;
  threadMs?: number;
  firstTokenMs?: number;
  turnMs?: number;
}

export interface ServerIdentity {
  readonly version: string;
  readonly userAgent: string;
  readonly binary: string;
  /** Of the binary file; empty when it could not be read. */
  readonly sha256: string;
}

/** What one attempt came to. `ok` is true only for a turn that the server says it completed. */
export interface AttemptResult {
  readonly ok: boolean;
  readonly outcome: TurnOutcome;
  readonly harness: string;
  readonly session: SessionRef;
  readonly thread: { readonly id: string; readonly resumed: boolean; readonly rotation?: ThreadRotation };
  readonly turnId: string;
  /** The final answer; on a turn that did not complete, what there was of it. */
  readonly text: string;
  readonly finalItemId?: string;
  readonly usage?: TurnUsage;
  readonly phases: AttemptPhases;
  readonly entries: readonly TranscriptEntry[];
  readonly server: ServerIdentity;
}

/** Which model route a host asks about. */
export interface RouteQuery {
  readonly provider: string;
  readonly modelId?: string;
}

export type Support = { readonly supported: true } | { readonly supported: false; readonly reason: string };

/** The host-neutral harness. Errors before the turn was accepted are thrown; afterwards they are outcomes. */
export interface Harness {
  readonly id: string;
  supports(route: RouteQuery): Support;
  runAttempt(attempt: Attempt): Promise<AttemptResult>;
  /** Asks Codex to compact the session's thread; resolves when the server says it has. */
  compact(session: SessionRef, options?: { signal?: AbortSignal }): Promise<{ compacted: boolean; reason?: string }>;
  /** Forgets the session's thread, so that its next attempt starts a new one. */
  reset(session: SessionRef, reason: string): Promise<void>;
  /** Stops every server this harness started. */
  dispose(): Promise<void>;
}
