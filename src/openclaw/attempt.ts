import { AsyncLocalStorage } from "node:async_hooks";
import { defaultClocks } from "../clocks.ts";
import { BridgeError } from "../errors.ts";
import type { AttemptResult, Harness } from "../harness/types.ts";
import { type ActiveRun, activateRun } from "./active-run.ts";
import { approve } from "./approvals.ts";
import { type Prepared, type Reach, toAttempt } from "./attempt-request.ts";
import type { PluginConfig } from "./config.ts";
import { announceDeadline, type Deadline } from "./deadline.ts";
import { sessionHistory } from "./history.ts";
import { requireHostCapabilities } from "./host-features.ts";
import { promptImages } from "./images.ts";
import { developerInstructions } from "./instructions.ts";
import type { Attribution } from "./messages.ts";
import { createObserver, type HostObserver } from "./observer.ts";
import { permissionsFor } from "./permissions.ts";
import { refusal } from "./preflight.ts";
import { answerQuestions, fillIn } from "./questions.ts";
import { toHostResult } from "./result.ts";
import { type RunHooks, runHooks } from "./run-hooks.ts";
import {
  type HostAttempt,
  type HostResult,
  type HostRuntime,
  type HostTranscripts,
  loadHostRuntime,
  loadHostTranscripts,
} from "./sdk.ts";
import { sessionRef } from "./session-ref.ts";
import { ToolEvidence } from "./tool-evidence.ts";
import { createToolRun } from "./tool-run.ts";
import { buildToolSurface, restricted } from "./tool-surface.ts";
import { createTranscriptSink, type HostTranscriptSink } from "./transcript-sink.ts";
import { turnContext } from "./turn-context.ts";
import { UsageMeter } from "./usage.ts";

/** Everything that lives as long as one attempt. */
interface Run {
  readonly params: HostAttempt;
  readonly config: PluginConfig;
  readonly host: HostRuntime;
  readonly transcripts: HostTranscripts;
  readonly hooks: RunHooks;
  readonly usage: UsageMeter;
  readonly active: ActiveRun;
  readonly evidence: ToolEvidence;
  readonly sink: HostTranscriptSink;
  readonly observer: HostObserver;
  readonly deadline: Deadline;
  readonly signal: AbortSignal;
}

/**
 * Runs one attempt of the host on the harness (host contract `AgentHarness.runAttempt`).
 *
 * @throws AgentHarnessPreflightError with scope `harness` when Codex could not take the turn at all, so that the host
 *   does not repeat it with another model on the same harness
 * @param onUsageLimit told until when (Unix milliseconds) the account's allowance is used up
 */
export async function runHostAttempt(
  params: HostAttempt,
  config: PluginConfig,
  harness: () => Promise<Harness>,
  onUsageLimit?: (untilMs: number) => Promise<void> | void,
): Promise<HostResult> {
  const startedAt = Date.now();
  const [host, transcripts] = await Promise.all([loadHostRuntime(), loadHostTranscripts()]);
  const attribution: Attribution = { api: params.model.api, provider: params.provider, model: params.modelId };
  const active = activateRun(params, host);
  try {
    const run = begin(params, config, host, transcripts, attribution, active);
    const result = await runOrRefuse(run, harness);
    active.settled();
    await run.sink.persistUserTurn();
    await run.sink.append(result.entries);
    await run.sink.close();
    const { outcome } = result;
    if (outcome.kind === "timeout") params.onAttemptTimeout?.(outcome.error);
    if (outcome.kind === "failed" && outcome.resetsAtMs !== undefined) await onUsageLimit?.(outcome.resetsAtMs);
    const { restarts } = active;
    if (restarts && outcome.kind === "interrupted" && outcome.unconfirmed) throw stillRunning();
    if (!restarts) announceEnd(run, result);
    const { evidence, usage, observer, sink } = run;
    const { written } = sink;
    const { compactions } = observer;
    const context = { params, host, attribution, written, evidence, usage, compactions, restarts };
    const hostResult = toHostResult(result, context);
    run.hooks.output(hostResult);
    if (!restarts) await run.hooks.end(hostResult, startedAt);
    return hostResult;
  } finally {
    active.close();
  }
}

function announceEnd({ observer }: Run, { ok, outcome }: AttemptResult): void {
  observer.lifecycle(ok || outcome.kind === "interrupted" ? "end" : "error", {
    ...("error" in outcome ? { error: outcome.error.message } : {}),
    ...(outcome.kind === "interrupted" && outcome.by !== "release" ? { aborted: true } : {}),
  });
}

