import type { Clocks } from "../clocks.ts";
import type { RequestHandlers } from "../requests/types.ts";
import type { ThreadRotation } from "../thread/open.ts";
import type { PriorMessage } from "../thread/projection.ts";
import type { TranscriptEntry, TranscriptSink } from "../transcript/entry.ts";
import type { TurnClassification, TurnOutcome, TurnUsage } from "../turn/outcome.ts";
import type { TurnControl } from "../turn/run.ts";
import type { PlanStep } from "../turn/state.ts";
import type { SteerMessage } from "../turn/steering.ts";

/** A host session. `key` stays for its life; `id` is its generation and changes when the host starts it afresh. */
export interface SessionRef {
  readonly key: string;
  readonly id: string;
  readonly agentId?: string;
  /** The generation before, when the host only renamed it (a compaction): its thread goes on. */
  readonly predecessorId?: string;
}

export type ApprovalPolicy = "never" | "on-request" | "untrusted";
export type SandboxMode = "read-only" | "workspace-write" | "danger-full-access";

/** One turn a host wants to have run. */
export interface Attempt extends RequestHandlers {
  readonly session: SessionRef;
  readonly prompt: string;
  /** Pictures that belong to the prompt, as data URLs. */
  readonly images?: readonly string[];
  /** What the model should know in this turn besides the prompt. */
  readonly context?: readonly TurnContext[];
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
  /** `fast`: served with priority; null: the standard tier, whatever the thread had. Absent: standard, as far as known. */
  readonly serviceTier?: "fast" | null;
  /** `off`: Codex itself runs no command and touches no file, whatever `sandbox` says; host tools still work. */
  readonly nativeExecution?: "off";
  /** Who looks at what Codex wants approved: a person (the host's `approve`), or Codex's own reviewer. */
  readonly approvalsReviewer?: "user" | "auto_review";
  /** Host tools that are left out because Codex has its own; default `nativeTools`. */
  readonly excludeTools?: readonly string[];
  /**
   * A tool whose parameters changed is the same tool: the host checks what its tools are called with, and parts of their
   * parameters are about the turn (which channel, which actions). Without it such a change replaces the thread.
   */
  readonly lenientTools?: true;
  /** The host's record of the conversation, asked for only when a thread has to be replaced. */
  history?(): Promise<readonly PriorMessage[] | undefined>;
  /** The first thread of a session is told its history, too: hosts fork sessions, and run them on other runtimes. */
  readonly adoptHistory?: true;
  /** Why the host runs this harness, as HostTurnResult has it: goes into a recording. Absent: it does not know. */
  readonly selection?: string;
  /** `if_known`: the result does not wait for the hash of the Codex binary, which takes seconds once per binary. */
  readonly serverHash?: "if_known";
  /** Aborting interrupts the turn; what was streamed and written so far is kept. */
  readonly signal?: AbortSignal;
  /** Budget of the whole attempt; the result then says which clock fired. Default: the clock `runBudgetMs`. */
  readonly timeoutMs?: number;
  /** Clocks that differ from the harness's for this attempt. */
  readonly clocks?: Partial<Clocks>;
  /** A reply of this word alone means "say nothing": it is not streamed. Default `NO_REPLY`. */
  readonly silentToken?: string;
  /** Called with the handle that reaches the turn while it runs. */
  onControl?(control: TurnControl): void;
  readonly observer?: AttemptObserver;
  readonly transcript: TranscriptSink;
}

/** One piece of context of a turn. What comes from outside (names, messages) is data, and is marked as such. */
export interface TurnContext {
  /** Lower case and underscores. */
  readonly key: string;
  readonly text: string;
  readonly source: "host" | "untrusted";
}

/** Live view of a turn, called in order. A returned promise slows the server down, never the memory up. */
export interface AttemptObserver {
  onThread?(thread: { id: string; resumed: boolean; rotation?: ThreadRotation }): void | Promise<void>;
  onAssistantStart?(message: { itemId: string }): void | Promise<void>;
  /** Words of the answer. Commentary goes to `onCommentary`, a silent reply nowhere. */
  onPartialReply?(reply: PartialText): void | Promise<void>;
  onCommentary?(commentary: PartialText): void | Promise<void>;
  /** What was streamed of this message does not stand: the server began it again. */
  onAssistantDiscard?(message: { itemId: string }): void | Promise<void>;
  onReasoning?(reasoning: PartialText): void | Promise<void>;
  onReasoningEnd?(): void | Promise<void>;
  onTool?(tool: ToolProgress): void | Promise<void>;
  onPlan?(plan: { steps: readonly PlanStep[] }): void | Promise<void>;
  onUsage?(usage: TurnUsage): void | Promise<void>;
  onCompaction?(compaction: { phase: "start" | "end" }): void | Promise<void>;
  onAgent?(agent: AgentProgress): void | Promise<void>;
  /** A steer stands in the turn, or is handed back because the turn did not take it. */
  onSteer?(steer: { id: string; status: "consumed" | "returned" }): void | Promise<void>;
  onNotice?(notice: { text: string }): void | Promise<void>;
  onPhase?(phase: { phase: AttemptPhase; atMs: number }): void | Promise<void>;
}

