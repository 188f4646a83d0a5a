import type { Clocks } from "../clocks.ts";
import { toBridgeError } from "../errors.ts";
import type { ServerRecorder } from "../server/recorder.ts";
import type { Aside } from "./aside.ts";
import { additional } from "./attempt-input.ts";
import { changedAttempt } from "./changed-attempt.ts";
import type { Attempt, AttemptResult, Harness, SessionRef } from "./types.ts";

/** What a host put in, and what came out for it. What goes over the pipe (tool results, answers) is told by its lines. */
export type RecordedHostEvent =
  | {
      readonly event: "attempt";
      readonly session: string;
      readonly prompt: string;
      readonly settings: unknown;
      readonly clocks: unknown;
      /** Why the host runs this harness, where it says so. */
      readonly selection?: string;
    }
  | { readonly event: "abort" | "release"; readonly session: string; readonly reason?: string }
  | { readonly event: "compact"; readonly session: string }
  | { readonly event: "reset"; readonly session: string; readonly reason?: string; readonly keepHistory?: boolean }
  /** `session` is the one that comes to be: a copy of `predecessorId`, up to the end of a turn. */
  | { readonly event: "fork"; readonly session: string; readonly predecessorId: string; readonly lastTurnId?: string }
  /** `session` is "" when it is nobody's. */
  | { readonly event: "aside"; readonly session: string; readonly prompt: string; readonly settings: unknown }
  | { readonly event: "steer"; readonly session: string; readonly id: string; readonly text: string }
  | { readonly event: "entry"; readonly threadId: string; readonly id: string; readonly kind: string }
  | {
      readonly event: "result";
      readonly session: string;
      readonly threadId: string;
      readonly turnId: string;
      readonly outcome: unknown;
      readonly clock?: string;
      /** Absent: no turn began. */
      readonly runtime?: RecordedRuntime;
    };

/** What ran a turn: no path. */
export interface RecordedRuntime {
  readonly harness: string;
  /** Where its executable came from, see ServerIdentity; `remote`: somebody else ran the server. */
  readonly binary: string;
  /** Of the executable; empty when it is not known. */
  readonly sha256: string;
  readonly version: string;
  readonly userAgent: string;
}

/** Wants to know of everything that is needed to play a session again. Must neither throw nor keep anybody waiting. */
export interface HarnessRecorder extends ServerRecorder {
  /** @param sha256 of a result's executable, which is being read (never rejects): added by a recorder that writes later */
  host(event: RecordedHostEvent, sha256?: Promise<string>): void;
  /** What this event began is over; told of questions on the side. */
  over?(event: RecordedHostEvent): void;
  /** Nothing more will come. Resolves when everything is kept, or is known to be lost; never rejects. */
  close(): Promise<void>;
}

/**
 * Runs an attempt, and tells a recorder what its host did and got.
 * @param sha256Of of an executable; asked when the result does not have it
 */
export async function recorded(
  recorder: HarnessRecorder | undefined,
  attempt: Attempt,
  clocks: Clocks,
  run: (attempt: Attempt) => Promise<AttemptResult>,
  sha256Of: (file: string) => Promise<string>,
): Promise<AttemptResult> {
  if (!recorder) return run(attempt);
  const session = attempt.session.key;
  const { prompt, selection } = attempt;
  const settings = settingsOf(attempt);
  const given = { prompt, settings, clocks: { ...clocks, ...attempt.clocks } };
  recorder.host({ event: "attempt", session, ...given, ...(selection === undefined ? {} : { selection }) });
  const onAbort = (): void =>
    recorder.host({ event: "abort", session, ...reasonOf((attempt.signal?.reason as Error | undefined)?.name) });
  attempt.signal?.addEventListener("abort", onAbort, { once: true });
  try {
    const result = await run(watched(recorder, attempt));
    const { outcome, thread, turnId } = result;
    const clock = "clock" in outcome ? { clock: outcome.clock } : {};
    const ended = { session, threadId: thread.id, turnId, outcome: outcomeOf(outcome), ...clock };
    const { server } = result;
    const sha256 = server.sha256 === "" && !server.remote ? sha256Of(server.binary).catch(() => "") : undefined;
    recorder.host({ event: "result", ...ended, runtime: runtimeOf(result) }, sha256);
    return result;
  } catch (thrown) {
    const { code, message } = toBridgeError(thrown);
    recorder.host({
      event: "result",
      session,
      threadId: "",
      turnId: "",
      outcome: { kind: "thrown", error: { code, message } },
    });
    throw thrown;
  } finally {
    attempt.signal?.removeEventListener("abort", onAbort);
  }
}

