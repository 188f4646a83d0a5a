/** What a user could see, one row per visible thing. Ids are derived, so writing the same thing twice is a no-op. */
export interface TranscriptEntry {
  /** `<threadId>/<turnId>/<itemId>/<kind>`: deterministic, so every writer and every replay agrees on it. */
  readonly id: string;
  readonly kind: TranscriptKind;
  readonly threadId: string;
  readonly turnId: string;
  readonly itemId: string;
  readonly text?: string;
  /** Only on assistant entries: running commentary or the answer itself; absent when the model did not say. */
  readonly phase?: "commentary" | "final_answer";
  readonly tool?: TranscriptTool;
  /** Present when the item was cut off: the server never completed it before the turn ended. */
  readonly incomplete?: true;
}

export type TranscriptKind = "user" | "assistant" | "reasoning" | "plan" | "tool" | "notice" | "error";

export interface TranscriptTool {
  readonly name: string;
  readonly callId: string;
  /** One line a person can read: the command, the changed files, the query. */
  readonly title: string;
  readonly input?: unknown;
  readonly output?: string;
  readonly status: "completed" | "failed" | "declined" | "incomplete";
}

/**
 * The single writer of a session's transcript. Appending an id that is already there must change nothing; a sink that
 * can may let a whole entry take the place of an incomplete one.
 */
export interface TranscriptSink {
  append(entries: readonly TranscriptEntry[]): Promise<void>;
}

/** Builds the id that all writers, replays and reconciliations share. */
export function entryId(threadId: string, turnId: string, itemId: string, kind: TranscriptKind): string {
  return `${threadId}/${turnId}/${itemId}/${kind}`;
}
