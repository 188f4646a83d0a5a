import { BridgeError } from "../errors.ts";
import { settlesWithin } from "../server/child-process.ts";
import type { PriorMessage } from "../thread/projection.ts";
import type { TranscriptSink } from "../transcript/entry.ts";
import { changedAttempt } from "./changed-attempt.ts";
import type { Attempt, AttemptObserver } from "./types.ts";

type Warn = (message: string, facts: Record<string, unknown>) => void;

/**
 * The attempt with its host's callbacks made harmless: one that throws is told to the log, and one that never returns is
 * waited for no longer than `hostCallbackMs`. A turn is not lost because somebody who watches it fails.
 */
export function guardHost(attempt: Attempt, hostCallbackMs: number, warn: Warn): Attempt {
  const { observer, history } = attempt;
  const guarded: Partial<Attempt> = {
    transcript: guardTranscript(attempt.transcript, hostCallbackMs),
    ...(observer ? { observer: guardObserver(observer, hostCallbackMs, warn) } : {}),
    ...(history ? { history: () => readHistory(() => history.call(attempt), hostCallbackMs, warn) } : {}),
    ...(attempt.onControl
      ? {
          onControl: (control) => {
            try {
              attempt.onControl?.(control);
            } catch (thrown) {
              warn("the host did not take the control of its turn", { error: String(thrown) });
            }
          },
        }
      : {}),
  };
  return changedAttempt(attempt, guarded);
}

const observed: Readonly<Record<keyof AttemptObserver, true>> = {
  onThread: true,
  onAssistantStart: true,
  onPartialReply: true,
  onCommentary: true,
  onAssistantDiscard: true,
  onReasoning: true,
  onReasoningEnd: true,
  onTool: true,
  onPlan: true,
  onUsage: true,
  onCompaction: true,
  onAgent: true,
  onSteer: true,
  onNotice: true,
  onPhase: true,
};

function guardObserver(observer: AttemptObserver, hostCallbackMs: number, warn: Warn): AttemptObserver {
  /** One that hangs would do so at every word: it is told nothing more of this attempt. */
  let deaf = false;
  const guarded = (name: string, call: (event: never) => void | Promise<void>) => (event: never) => {
    if (deaf) return undefined;
    const failed = (thrown: unknown): void => warn("an observer failed", { callback: name, error: String(thrown) });
    try {
      const lag = call.call(observer, event);
      // Nothing returned, nothing to wait for: most calls are of this kind.
      if (typeof lag?.then !== "function") return undefined;
      return within(lag, hostCallbackMs, () => {
        deaf = true;
        return hangs(name, hostCallbackMs);
      }).catch(failed);
    } catch (thrown) {
      failed(thrown);
      return undefined;
    }
  };
  const names = Object.keys(observed) as (keyof AttemptObserver)[];
  return Object.fromEntries(
    names.flatMap((name) => {
      const call = observer[name] as ((event: never) => void | Promise<void>) | undefined;
      return call ? [[name, guarded(name, call)]] : [];
    }),
  );
}

/** After a write that hangs nobody knows what stands in the transcript: the rest of the attempt is not written. */
function guardTranscript(transcript: TranscriptSink, hostCallbackMs: number): TranscriptSink {
  let hung: BridgeError | undefined;
  return {
    append: async (entries) => {
      if (hung) throw hung;
      await within(transcript.append(entries), hostCallbackMs, () => {
        hung = new BridgeError("transcript_unwritable", `The transcript did not answer within ${hostCallbackMs} ms.`, {
          remedy: "Check the host's store; what is missing is written with the session's next turn.",
          facts: { clock: "hostCallbackMs", ms: hostCallbackMs },
        });
        return hung;
      });
    },
  };
}

/** A history that cannot be had is none: Codex's own record of the thread then has to do. */
async function readHistory(
  read: () => Promise<readonly PriorMessage[] | undefined>,
  hostCallbackMs: number,
  warn: Warn,
): Promise<readonly PriorMessage[] | undefined> {
  try {
    return await within(read(), hostCallbackMs, () => hangs("history", hostCallbackMs));
  } catch (thrown) {
    warn("the host's record of the conversation could not be had", { error: String(thrown) });
    return undefined;
  }
}

function hangs(callback: string, ms: number): BridgeError {
  return new BridgeError("internal", `The host's ${callback} did not return within ${ms} ms; it is not waited for.`, {
    facts: { clock: "hostCallbackMs", ms },
  });
}

async function within<T>(work: Promise<T>, ms: number, late: () => BridgeError): Promise<T> {
  // A host may give back anything that has a `then`.
  const result = Promise.resolve(work);
  if (await settlesWithin(result, ms)) return result;
  throw late();
}
