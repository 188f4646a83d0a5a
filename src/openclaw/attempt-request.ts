import type { Attempt, TurnContext } from "../harness/types.ts";
import type { RequestHandlers } from "../requests/types.ts";
import { type PluginConfig, providerOf } from "./config.ts";
import type { Permissions } from "./permissions.ts";
import { defined } from "./record.ts";
import type { HostAttempt } from "./sdk.ts";
import { selectionOf } from "./selection.ts";
import { sessionRef } from "./session-ref.ts";
import { shellEnvironment } from "./shell-environment.ts";
import type { ToolSurface } from "./tool-surface.ts";

/** What was prepared for one attempt. */
export interface Prepared {
  readonly prompt: string;
  readonly instructions: string;
  readonly context: readonly TurnContext[];
  readonly images: readonly string[];
  readonly permissions: Permissions;
  readonly surface: ToolSurface;
  readonly signal: AbortSignal;
}

/** How the harness reaches the host while the turn runs. */
export type Reach = Pick<Attempt, "observer" | "transcript" | "onControl" | "history"> &
  Pick<RequestHandlers, "approve" | "answer" | "fillIn">;

/** The host's parameters as the harness wants them. */
export function toAttempt(params: HostAttempt, config: PluginConfig, prepared: Prepared, reach: Reach): Attempt {
  const { permissions, surface } = prepared;
  return {
    ...reach,
    session: sessionRef(params),
    prompt: prepared.prompt,
    images: prepared.images,
    context: prepared.context,
    cwd: params.cwd ?? params.workspaceDir,
    model: params.modelId,
    ...providerOf(config, params),
    ...defined({
      effort: effortOf(params.thinkLevel, supportedEfforts(params.model)),
      nativeExecution: permissions.nativeOff === undefined ? undefined : ("off" as const),
      selection: selectionOf(params, config.harnessId),
    }),
    serviceTier: isFast(params.fastMode) ? "fast" : null,
    ...(prepared.instructions ? { developerInstructions: prepared.instructions } : {}),
    approvalPolicy: permissions.approvalPolicy,
    sandbox: permissions.sandbox,
    approvalsReviewer: permissions.approvalsReviewer,
    config: { ...permissions.config, ...shellEnvironment(params, config.appServer) },
    tools: surface.tools,
    // The surface knows what Codex has itself.
    excludeTools: [],
    toolTimeouts: { ...surface.toolTimeouts, ...config.toolTimeouts },
    signal: prepared.signal,
    timeoutMs: params.timeoutMs,
    serverHash: "if_known",
    adoptHistory: true,
    lenientTools: true,
  };
}

const efforts = ["minimal", "low", "medium", "high", "xhigh", "max"] as const;

/**
 * The host's thinking level as a reasoning effort: the nearest one upwards that the model has, else its highest.
 * Undefined leaves the choice to the model's default.
 */
export function effortOf(level: string, supported: readonly string[] | undefined): string | undefined {
  if (level === "off") return supported?.includes("none") ? "none" : undefined;
  const wanted = efforts.indexOf((level === "ultra" ? "max" : level) as (typeof efforts)[number]);
  if (wanted < 0) return undefined;
  const known = efforts.filter((effort) => (supported ?? ["low", "medium", "high", "xhigh"]).includes(effort));
  return known.find((effort) => efforts.indexOf(effort) >= wanted) ?? known.at(-1);
}

function supportedEfforts({ compat }: HostAttempt["model"]): readonly string[] | undefined {
  const listed = (compat as { supportedReasoningEfforts?: unknown } | undefined)?.supportedReasoningEfforts;
  return Array.isArray(listed) && listed.length > 0 ? listed.map(String) : undefined;
}

function isFast(mode: HostAttempt["fastMode"]): boolean {
  return (typeof mode === "function" ? mode() : mode) === true;
}
