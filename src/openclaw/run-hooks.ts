import { defined } from "./record.ts";
import type { HostAttempt, HostMessage, HostResult, HostRuntime } from "./sdk.ts";

type HookHost = Pick<
  HostRuntime,
  | "awaitAgentEndSideEffects"
  | "buildAgentHookContextChannelFields"
  | "buildEmbeddedForegroundPromptContext"
  | "resolveAgentHarnessBeforePromptBuildResult"
  | "runAgentEndSideEffects"
  | "runAgentHarnessLlmInputHook"
  | "runAgentHarnessLlmOutputHook"
>;
type HookContext = Parameters<HookHost["runAgentHarnessLlmInputHook"]>[0]["ctx"];

/** The hooks of plugins around one turn, all with the same facts about the run. */
export interface RunHooks {
  /** Plugins may rewrite what the model reads, and leave it fewer tools. */
  beforePrompt(prompt: string, developerInstructions: string, tools: ReadonlySet<string>): Promise<BuiltPrompt>;
  input(prompt: string, instructions: string, images: number): void;
  output(result: HostResult): void;
  /** Resolves at once for interactive runs; a process that ends after its run waits for what hooks still do. */
  end(result: HostResult, startedAt: number): Promise<void>;
}

export interface BuiltPrompt {
  readonly prompt: string;
  readonly instructions: string;
  readonly toolsAllow?: readonly string[];
}

export function runHooks(params: HostAttempt, host: HookHost): RunHooks {
  const { runId, sessionId, provider, modelId } = params;
  const context = {
    runId,
    sessionId,
    workspaceDir: params.workspaceDir,
    modelProviderId: provider,
    modelId,
    ...defined({
      agentId: params.agentId,
      sessionKey: params.sessionKey,
      trigger: params.trigger,
      config: params.config,
    }),
    ...host.buildAgentHookContextChannelFields(params),
  } as HookContext;
  const about = { runId, sessionId, provider, model: modelId };

  return {
    async beforePrompt(prompt, developerInstructions, tools) {
      const built = await host.resolveAgentHarnessBeforePromptBuildResult({
        prompt,
        developerInstructions,
        messages: [],
        ctx: context,
        toolAuthority: {
          ...defined({ fingerprint: params.toolAuthorityFingerprint }),
          activeToolNames: () => [...tools],
          assertActive: params.hostCapabilities.assertActive,
        },
        ...defined({
          currentUserMessage: params.transcriptPrompt,
          bootstrapContextRunKind: params.bootstrapContextRunKind,
        }),
      });
      return {
        prompt: built.prompt,
        instructions: built.developerInstructions,
        ...defined({ toolsAllow: built.toolsAllow }),
      };
    },
    input(prompt, instructions, imagesCount) {
      const event = { ...about, systemPrompt: instructions, prompt, historyMessages: [], imagesCount };
      host.runAgentHarnessLlmInputHook({ event: event as never, ctx: context });
    },
    output({ assistantTexts, lastAssistant, attemptUsage }) {
      const event = {
        ...about,
        resolvedRef: `${provider}/${modelId}`,
        assistantTexts,
        ...defined({ lastAssistant, usage: attemptUsage }),
      };
      host.runAgentHarnessLlmOutputHook({ event: event as never, ctx: context });
    },
    async end(result, startedAt) {
      const failed = "error" in result.terminal ? String(result.terminal.error) : undefined;
      const effects = {
        event: {
          messages: result.messagesSnapshot as HostMessage[],
          success: result.terminal.kind === "ok",
          durationMs: Date.now() - startedAt,
          ...defined({ error: failed }),
        },
        ctx: {
          ...context,
          ...defined({
            authProfileId: params.authProfileId,
            modelIterations: result.modelIterations,
            modelContextWindowTokens: params.contextTokenBudget ?? params.model.contextWindow,
            foregroundPromptContext: params.agentDir
              ? host.buildEmbeddedForegroundPromptContext(params as never, params.agentDir)
              : undefined,
          }),
        },
      } as Parameters<HookHost["runAgentEndSideEffects"]>[0];
      if (params.oneShotCliRun) await host.awaitAgentEndSideEffects(effects);
      else host.runAgentEndSideEffects(effects);
    },
  };
}
