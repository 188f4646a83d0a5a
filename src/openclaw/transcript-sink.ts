import type { TranscriptEntry, TranscriptSink } from "../transcript/entry.ts";
import { type Attribution, hostMessages, type KeyedMessage } from "./messages.ts";
import { defined } from "./record.ts";
import type { HostAttempt, HostRuntime, HostTranscripts } from "./sdk.ts";
import type { UsageMeter } from "./usage.ts";

/** Writes entries into the host's transcript of one session. */
export interface HostTranscriptSink extends TranscriptSink {
  /** Ids of the entries that are in the transcript now. */
  readonly written: ReadonlySet<string>;
  /** Stores what the user said, through the host's own recorder; once, and before any answer to it. */
  persistUserTurn(): Promise<void>;
  /** Writes what waits for its token counts. */
  flush(): Promise<void>;
  /** Writes everything that still waits: nothing comes after it. */
  close(): Promise<void>;
}

export interface SinkContext {
  readonly params: HostAttempt;
  readonly host: Pick<HostRuntime, "runAgentHarnessBeforeMessageWriteHook">;
  readonly transcripts: HostTranscripts;
  readonly attribution: Attribution;
  readonly usage: UsageMeter;
  readonly nowMs?: () => number;
}

/**
 * The host stores a message at most once per idempotency key (`session-transcript-runtime`), and the key is derived
 * from the entry id: writing an entry twice, now or after a crash, changes nothing.
 *
 * A row cannot be changed once it is written, and Codex counts the tokens of a response after its last item. That is why
 * an answer waits for the count, or for whatever comes next. A process that dies meanwhile finds it in the server's
 * record with the next turn.
 */
export function createTranscriptSink(context: SinkContext): HostTranscriptSink {
  const { params, transcripts, attribution, usage, nowMs = Date.now } = context;
  const target = { ...params.sessionTarget, sessionKey: params.sessionKey ?? "", sessionId: params.sessionId };
  const { config } = params;
  const written = new Set<string>();
  const detached = params.sessionPersistence === "detached";
  let waiting: TranscriptEntry | undefined;
  let thoughts: TranscriptEntry[] = [];
  let userTurn: Promise<unknown> | undefined;

  const persistUserTurn = async (): Promise<void> => {
    if (detached || params.suppressNextUserMessagePersistence) return;
    userTurn ??= Promise.resolve(params.userTurnTranscriptRecorder?.persistApproved());
    await userTurn;
  };

  const write = async (entry: TranscriptEntry): Promise<void> => {
    const speaks = entry.kind === "assistant" || entry.kind === "plan" || entry.kind === "tool";
    const before = speaks ? thoughts : [];
    if (speaks) thoughts = [];
    const thinking = before.flatMap(({ text }) => (text ? [text] : []));
    const rows = hostMessages(entry, attribution, nowMs(), speaks ? usage.take() : undefined, thinking);
    const messages = rows.flatMap((message) => beforeWrite(message, context));
    if (messages.length > 0 && !detached) {
      await persistUserTurn();
      const ids = await transcripts.withSessionTranscriptWriteLock({ ...target, config }, async (transaction) => {
        const appended: string[] = [];
        for (const message of messages) {
          const result = await transaction.appendMessage({
            message,
            idempotencyLookup: "scan",
            cwd: params.workspaceDir,
            config,
          });
          if (result?.appended) appended.push(result.messageId);
        }
        return appended;
      });
      for (const messageId of ids) {
        await transcripts.publishSessionTranscriptUpdateByIdentity({ ...target, config, update: { messageId } });
      }
    }
    for (const { id } of [...before, entry]) written.add(id);
  };

  const flush = async (): Promise<void> => {
    const entry = waiting;
    waiting = undefined;
    if (entry) await write(entry);
  };
  const known = (id: string): boolean =>
    written.has(id) || waiting?.id === id || thoughts.some((thought) => thought.id === id);

  return {
    written,
    persistUserTurn,
    flush,
    async close() {
      await flush();
      // Thoughts that led to nothing are kept by themselves.
      for (const thought of thoughts.splice(0)) await write(thought);
    },
    async append(entries: readonly TranscriptEntry[]) {
      for (const entry of entries) {
        if (known(entry.id)) continue;
        await flush();
        if (entry.kind === "reasoning") thoughts.push(entry);
        else if (entry.kind === "assistant") waiting = entry;
        else await write(entry);
      }
    },
  };
}

/** Hooks may change a row or keep it out. */
function beforeWrite(message: KeyedMessage, { params, host }: SinkContext): KeyedMessage[] {
  const changed = host.runAgentHarnessBeforeMessageWriteHook({
    message,
    ...defined({
      agentId: params.agentId,
      sessionKey: params.sessionKey,
      prepareAssistantTranscriptMessage: params.prepareAssistantTranscriptMessage,
    }),
  });
  return changed ? [{ ...changed, idempotencyKey: message.idempotencyKey }] : [];
}
