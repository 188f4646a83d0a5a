import type { CodexHarness } from "../harness/codex-harness.ts";
import { type PluginConfig, providerOf } from "./config.ts";
import { assistantMessage } from "./messages.ts";
import type { HostHarness } from "./sdk.ts";
import { sessionRef } from "./session-ref.ts";
import { attemptUsage, messageUsage, noUsage } from "./usage.ts";

type Finalize = NonNullable<HostHarness["finalizeSettledTurn"]>;
export type SettledTurn = Parameters<Finalize>[0];
type FinalAnswer = Awaited<ReturnType<Finalize>>;

/**
 * Gets the answer a turn ended without: its tools are done, and the model is asked once more, in a copy of the thread,
 * in words alone (host contract `AgentHarness.finalizeSettledTurn`).
 */
export async function finalizeSettledTurn(
  { attempt }: SettledTurn,
  harness: CodexHarness,
  config: PluginConfig,
): Promise<FinalAnswer> {
  const { text, usage } = await harness.aside({
    session: sessionRef(attempt),
    question: attempt.prompt,
    cwd: attempt.cwd ?? attempt.workspaceDir,
    model: attempt.modelId,
    ...providerOf(config, attempt),
    timeoutMs: attempt.timeoutMs,
    ...(attempt.abortSignal ? { signal: attempt.abortSignal } : {}),
  });
  const used = attemptUsage(usage, usage?.turn.outputTokens ?? 0);
  const by = { api: attempt.model.api, provider: attempt.provider, model: attempt.modelId };
  const tokens = usage ? messageUsage(usage.turn, attempt.model.cost) : noUsage;
  return {
    assistant: assistantMessage([{ type: "text", text }], by, Date.now(), "stop", tokens),
    ...(used ? { usage: used } : {}),
  };
}
