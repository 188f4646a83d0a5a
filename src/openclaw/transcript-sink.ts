import type { TranscriptEntry, TranscriptSink } from "../transcript/entry.ts";
import { type Attribution, hostMessages } from "./messages.ts";
import type { HostAttempt, HostTranscripts } from "./sdk.ts";

/** Writes entries into the host's transcript of one session. */
export interface HostTranscriptSink extends TranscriptSink {
  /** Ids of the entries that are in the transcript now. */
  readonly written: ReadonlySet<string>;
  /** Stores what the user said, through the host's own recorder; once, and before any answer to it. */
  persistUserTurn(): Promise<void>;
}

/**
 * The host stores a message at most once per idempotency key (`session-transcript-runtime`), and the key is derived
 * from the entry id: writing an entry twice, now or after a crash, changes nothing.
 */
export function createTranscriptSink(
  params: HostAttempt,
  transcripts: HostTranscripts,
  attribution: Attribution,
  nowMs: () => number = Date.now,
): HostTranscriptSink {
  const target = { ...params.sessionTarget, sessionKey: params.sessionKey ?? "", sessionId: params.sessionId };
  const { config } = params;
  const written = new Set<string>();
  let userTurn: Promise<unknown> | undefined;

  const persistUserTurn = async (): Promise<void> => {
    userTurn ??= Promise.resolve(params.userTurnTranscriptRecorder?.persistApproved());
    await userTurn;
  };

  return {
    written,
    persistUserTurn,
    async append(entries: readonly TranscriptEntry[]) {
      const fresh = entries.filter((entry) => !written.has(entry.id));
      if (fresh.length === 0) return;
      await persistUserTurn();
      const messages = fresh.flatMap((entry) => hostMessages(entry, attribution, nowMs()));
      if (messages.length > 0) {
        const appended = await transcripts.withSessionTranscriptWriteLock(
          { ...target, config },
          async (transaction) => {
            const ids: string[] = [];
            for (const message of messages) {
              const result = await transaction.appendMessage({
                message,
                idempotencyLookup: "scan",
                cwd: params.workspaceDir,
                config,
              });
              if (result?.appended) ids.push(result.messageId);
            }
            return ids;
          },
        );
        for (const messageId of appended) {
          await transcripts.publishSessionTranscriptUpdateByIdentity({ ...target, config, update: { messageId } });
        }
      }
      for (const entry of fresh) written.add(entry.id);
    },
  };
}
