import { defined } from "./record.ts";
import type { HostAttempt, HostRuntime } from "./sdk.ts";

type Surface = NonNullable<HostAttempt["hostCapabilities"]["createToolSurface"]>;
type SurfaceOptions = Parameters<Surface>[0];

export interface SurfaceWishes {
  readonly nativeOff: boolean;
  readonly signal: AbortSignal;
  onYield(message: string, acknowledgment?: string): void;
}

/** What the host has to know of a run to build its tools; identity and route come from the host's own run facts. */
export function toolOptions(params: HostAttempt, host: HostRuntime, wishes: SurfaceWishes): SurfaceOptions {
  const cwd = params.cwd ?? params.workspaceDir;
  const policyKey = params.sandboxSessionKey ?? params.sessionKey ?? params.sessionId;
  const channel = params.messageProvider ?? params.messageChannel;
  const auth = params.toolAuthProfileStore ?? params.authProfileStore;
  return {
    ...host.buildEmbeddedAttemptToolRunContext({ ...params, forceMessageTool: params.forceMessageTool === true }),
    ...defined({
      agentId: params.agentId,
      policyAgentId: params.sandboxAgentId ?? params.agentId,
      sandbox: params.sandbox ?? undefined,
      messageProvider: params.messageChannel ?? params.messageProvider,
      toolPolicyMessageProvider: channel,
      inputProvenance: params.inputProvenance,
      trustedInternalHandoff: params.trustedInternalHandoff,
      allowGatewaySubagentBinding: params.allowGatewaySubagentBinding,
      runSessionKey: params.sessionKey !== policyKey ? params.sessionKey : undefined,
      agentDir: params.agentDir,
      preparedModelRuntime: params.preparedModelRuntime,
      spawnWorkspaceDir: host.resolveAttemptSpawnWorkspaceDir({
        resolvedWorkspace: params.workspaceDir,
        ...(params.sandbox ? { sandbox: params.sandbox } : {}),
      }),
      config: params.config,
      skillsSnapshot: params.skillsSnapshot,
      authProfileStore: auth,
      modelContextWindowTokens: params.model.contextWindow,
      delegationCapability: params.delegationCapability,
      modelAuthMode: host.resolveModelAuthMode(params.model.provider, params.config, auth, {
        workspaceDir: params.workspaceDir,
      }),
      oneShotCliRun: params.oneShotCliRun,
      requireExplicitMessageTarget: params.requireExplicitMessageTarget,
      onToolOutcome: params.onToolOutcome,
      isTurnTainted: params.isTurnTainted,
      allocateToolOutcomeOrdinal: params.allocateToolOutcomeOrdinal,
      memoryFlushWritePath: params.memoryFlushWritePath,
      questionPrompt: params.onToolResult
        ? { send: params.onToolResult, messageChannel: params.messageChannel ?? params.messageProvider }
        : undefined,
      skillWorkshop: skillWorkshop(params),
    }),
    exec: defined({ ...params.execOverrides, config: params.config, elevated: params.bashElevated }),
    ...permissionPolicy(params),
    sessionKey: policyKey,
    sessionId: params.sessionId,
    runId: params.runId,
    cwd,
    workspaceDir: params.workspaceDir,
    abortSignal: wishes.signal,
    modelProvider: params.model.provider,
    modelId: params.modelId,
    modelApi: params.model.api,
    modelHasVision: params.modelHasVision ?? params.model.input.includes("image"),
    // Registered always, refused when this attempt is no heartbeat or may send nothing: threads keep their tools.
    enableHeartbeatTool: true,
    forceHeartbeatTool: true,
    disableMessageTool: false,
    forceMessageTool: params.forceMessageTool === true,
    suppressManagedWebSearch: true,
    emitBeforeToolCallDiagnostics: true,
    computerContextEpoch: { value: 0 },
    onYield: (message: string, acknowledgment?: string) => wishes.onYield(message, acknowledgment),
  } as unknown as SurfaceOptions;
}

/** The host's own file and exec tools keep to the session's permission mode. */
function permissionPolicy({ permissionMode, sessionRoot, workspaceDir }: HostAttempt): object {
  if (!permissionMode) return {};
  return { sessionPermissionPolicy: { mode: permissionMode, root: sessionRoot ?? workspaceDir } };
}

function skillWorkshop(params: HostAttempt): object | undefined {
  const options = defined({
    libraryAuthoring: params.skillLibraryAuthoring,
    proposalOnly: params.skillWorkshopProposalOnly,
    autonomousCapture: params.skillWorkshopAutonomousCapture,
    updateProposals: params.skillWorkshopUpdateProposals,
    origin: params.skillWorkshopOrigin,
    proposalMutationBudget: params.skillWorkshopProposalMutationBudget,
    env: params.skillWorkshopProposalEnv,
    proposalRevision: params.skillWorkshopProposalRevision,
  });
  return Object.keys(options).length > 0 ? options : undefined;
}