/** Going on would have two turns at once, one of them with permissions that were taken away. */
function stillRunning(): BridgeError {
  return new BridgeError(
    "interrupt_unconfirmed",
    "Codex did not confirm that the turn with the old permissions ended.",
    {
      remedy: "Send the message again: it runs with the new permissions.",
    },
  );
}

function begin(
  params: HostAttempt,
  config: PluginConfig,
  host: HostRuntime,
  transcripts: HostTranscripts,
  attribution: Attribution,
  active: ActiveRun,
): Run {
  const usage = new UsageMeter(params.model.cost);
  const evidence = new ToolEvidence(params, host, (reason) => active.release(reason));
  const sink = createTranscriptSink({ params, host, transcripts, attribution, usage });
  const observer = createObserver(params, host, { run: active, sink, usage, evidence });
  const signal = params.abortSignal ? AbortSignal.any([params.abortSignal, active.signal]) : active.signal;
  const hooks = runHooks(params, host);
  const deadline = announceDeadline(params);
  return { params, config, host, transcripts, hooks, usage, active, evidence, sink, observer, deadline, signal };
}

async function runOrRefuse(run: Run, harness: () => Promise<Harness>): Promise<AttemptResult> {
  const { params, config, host, hooks, observer } = run;
  observer.lifecycle("start");
  try {
    requireHostCapabilities(params);
    // The server starts while the host's tools are built.
    const starting = harness();
    starting.catch(() => undefined);
    const prepared = await prepare(run);
    const running = await starting;
    params.hostCapabilities.assertActive();
    hooks.input(prepared.prompt, prepared.instructions, prepared.images.length);
    return await running.runAttempt(toAttempt(params, config, prepared, reach(run)));
  } catch (thrown) {
    if (run.signal.aborted && !observer.accepted) return neverBegun(params);
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    observer.lifecycle("error", { error: message });
    if (observer.accepted || !(thrown instanceof BridgeError)) throw thrown;
    throw refusal(thrown, host);
  }
}

/** An attempt that was given up before Codex heard of it is no failure. */
function neverBegun(params: HostAttempt): AttemptResult {
  return {
    ok: false,
    outcome: { kind: "interrupted", by: "host" },
    harness: params.agentHarnessId ?? "codex",
    session: sessionRef(params),
    thread: { id: "", resumed: false },
    turnId: "",
    text: "",
    returnedSteers: [],
    phases: {},
    entries: [],
    server: { version: "", userAgent: "", binary: "", sha256: "" },
  };
}

/** Everything that is decided before Codex hears of the turn. */
async function prepare(run: Run): Promise<Prepared> {
  const { params, config, host, evidence, signal } = run;
  const permissions = permissionsFor(params, config, host);
  const nativeOff = permissions.nativeOff !== undefined;
  const onYield = (_message: string, acknowledgment?: string): void => evidence.yielded(acknowledgment);
  const tools = createToolRun(params, host, evidence);
  const surface = buildToolSurface(params, host, tools, { nativeOff, signal, onYield });
  const [instructions, images] = await Promise.all([
    developerInstructions(params, surface, host),
    promptImages(params, host),
  ]);
  const messageToolAvailable = surface.names.has("message");
  const said =
    params.finalizePromptForResolvedTools?.({ prompt: params.prompt, messageToolAvailable }) ?? params.prompt;
  const built = await run.hooks.beforePrompt(said, instructions, surface.names);
  const left = built.toolsAllow ? restricted(surface, built.toolsAllow) : surface;
  return {
    prompt: built.prompt,
    instructions: built.instructions,
    context: turnContext(params, left.names, host),
    images,
    permissions: built.toolsAllow ? { ...permissions, nativeOff: "a plugin allows only named tools" } : permissions,
    surface: left,
    signal,
  };
}

/** Requests of the server arrive outside the run's async context, like its notifications. */
function reach({ params, config, host, transcripts, active, sink, observer, deadline }: Run): Reach {
  const inRun = AsyncLocalStorage.snapshot();
  const timeoutMs = config.clocks.approvalMs ?? defaultClocks.approvalMs;
  const emit = (data: Record<string, unknown>): void => observer.emit("approval", data);
  return {
    observer,
    transcript: sink,
    onControl: (control) => active.open(control),
    history: () => inRun(() => sessionHistory(params, transcripts)),
    approve: (ask, signal) => inRun(() => approve(ask, signal, { params, deadline, timeoutMs, emit })),
    answer: (ask, signal) => inRun(() => answerQuestions(ask, signal, { params, host, deadline, timeoutMs })),
    fillIn: (ask, signal) => inRun(() => fillIn(ask, signal, { params, host, deadline, timeoutMs })),
  };
}
