import { BridgeError } from "../errors.ts";
import type { HostTool as BridgeTool } from "../requests/types.ts";
import { defined } from "./record.ts";
import type { HostAttempt, HostRuntime, HostTool } from "./sdk.ts";
import { toolOptions } from "./tool-options.ts";
import type { ToolRun } from "./tool-run.ts";

/** The host's tools of one attempt as Codex gets them. */
export interface ToolSurface {
  readonly tools: readonly BridgeTool[];
  /** Names that can be called in this attempt. */
  readonly names: ReadonlySet<string>;
  /** Tools of the host that are loaded only when the model searches for them; the same for every turn of a session. */
  readonly deferred: readonly string[];
  readonly toolTimeouts: Readonly<Record<string, number>>;
}

/** Tools a turn commonly needs: their whole definitions stand in every request. */
const direct: ReadonlySet<string> = new Set([
  "agents_list",
  "agents_wait",
  "memory_get",
  "memory_search",
  "message",
  "session_status",
  "sessions_yield",
  "web_fetch",
]);

/** What Codex does by itself. Kept ready, out of sight, for attempts in which Codex itself may do nothing. */
const workspaceTools: ReadonlySet<string> = new Set(["exec", "process", "read", "write", "edit", "ls", "view_image"]);

/** Never offered: Codex's own form cannot be taken away, or the host has it for its own runtime only. */
const excluded: ReadonlySet<string> = new Set([
  "apply_patch",
  "update_plan",
  "web_search",
  "tool_search",
  "tool_search_code",
  "tool_call",
  "tool_describe",
]);

/** Milliseconds; waiting for people or other agents takes longer than working. */
const toolTimeouts: Readonly<Record<string, number>> = {
  agents_wait: 600_000,
  computer: 120_000,
  exec: 600_000,
  image_generate: 180_000,
  message: 600_000,
  node_inference: 300_000,
  process: 600_000,
  video_generate: 600_000,
};

const noTools: ToolSurface = { tools: [], names: new Set(), deferred: [], toolTimeouts: {} };

/**
 * Builds the host's tools under its authority (`hostCapabilities.createToolSurface`). A thread keeps the tools it was
 * started with, so that all are registered always and those that this attempt must not use refuse at the call:
 * a heartbeat or a changed permission costs no thread.
 *
 * @throws BridgeError `host_too_old`; the attempt then fails before it begins
 */
export function buildToolSurface(
  params: HostAttempt,
  host: HostRuntime,
  run: Pick<ToolRun, "execute">,
  options: { readonly nativeOff: boolean; readonly signal: AbortSignal; readonly onYield: OnYield },
): ToolSurface {
  if (params.disableTools || params.modelRun || !host.supportsModelTools(params.model)) return noTools;
  const { createToolSurface } = params.hostCapabilities;
  if (!createToolSurface) {
    throw new BridgeError("host_too_old", "The host gives its harnesses no tools.", {
      remedy: "Update OpenClaw to 2026.8.2 or newer.",
    });
  }
  const cwd = params.cwd ?? params.workspaceDir;
  const built = createToolSurface(toolOptions(params, host, options), { cwd }).filter(
    ({ name }) => !excluded.has(name),
  );
  const ready = finalized(normalized(built, params, host), params, host);
  const searchable = canSearch(params.modelId);
  const tools = ready.map((tool): BridgeTool => {
    const refusal = refusalOf(tool.name, params, options.nativeOff);
    return {
      ...place(tool.name, options.nativeOff, searchable),
      name: tool.name,
      description: tool.description,
      inputSchema: tool.parameters,
      execute: (args, call) => (refusal ? { content: [text(refusal)], isError: true } : run.execute(tool, args, call)),
    };
  });
  const names = new Set(ready.flatMap(({ name }) => (refusalOf(name, params, options.nativeOff) ? [] : [name])));
  // The list is part of the instructions: one that changed with every heartbeat would fill the context.
  const deferred = tools.flatMap(({ name, namespace, deferLoading }) =>
    deferLoading && namespace === "openclaw" ? [name] : [],
  );
  return { tools, names, deferred, toolTimeouts };
}

type OnYield = (message: string, acknowledgment?: string) => void;

function place(name: string, nativeOff: boolean, searchable: boolean): Pick<BridgeTool, "namespace" | "deferLoading"> {
  if (workspaceTools.has(name)) return { namespace: "workspace", ...(nativeOff ? {} : { deferLoading: true }) };
  if (direct.has(name)) return {};
  return { namespace: "openclaw", ...(searchable ? { deferLoading: true } : {}) };
}

/** Codex gives its smallest models no search for tools. */
function canSearch(modelId: string): boolean {
  return !/(?:^|[-/])nano(?:$|-)/.test(modelId);
}

function refusalOf(name: string, params: HostAttempt, nativeOff: boolean): string | undefined {
  if (workspaceTools.has(name) && !nativeOff) return `Use your own tools instead of ${name}.`;
  if (name === "heartbeat_respond" && !isHeartbeat(params)) return "This is no heartbeat.";
  if (name === "message" && params.disableMessageTool && !params.forceMessageTool)
    return "Messages are off in this turn.";
  if (params.toolExecutionAllow && !params.toolExecutionAllow.includes(name))
    return `${name} may not run in this turn.`;
  return undefined;
}

function isHeartbeat({ trigger, enableHeartbeatTool, forceHeartbeatTool }: HostAttempt): boolean {
  return trigger === "heartbeat" || enableHeartbeatTool === true || forceHeartbeatTool === true;
}

function text(words: string): { type: "text"; text: string } {
  return { type: "text", text: words };
}

/** Schemas as the model's provider takes them. */
function normalized(tools: readonly HostTool[], params: HostAttempt, host: HostRuntime): HostTool[] {
  return host.normalizeAgentRuntimeTools({
    tools,
    provider: params.provider,
    workspaceDir: params.workspaceDir,
    env: process.env,
    modelId: params.modelId,
    modelApi: params.model.api,
    model: params.model,
    ...defined({ runtimePlan: params.runtimePlan, config: params.config }),
  } as Parameters<HostRuntime["normalizeAgentRuntimeTools"]>[0]) as HostTool[];
}

/** What tools say of each other depends on which of them exist. */
function finalized(tools: HostTool[], params: HostAttempt, host: HostRuntime): HostTool[] {
  if (!host.finalizeAgentToolAvailability) return tools;
  const { toolExecutionAllow } = params;
  return host.finalizeAgentToolAvailability(tools, toolExecutionAllow ? { toolExecutionAllow } : {});
}

/** The same tools, of which only the named ones run: a plugin's wish for one turn costs the session no new thread. */
export function restricted(surface: ToolSurface, allow: readonly string[]): ToolSurface {
  if (allow.includes("*")) return surface;
  const allowed = new Set(allow);
  const tools = surface.tools.map((tool): BridgeTool => {
    if (allowed.has(tool.name)) return tool;
    return { ...tool, execute: () => ({ content: [text(`${tool.name} may not run in this turn.`)], isError: true }) };
  });
  const names = new Set([...surface.names].filter((name) => allowed.has(name)));
  return { ...surface, tools, names, deferred: surface.deferred.filter((name) => allowed.has(name)) };
}
