import { BridgeError } from "../errors.ts";
import type { Attempt, AttemptResult, Harness } from "../harness/types.ts";
import type { PluginConfig } from "./config.ts";
import type { Attribution } from "./messages.ts";
import { createObserver, type HostObserver } from "./observer.ts";
import { toHostResult } from "./result.ts";
import { type HostAttempt, type HostResult, type HostRuntime, loadHostRuntime, loadHostTranscripts } from "./sdk.ts";
import { createTranscriptSink, type HostTranscriptSink } from "./transcript-sink.ts";

/**
 * Runs one attempt of the host on the harness (host contract `AgentHarness.runAttempt`).
 *
 * @throws AgentHarnessPreflightError with scope `harness` when Codex could not take the turn at all, so that the host
 *   does not repeat it with another model on the same harness
 */
export async function runHostAttempt(
  params: HostAttempt,
  config: PluginConfig,
  harness: (apiKey?: string) => Promise<Harness>,
): Promise<HostResult> {
  const [host, transcripts] = await Promise.all([loadHostRuntime(), loadHostTranscripts()]);
  const attribution: Attribution = { api: params.model.api, provider: params.provider, model: params.modelId };
  const observer = createObserver(params, host);
  const sink = createTranscriptSink(params, transcripts, attribution);
  const result = await run(params, config, harness, host, observer, sink);
  await sink.persistUserTurn();
  await sink.append(result.entries);
  observer.lifecycle(result.ok || result.outcome.kind === "interrupted" ? "end" : "error", {
    ...("error" in result.outcome ? { error: result.outcome.error.message } : {}),
    ...(result.outcome.kind === "interrupted" ? { aborted: true } : {}),
  });
  return toHostResult(result, { params, host, attribution, written: sink.written });
}

async function run(
  params: HostAttempt,
  config: PluginConfig,
  harness: (apiKey?: string) => Promise<Harness>,
  host: HostRuntime,
  observer: HostObserver,
  sink: HostTranscriptSink,
): Promise<AttemptResult> {
  observer.lifecycle("start");
  try {
    const running = await harness(params.resolvedApiKey);
    return await running.runAttempt(toAttempt(params, config, observer, sink));
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    observer.lifecycle("error", { error: message });
    if (observer.accepted || !(thrown instanceof BridgeError) || thrown.code === "aborted") throw thrown;
    throw new host.AgentHarnessPreflightError(`${thrown.code}: ${message}`, {
      cause: thrown,
      scope: "harness",
      userMessage: thrown.remedy === undefined ? message : `${message} ${thrown.remedy}`,
    });
  }
}

/** The host's parameters as the harness wants them. */
export function toAttempt(
  params: HostAttempt,
  config: PluginConfig,
  observer: HostObserver,
  transcript: HostTranscriptSink,
): Attempt {
  const effort = effortOf(params.thinkLevel);
  const instructions = params.extraSystemPrompt?.trim();
  return {
    session: {
      key: params.sessionKey ?? params.sessionId,
      id: params.sessionId,
      ...(params.agentId === undefined ? {} : { agentId: params.agentId }),
    },
    prompt: params.prompt,
    cwd: params.cwd ?? params.workspaceDir,
    model: params.modelId,
    ...(config.appServer.modelProvider === undefined ? {} : { modelProvider: config.appServer.modelProvider }),
    ...(effort === undefined ? {} : { effort }),
    ...(instructions ? { developerInstructions: instructions } : {}),
    approvalPolicy: config.approvalPolicy,
    sandbox: config.sandbox,
    approvalsReviewer: config.approvalsReviewer,
    ...(params.abortSignal ? { signal: params.abortSignal } : {}),
    timeoutMs: params.timeoutMs,
    observer,
    transcript,
  };
}

/** The host's thinking level as a Codex reasoning effort; undefined leaves the choice to the model's default. */
function effortOf(level: string): string | undefined {
  switch (level) {
    case "minimal":
    case "low":
      return "low";
    case "medium":
    case "high":
    case "xhigh":
      return level;
    case "max":
    case "ultra":
      return "xhigh";
    default:
      return undefined;
  }
}
