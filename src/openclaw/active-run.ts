import { randomUUID } from "node:crypto";
import type { TurnControl } from "../turn/run.ts";
import { permissionChange } from "./permission-change.ts";
import { defined } from "./record.ts";
import type { HostAttempt, HostRuntime } from "./sdk.ts";

type Handle = Parameters<HostRuntime["setActiveEmbeddedRun"]>[1];
type Injection = NonNullable<Handle["messageInjectionV2"]>;
type QueueOptions = Parameters<Injection["queueMessage"]>[1];
type QueueResult = Awaited<ReturnType<Injection["queueMessage"]>>;
type Authority = Parameters<Injection["queueMessage"]>[3];
type ActiveHost = Pick<
  HostRuntime,
  | "setActiveEmbeddedRun"
  | "clearActiveEmbeddedRun"
  | "claimPendingAgentQuestionAnswer"
  | "cancelPendingAgentQuestionForSession"
>;

/** The run as the host reaches it from elsewhere: words for the turn, answers to its questions, its end. */
export interface ActiveRun {
  /** Aborted by an explicit cancellation through the handle, or because permissions were changed. */
  readonly signal: AbortSignal;
  /** The turn was ended for changed permissions: the host goes on with another attempt. */
  readonly restarts: boolean;
  /** The turn runs and can be given words. */
  open(control: TurnControl): void;
  /** A steer stands in the turn, or comes back. */
  steered(steer: { id: string; status: "consumed" | "returned" }): void;
  compacting(phase: "start" | "end"): void;
  /** Ends what Codex still does for a turn its host is done with. */
  release(reason: string): void;
  /** The turn has its outcome, and takes nothing any more. */
  settled(): void;
  /** Takes the handle back; the attempt is over. */
  close(): void;
}

/** How long the host waits to hear that the model has read a message, when it does not say. */
const commitMs = 60_000;

