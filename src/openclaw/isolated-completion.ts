import { BridgeError } from "../errors.ts";
import type { CodexHarness } from "../harness/codex-harness.ts";
import { effortOf } from "./attempt-request.ts";
import { type PluginConfig, providerOf } from "./config.ts";
import { assistantMessage } from "./messages.ts";
import type { CallFacts } from "./runtime.ts";
import type { HostHarness } from "./sdk.ts";
import { messageUsage, noUsage } from "./usage.ts";

type Isolated = NonNullable<HostHarness["runIsolatedCompletionV2"]>;
export type IsolatedCompletion = Parameters<Isolated>[0];
type Completion = Awaited<ReturnType<Isolated>>;

/** The account a completion is to run on, as the calls of a turn name it. */
function isolatedAuth({ authorization, agentDir, config, agentId, provider, modelId }: IsolatedCompletion): CallFacts {
  const of = { agentDir, config, agentId, provider, modelId };
  if (authorization.owner === "host") return { ...of, resolvedApiKey: authorization.auth.apiKey };
  return {
    ...of,
    authProfileId: authorization.plan.forwardedAuthProfileId,
    authProfileStore: authorization.authProfileStore,
  };
}

/**
 * One answer of a model to one prompt, without tools and without a session (host contract
 * `AgentHarness.runIsolatedCompletionV2`). What the host authorized with a key of its own, the host's helper runs: its
 * request has no tools at all. On a subscription, or where the operator sends Codex's requests elsewhere, Codex does
 * it in an empty ephemeral thread; should a tool be reached for there, the completion is refused.
 */
export async function completeIsolated(
  params: IsolatedCompletion,
  harnessFor: (facts: CallFacts) => Promise<CodexHarness>,
  config: PluginConfig,
): Promise<Completion> {
  const asked = providerOf(config, params);
  if (params.authorization.owner === "host" && asked.modelProvider === undefined) {
    const { loadHostCompletion } = await import("./sdk-completion.ts");
    const complete = await loadHostCompletion();
    if (complete) return complete(params);
  }
  params.assertCurrent?.();
  const effort = effortOf(params.thinkLevel ?? "", undefined);
  const harness = await harnessFor(isolatedAuth(params));
  const { text, usage, model } = await harness.aside({
    question: params.prompt,
    instructions: params.systemPrompt,
    cwd: params.workspaceDir,
    model: params.modelId,
    ...asked,
    ...(effort === undefined ? {} : { effort }),
    timeoutMs: params.timeoutMs,
    ...(params.abortSignal ? { signal: params.abortSignal } : {}),
    ...(params.assertCurrent ? { assertCurrent: params.assertCurrent } : {}),
  });
  if (model !== undefined && model !== params.modelId) {
    throw new BridgeError("model_substituted", `Codex answered with ${model} instead of ${params.modelId}.`, {
      remedy: "Choose a model that Codex offers to this account.",
      facts: { model },
    });
  }
  const { authorization, provider, modelId } = params;
  const route = authorization.owner === "host" ? authorization.model : undefined;
  const by = { api: route?.api ?? "openai-chatgpt-responses", provider, model: modelId };
  const tokens = usage ? messageUsage(usage.turn, route?.cost) : noUsage;
  return { assistant: assistantMessage([{ type: "text", text }], by, Date.now(), "stop", tokens) };
}
