import type { CodexHarness } from "../harness/codex-harness.ts";
import { effortOf } from "./attempt-request.ts";
import { type PluginConfig, providerOf } from "./config.ts";
import type { HostHarness } from "./sdk.ts";
import { sessionRef } from "./session-ref.ts";
import { attemptUsage } from "./usage.ts";

export type SideQuestion = Parameters<NonNullable<HostHarness["runSideQuestion"]>>[0];
type SideAnswer = Awaited<ReturnType<NonNullable<HostHarness["runSideQuestion"]>>>;

const sideQuestionMs = 10 * 60_000;

/** The account a side question runs on, as the calls of a turn name it. */
export function sideQuestionAuth({ preparedRuntimeAuth, cfg, provider, model, ...of }: SideQuestion) {
  const { agentDir, agentId, sessionId } = of;
  const { plan, authProfileStore, resolvedApiKey } = preparedRuntimeAuth;
  const authProfileId = plan.forwardedAuthProfileId;
  const route = { provider, modelId: model };
  return { ...route, resolvedApiKey, authProfileId, authProfileStore, config: cfg, agentDir, agentId, sessionId };
}

/** Said before the question, because the copy of the conversation keeps its own instructions. */
const preface = [
  "This is a question on the side. Answer it in words, from this conversation and what you know.",
  "No tools run here, nothing is changed, and the conversation goes on without this question.",
].join(" ");

/**
 * Answers `/btw` in an ephemeral copy of the session's thread, also while a turn is running there (host contract
 * `AgentHarness.runSideQuestion`).
 *
 * @throws BridgeError `session_has_no_thread` | `aside_used_tool`, or what made it fail
 */
export async function answerSideQuestion(
  params: SideQuestion,
  harness: CodexHarness,
  config: PluginConfig,
): Promise<SideAnswer> {
  const effort = effortOf(params.resolvedThinkLevel ?? "", undefined);
  const images = (params.images ?? []).map(({ data, mimeType }) => `data:${mimeType};base64,${data}`);
  const { text, usage } = await harness.aside({
    session: sessionRef(params),
    question: `${preface}\n\n${params.question}`,
    ...(images.length > 0 ? { images } : {}),
    cwd: params.workspaceDir ?? params.agentDir,
    model: params.model,
    ...providerOf(config, { provider: params.provider, modelId: params.model }),
    ...(effort === undefined ? {} : { effort }),
    timeoutMs: sideQuestionMs,
    ...(params.opts?.abortSignal ? { signal: params.opts.abortSignal } : {}),
    assertCurrent: () => params.hostCapabilities.assertActive(),
  });
  const used = attemptUsage(usage, usage?.turn.outputTokens ?? 0);
  return { text, ...(used ? { usage: used } : {}) };
}
