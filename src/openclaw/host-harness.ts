import { claimedProviders } from "./harness-modes.ts";
import { type LiveConfig, readable } from "./live-config.ts";
import { OnceLog } from "./once-log.ts";
import type { Runtime } from "./runtime.ts";
import type { HostAttempt, HostHarness } from "./sdk.ts";
import { sessionRef } from "./session-ref.ts";
import type { Place } from "./shared-harness.ts";
import { SubAgentWatch, taskKind, withSubAgentTasks } from "./sub-agent-tasks.ts";
import { supportsRoute } from "./supports.ts";
import { wantsDebug } from "./wants-debug.ts";

/**
 * Everything the host may ask of the harness. What costs time is imported when it is asked for first: a host loads the
 * plugin for many commands that never run a turn.
 *
 * The host copies this object property by property, so it has to be plain: methods of a class would be lost.
 */
export function harnessFor(harnessId: string, place: Place, config: LiveConfig) {
  let opened: Promise<Runtime> | undefined;
  const runtime = (): Promise<Runtime> => {
    opened ??= import("./runtime.ts").then(({ Runtime }) => new Runtime(place, config));
    return opened;
  };
  let accountOf: (agentId: string) => { accountType: string } | undefined = () => undefined;
  const selections = new OnceLog((message) => place.log("info", message));
  const subAgents = new SubAgentWatch();
  const warnings = new OnceLog((message) => place.log("warn", message));

  const harness: HostHarness = {
    id: harnessId,
    label: "Codex (codex-bridge)",
    autoSelection: { providerIds: harnessId === "codex" ? claimedProviders : [] },
    authBootstrap: "harness",
    ...toolPolicy,
    supports: (context) => supportsRoute(harnessId, context, homeScopeOf(config), readable(config)?.harnessModes),
    async runAttempt(params) {
      const profile = wantsDebug(params.config, process.env)
        ? (await import("./profile.ts")).runProfile(params.startedAtMs, (text) => place.log("debug", text))
        : undefined;
      const [{ runHostAttempt }, { preflight }, { withMcpServers }, { withTrajectory }] = await Promise.all([
        import("./attempt.ts"),
        import("./preflight.ts"),
        import("./mcp-servers.ts"),
        import("./trajectory.ts"),
      ]);
      const open = await runtime();
      const now = await preflight(params, () => open.config());
      selections.facts("codex-bridge runs", selectionFacts(harnessId, params, now.appServer.homeScope));
      const warn = (message: string): void => warnings.say(message);
      const result = await runHostAttempt(params, now, async () => {
        const own = withSubAgentTasks(
          withMcpServers(await open.harness(params), params, warn),
          params,
          subAgents,
          warn,
        );
        return withTrajectory(profile?.around(own) ?? own, params);
      });
      profile?.tell();
      return result;
    },
    async compact(params) {
      const { compactHostSession } = await import("./compaction.ts");
      const open = await runtime();
      return compactHostSession(params, () => open.harness({ ...params, modelId: params.model }));
    },
    async reset(params) {
      // A compaction goes on with the thread; a deletion has ended it in its own window.
      if (params.sessionKey === undefined || params.reason === "compaction" || params.reason === "deleted") return;
      const { endThread } = await import("./session-windows.ts");
      const reason = `the host ended the session (${params.reason ?? "no reason given"})`;
      await endThread((await runtime()).commons(), sessionRef(params), reason);
    },
    async withSessionDeletion(params, run) {
      const { deletion, inSessionWindow } = await import("./session-windows.ts");
      return inSessionWindow((await runtime()).commons(), params, deletion, run);
    },
    async withSessionContextReset(params, run) {
      const { contextReset, inSessionWindow } = await import("./session-windows.ts");
      return inSessionWindow((await runtime()).commons(), params, contextReset, run);
    },
    async runSideQuestion(params) {
      const { answerSideQuestion, sideQuestionAuth } = await import("./side-question.ts");
      const open = await runtime();
      return answerSideQuestion(params, await open.harness(sideQuestionAuth(params)), open.config());
    },
    async finalizeSettledTurn(params) {
      const { finalizeSettledTurn } = await import("./settled-turn.ts");
      const open = await runtime();
      return finalizeSettledTurn(params, await open.harness(params.attempt), open.config());
    },
    async runIsolatedCompletionV2(params) {
      const { completeIsolated } = await import("./isolated-completion.ts");
      const open = await runtime();
      return completeIsolated(params, (facts) => open.harness(facts), open.config());
    },
    async loadModelCatalog({ agentId }) {
      const { hostModels, seenAccount } = await import("./catalog.ts");
      const open = await runtime();
      accountOf = (agent) => seenAccount(open, agent);
      return hostModels(open, agentId);
    },
    // Asked in the middle of drawing a list: only what was seen when the models were listed.
    readModelCatalogReadiness: ({ agentId }) => accountOf(agentId),
    async loadMcpToolCatalog(query) {
      const { mcpCatalog } = await import("./mcp-inventory.ts");
      return mcpCatalog(await runtime(), query);
    },
    taskHistory: {
      taskKinds: [taskKind],
      async read(query) {
        const { readTaskHistory } = await import("./task-history.ts");
        return readTaskHistory(await runtime(), query);
      },
    },
    async fetchUsageSnapshot(query) {
      const { usageSnapshot } = await import("./usage-snapshot.ts");
      return usageSnapshot(await runtime(), query);
    },
  };
  const release = async (): Promise<void> => {
    await (await opened)?.release();
  };
  return { harness, release };
}

/**
 * What of an operator's tool policy holds here (host contract "Native tool-policy enforcement"). A turn whose policy
 * denies anything else than the named tools runs without Codex's own ones; those named have no equivalent in Codex, so
 * that leaving them out of the host's tools is all there is to deny.
 */
const toolPolicy = {
  conversationToolPolicySupport: "exact",
  conversationToolPolicyNativeTools: ["exec", "process", "read", "write", "edit", "apply_patch"],
  conversationToolPolicySafeDenyTools: [
    "automations",
    "dashboard",
    "gateway",
    "heartbeat_respond",
    "memory_get",
    "memory_search",
    "message",
    "music_generate",
    "nodes",
    "session_status",
    "sessions_history",
    "sessions_list",
    "sessions_send",
    "show_widget",
    "skill_workshop",
    "tts",
    "video_generate",
  ],
} as const;

function homeScopeOf(config: LiveConfig): "agent" | "user" {
  return readable(config)?.appServer.homeScope ?? "agent";
}

function selectionFacts(harnessId: string, params: HostAttempt, homeScope: string): Record<string, string | undefined> {
  const { provider, modelId, resolvedApiKey, authProfileId } = params;
  const lent = resolvedApiKey ? "key" : authProfileId === undefined ? "native" : `profile ${authProfileId}`;
  return {
    route: `${provider}/${modelId}`,
    harness: harnessId,
    agent: params.agentId,
    account: homeScope === "user" ? "native (the operator's own)" : lent,
  };
}