/** A native sub-agent began or ended its work, or goes on after its turn. */
export interface AgentProgress {
  readonly threadId: string;
  /** `running`, `completed`, `failed`, `interrupted`, `left_running`. */
  readonly status: string;
  /** What it was told, where Codex says so. */
  readonly task?: string;
  /** What it said last, cut. */
  readonly text?: string;
}

/** `text` is everything of this item so far, `delta` what is new. `replace`: show `text` instead of what was shown. */
export interface PartialText {
  readonly itemId: string;
  readonly text: string;
  readonly delta: string;
  readonly replace?: true;
}

export interface ToolProgress {
  readonly phase: "start" | "update" | "end";
  readonly id: string;
  readonly name: string;
  readonly title: string;
  /** What the tool was called with. */
  readonly input?: unknown;
  /** True for what Codex does itself; false for a call of a host tool. */
  readonly native: boolean;
  /** On update: the last kilobytes of the output so far. On end: its beginning and end, when the server gave it. */
  readonly output?: string;
  /** Thread of the native sub-agent that does it; absent for the turn's own tools. */
  readonly agent?: string;
  readonly status?: "completed" | "failed" | "declined" | "incomplete";
  /** Of a command that ended. */
  readonly exitCode?: number;
}

export type AttemptPhase = "server_ready" | "thread_ready" | "turn_accepted" | "first_token" | "first_tool" | "settled";

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
  /** The executable; of a server that somebody else runs, its address. */
  readonly binary: string;
  /** How the binary was found: brought by the bridge, named by its path, or looked up on PATH. */
  readonly origin?: "managed" | "explicit" | "path";
  /** Somebody else runs the server: it may go on with what we do not see. */
  readonly remote?: true;
  /** Of the binary file; empty when it could not be read, or is not known yet and was not to be waited for. */
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
  /** What a completed turn without a visible answer was. */
  readonly classification?: TurnClassification;
  /** Steers the turn did not consume, oldest first: they belong into the next turn. */
  readonly returnedSteers: readonly SteerMessage[];
  readonly usage?: TurnUsage;
  readonly phases: AttemptPhases;
  readonly entries: readonly TranscriptEntry[];
  readonly server: ServerIdentity;
  /** How many messages of the server were skipped meanwhile, because something the bridge reads was not as expected. */
  readonly skipped?: number;
}

/** Which model route a host asks about. */
export interface RouteQuery {
  readonly provider: string;
  readonly modelId?: string;
}

export type Support = { readonly supported: true } | { readonly supported: false; readonly reason: string };

export interface PreparedReset {
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** The host-neutral harness. Errors before the turn was accepted are thrown; afterwards they are outcomes. */
export interface Harness {
  readonly id: string;
  supports(route: RouteQuery): Support;
  runAttempt(attempt: Attempt): Promise<AttemptResult>;
  /** Asks Codex to compact the session's thread; resolves when the server says it has. */
  compact(session: SessionRef, options?: { signal?: AbortSignal }): Promise<{ compacted: boolean; reason?: string }>;
  /**
   * Ends the session's thread, so that its next attempt starts a new one. `keepHistory`: the new thread is told what was
   * said before (a host that rewound its transcript).
   */
  reset(session: SessionRef, reason: string, options?: { keepHistory?: boolean }): Promise<void>;
  /** The same in two steps: nothing else runs in the session until it is committed or rolled back. */
  prepareReset(session: SessionRef, reason: string): Promise<PreparedReset>;
  /**
   * Gives another session a copy of this one's conversation (`thread/fork`), up to the end of `lastTurnId`.
   * @throws BridgeError `session_has_no_thread` | `fork_point_unsupported`
   */
  fork(from: SessionRef, to: SessionRef, options?: { lastTurnId?: string }): Promise<{ threadId: string }>;
  /** Stops every server this harness started. */
  dispose(): Promise<void>;
}