export function activateRun(params: HostAttempt, host: ActiveHost): ActiveRun {
  const aborted = new AbortController();
  const waiting = new Map<string, PromiseWithResolvers<"consumed" | "returned">>();
  let control: TurnControl | undefined;
  let released: string | undefined;
  let over = false;
  let compacting = false;
  const sessionKey = params.sessionKey ?? params.sessionId;

  const isLive = (): boolean => control !== undefined && !over && released === undefined && !aborted.signal.aborted;
  const assertLive = (): TurnControl => {
    params.hostCapabilities.assertActive();
    if (!isLive() || !control) throw new Error("the turn takes no more messages");
    return control;
  };
  const permissions = permissionChange(
    params,
    () => aborted.abort(new Error("the permissions were changed")),
    () => !over && !aborted.signal.aborted,
  );
  const cancel = (): void => {
    if (over || aborted.signal.aborted) return;
    aborted.abort(new Error("the host cancelled the run"));
    params.onAttemptAbort?.();
  };

  const claim = (text: string, options: QueueOptions, assertCurrent: () => void, kind: Authority): Promise<boolean> => {
    if (options?.isInboundUserMessage !== true || options.images?.length) return Promise.resolve(false);
    const recorder = options.userTurnTranscriptRecorder;
    return host.claimPendingAgentQuestionAnswer({
      sessionKey,
      text,
      authority: { kind, assertCurrent: guard(assertCurrent) },
      ...(recorder ? { sourceRecorder: recorder, persist: async () => void (await recorder.persistApproved()) } : {}),
    });
  };
  const guard = (assertCurrent: () => void) => (): void => {
    assertCurrent();
    params.hostCapabilities.assertActive();
    if (over || aborted.signal.aborted) throw new Error("the run is over");
  };

  const queue = async (
    text: string,
    options: QueueOptions,
    assertCurrent: () => void,
    kind: Authority,
  ): Promise<QueueResult> => {
    if (await claim(text, options, assertCurrent, kind)) {
      options?.onQueueAccepted?.(true);
      return undefined;
    }
    // Pictures cannot be given to a running turn: the host keeps the message for the next one.
    if (options?.images?.length || options?.media?.length) throw new Error("a running turn takes no pictures");
    assertCurrent();
    const id = options?.queueIdentity ?? randomUUID();
    const read = Promise.withResolvers<"consumed" | "returned">();
    waiting.set(id, read);
    try {
      // Nothing is awaited between the assertion and the request.
      const status = await assertLive().steer({ id, text });
      if (status === "returned") throw new Error("the turn did not take the message");
      options?.onQueueAccepted?.(true);
      return await committed(read.promise, options);
    } finally {
      waiting.delete(id);
    }
  };

  const injection: Injection = {
    version: 2,
    isAvailable: isLive,
    queueMessage: queue,
    claimPendingUserInputAnswer: claim,
    cancelPendingUserInput: (resolvedBy, assertCurrent, kind) =>
      host.cancelPendingAgentQuestionForSession({
        sessionKey,
        resolvedBy,
        authority: { kind, assertCurrent: guard(assertCurrent) },
      }),
  };
  const handle: Handle = {
    kind: "embedded",
    ...permissions.handle,
    ...defined({
      runId: params.runId,
      startedAtMs: params.startedAtMs,
      toolAuthorityFingerprint: params.toolAuthorityFingerprint,
      sourceReplyDeliveryMode: params.sourceReplyDeliveryMode,
      terminalReplyExpectation: params.terminalReplyExpectation,
      taskSuggestionDeliveryMode: params.taskSuggestionDeliveryMode,
    }),
    queueMessage: (text, options) => queue(text, options, () => undefined, "run"),
    claimPendingUserInputAnswer: (text, options) => claim(text, options, () => undefined, "run"),
    cancelPendingUserInput: (resolvedBy) => injection.cancelPendingUserInput!(resolvedBy, () => undefined, "run"),
    messageInjectionV2: injection,
    isStreaming: isLive,
    isStopped: () => over || aborted.signal.aborted,
    isAborted: () => aborted.signal.aborted,
    isAbortable: () => !over,
    isCompacting: () => compacting,
    supportsTranscriptCommitWait: true,
    supportsQueueMessageImages: false,
    cancel,
    abort: cancel,
  } as Handle;
  params.replyOperation?.attachBackend(
    handle as Parameters<NonNullable<typeof params.replyOperation>["attachBackend"]>[0],
  );
  host.setActiveEmbeddedRun(params.sessionId, handle, params.sessionKey, params.sessionFile, params.agentId);

  return {
    signal: aborted.signal,
    get restarts() {
      return permissions.requested;
    },
    open(opened) {
      control = opened;
      permissions.began();
      if (released !== undefined) opened.release(released);
    },
    steered: ({ id, status }) => waiting.get(id)?.resolve(status),
    compacting(phase) {
      compacting = phase === "start";
    },
    release(reason) {
      released ??= reason;
      control?.release(reason);
    },
    settled() {
      over = true;
    },
    close() {
      over = true;
      for (const read of waiting.values()) read.resolve("returned");
      params.replyOperation?.detachBackend(
        handle as Parameters<NonNullable<typeof params.replyOperation>["detachBackend"]>[0],
      );
      host.clearActiveEmbeddedRun(params.sessionId, handle, params.sessionKey, params.sessionFile);
    },
  };
}

/** The message is the session's only once the model has it; one that comes back is the host's to queue again. */
async function committed(read: Promise<"consumed" | "returned">, options: QueueOptions): Promise<QueueResult> {
  const timeoutMs = options?.deliveryTimeoutMs ?? commitMs;
  const late = Promise.withResolvers<"late">();
  const timer = setTimeout(() => late.resolve("late"), timeoutMs);
  try {
    const status = await Promise.race([read, late.promise]);
    if (status === "returned") throw new Error("the turn ended before the model read the message");
    await options?.userTurnTranscriptRecorder?.persistApproved();
    if (status === "late") {
      return { transcriptCommit: "unconfirmed", errorMessage: `the model did not read it within ${timeoutMs} ms` };
    }
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
