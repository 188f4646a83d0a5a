/** Whose thread it is. `key` stays for the session's life; `id` is its generation. */
export interface SessionOwner {
  readonly agentId: string;
  readonly sessionKey: string;
}

/** `active`: in use; `retired`: the host ended the session; `orphaned`: Codex has lost the thread. */
export type BindingState = "active" | "retired" | "orphaned";

/** Which Codex thread a host session uses, and what its model was last told. */
export interface ThreadBinding extends SessionOwner {
  /** Generation of the session: another id under the same key is a new conversation. */
  readonly sessionId: string;
  readonly threadId: string;
  /** File in which Codex keeps the thread, when it said so. */
  readonly rolloutPath?: string | undefined;
  readonly codexVersion: string;
  readonly codexHome?: string | undefined;
  readonly cwd: string;
  readonly model?: string | undefined;
  readonly modelProvider?: string | undefined;
  /** Approval policy and sandbox of the last turn, for people: `never/workspace-write`. */
  readonly policy: string;
  /** Name and parameter identity of each host tool the thread was started with; null: nobody knows. See toolIdentity. */
  readonly tools: Readonly<Record<string, string>> | null;
  /** Digest of the developer instructions the model was told last. */
  readonly instructions: string;
  readonly state: BindingState;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly lastTurnId?: string | undefined;
  /** `running` while it runs: found so later, its host died. */
  readonly lastTurnStatus?: string | undefined;
  /** Why the host ended the session, on a retired binding. */
  readonly retiredReason?: string | undefined;
  /** 1 when the next thread is to be told what was said before (a rewind), on a retired binding. */
  readonly carryHistory?: number | undefined;
  /** What filled the context after the last turn (tokens), when known. */
  readonly contextTokens?: number | undefined;
}

/** Why a session's thread was replaced. Context is never dropped without one of these. */
export interface RotationRecord extends SessionOwner {
  readonly reason: string;
  readonly from: string;
  readonly to: string;
  readonly atMs: number;
}

export type BindingPatch = Partial<Omit<ThreadBinding, "agentId" | "sessionKey">>;