/** The same harness, which tells a recorder what its host asks of it besides attempts. */
export function recordedHarness<H extends Harness>(recorder: HarnessRecorder, harness: H): H {
  const reset = (session: string, reason: string, keepHistory = false): void =>
    recorder.host({ event: "reset", session, reason, keepHistory });
  return {
    ...harness,
    compact: (session: SessionRef, options?: { signal?: AbortSignal }) => {
      recorder.host({ event: "compact", session: session.key });
      return harness.compact(session, options);
    },
    reset: (session, reason, options) => {
      reset(session.key, reason, options?.keepHistory);
      return harness.reset(session, reason, options);
    },
    prepareReset: async (session, reason) => {
      const prepared = await harness.prepareReset(session, reason);
      return {
        commit: () => {
          reset(session.key, reason);
          return prepared.commit();
        },
        rollback: () => prepared.rollback(),
      };
    },
    fork: (from, to, options) => {
      const point = options?.lastTurnId === undefined ? {} : { lastTurnId: options.lastTurnId };
      recorder.host({ event: "fork", session: to.key, predecessorId: from.key, ...point });
      return harness.fork(from, to, options);
    },
  };
}

/** The same attempt, with its transcript and its control looked at in passing. */
function watched(recorder: HarnessRecorder, attempt: Attempt): Attempt {
  const session = attempt.session.key;
  const changed: Partial<Attempt> = {
    transcript: {
      append: (entries) => {
        for (const { threadId, id, kind } of entries) recorder.host({ event: "entry", threadId, id, kind });
        return attempt.transcript.append(entries);
      },
    },
    onControl: (control) =>
      attempt.onControl?.({
        steer: (message) => {
          recorder.host({ event: "steer", session, id: message.id, text: message.text });
          return control.steer(message);
        },
        release: (reason) => {
          recorder.host({ event: "release", session, reason });
          control.release(reason);
        },
      }),
  };
  return changedAttempt(attempt, changed);
}

/** What the attempt was given besides its prompt, as far as it is data and Codex is told of it. */
function settingsOf(attempt: Attempt): unknown {
  const { session, cwd, model, modelProvider, effort, developerInstructions, approvalPolicy, sandbox } = attempt;
  const { config, approvalsReviewer, excludeTools, timeoutMs, silentToken, tools } = attempt;
  const { images, context, serviceTier, nativeExecution, lenientTools } = attempt;
  return {
    sessionId: session.id,
    agentId: session.agentId,
    predecessorId: session.predecessorId,
    cwd,
    model,
    modelProvider,
    effort,
    developerInstructions,
    approvalPolicy,
    sandbox,
    config,
    approvalsReviewer,
    excludeTools,
    timeoutMs,
    silentToken,
    serviceTier,
    nativeExecution,
    lenientTools,
    images,
    // As on the wire, where it is redacted in the same way.
    ...(context ? { additionalContext: additional(context) } : {}),
    tools: tools?.map(({ execute: _, ...definition }) => definition),
  };
}

function runtimeOf({ harness, server }: AttemptResult): RecordedRuntime {
  const { sha256, version, userAgent } = server;
  return { harness, binary: server.remote ? "remote" : (server.origin ?? ""), sha256, version, userAgent };
}

/** Asks on the side, and tells a recorder of it: the question goes over the same pipe as the turns. */
export async function recordedAside<T>(
  recorder: HarnessRecorder | undefined,
  aside: Aside,
  ask: () => Promise<T>,
): Promise<T> {
  if (!recorder) return ask();
  const { session, question, signal: _, assertCurrent: __, ...settings } = aside;
  const event = { event: "aside", session: session?.key ?? "", prompt: question, settings } as const;
  recorder.host(event);
  try {
    return await ask();
  } finally {
    recorder.over?.(event);
  }
}

function outcomeOf(outcome: AttemptResult["outcome"]): unknown {
  if (!("error" in outcome)) return outcome;
  const { error, ...facts } = outcome;
  return { ...facts, error: { code: error.code, message: error.message } };
}

function reasonOf(reason: string | undefined): { reason?: string } {
  return reason === undefined ? {} : { reason };
}
