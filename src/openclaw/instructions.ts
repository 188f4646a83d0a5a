import path from "node:path";
import { defined } from "./record.ts";
import type { HostAttempt, HostRuntime } from "./sdk.ts";
import type { ToolSurface } from "./tool-surface.ts";

type Bootstrap = Pick<HostRuntime, "resolveBootstrapContextForRun" | "buildCredentialSafetyPrompt">;

/**
 * The developer instructions of an attempt: what changes rarely, so that a thread is told once. What belongs to one
 * turn is in turn-context.ts. Codex reads the AGENTS.md of its folder by itself; it is not repeated here.
 */
export async function developerInstructions(
  params: HostAttempt,
  surface: Pick<ToolSurface, "names" | "deferred">,
  host: Bootstrap,
): Promise<string> {
  if (params.modelRun || params.promptMode === "none") return joined([params.extraSystemPrompt]);
  const brief = params.promptMode === "minimal";
  const files = brief ? [] : await workspaceFiles(params, surface, host);
  return joined([
    surface.names.size > 0 ? toolGuidance(surface) : undefined,
    host.buildCredentialSafetyPrompt({
      controlToolsAvailable: surface.names.has("openclaw") || surface.names.has("gateway"),
    } as Parameters<Bootstrap["buildCredentialSafetyPrompt"]>[0]),
    brief || params.disableTools ? undefined : params.skillsSnapshot?.prompt,
    ...files,
    params.gitCoauthorPrompt,
    params.extraSystemPrompt,
  ]);
}

function toolGuidance({ deferred, names }: Pick<ToolSurface, "names" | "deferred">): string {
  const lines = [
    "You run inside OpenClaw, which has tools of its own for messages, sessions, schedules, memory, media and devices.",
  ];
  if (deferred.length > 0) {
    lines.push(
      `More OpenClaw tools are loaded on demand, in the namespace openclaw: ${[...deferred].sort().join(", ")}. ` +
        "Find them with tool_search; where code calls tools, look them up by name in ALL_TOOLS.",
    );
  }
  if (names.has("sessions_yield")) {
    lines.push(
      "To wait for work that other sessions do for you, call sessions_yield and end your turn: their results come as " +
        "your next input. Do not poll for them.",
    );
  }
  return lines.join("\n");
}

/** Persona and notes of the agent, each under its name; Codex would not find them. */
async function workspaceFiles(
  params: HostAttempt,
  surface: Pick<ToolSurface, "names">,
  host: Bootstrap,
): Promise<string[]> {
  const workspace = params.bootstrapWorkspaceDir ?? params.workspaceDir;
  const { contextFiles } = await host.resolveBootstrapContextForRun({
    workspaceDir: workspace,
    sessionId: params.sessionId,
    ...defined({
      config: params.config,
      sessionKey: params.sessionKey,
      agentId: params.agentId,
      chatType: params.chatType,
      contextMode: params.bootstrapContextMode,
      runKind: params.bootstrapContextRunKind,
      bootstrapUserProfileId: params.bootstrapUserProfileId,
    }),
  });
  const cwd = params.cwd ?? params.workspaceDir;
  const codexReads = cwd === workspace || cwd.startsWith(workspace + path.sep);
  return contextFiles.flatMap(({ path: file, content }) => {
    const name = path.basename(file);
    if (content.trim() === "" || (name === "AGENTS.md" && codexReads)) return [];
    if (name === "MEMORY.md" && surface.names.has("memory_search")) {
      return [`${file} holds what you noted for the long term. Ask for it with memory_search and memory_get.`];
    }
    return [`<workspace_file path=${JSON.stringify(file)}>\n${content.trim()}\n</workspace_file>`];
  });
}

function joined(parts: readonly (string | undefined)[]): string {
  return parts.flatMap((part) => (part?.trim() ? [part.trim()] : [])).join("\n\n");
}
