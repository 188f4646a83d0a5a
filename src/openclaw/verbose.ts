import type { ToolProgress } from "../harness/types.ts";
import { bothEnds } from "../requests/show.ts";
import type { HostAttempt, HostRuntime } from "./sdk.ts";
import { hostToolName } from "./tool-names.ts";

const maxOutputChars = 4000;

/**
 * Tells a conversation in verbose mode which tools run (`onToolResult`), and in full mode what they gave back. What a
 * command says can hold secrets: a channel gets it only in full mode.
 */
export async function showTool(
  tool: ToolProgress,
  params: HostAttempt,
  host: Pick<HostRuntime, "formatToolAggregate" | "isMessagingTool">,
): Promise<void> {
  const { onToolResult, verboseLevel, shouldEmitToolResult, shouldEmitToolOutput } = params;
  const name = hostToolName(tool.name);
  if (!onToolResult || tool.phase === "update" || host.isMessagingTool(name)) return;
  const full = shouldEmitToolOutput?.() ?? verboseLevel === "full";
  const brief = shouldEmitToolResult?.() ?? (verboseLevel === "on" || verboseLevel === "full");
  const channel = params.messageChannel ?? params.messageProvider;
  const isCommand = tool.native && tool.name === "exec";
  const metas = tool.title && (!isCommand || (!channel && full)) ? [tool.title] : [];
  const markdown = params.toolResultFormat !== "plain";
  const label = host.formatToolAggregate(name, metas, { markdown });
  const about = channel ? { channelData: { openclawToolProgressId: tool.id } } : {};
  if (tool.phase === "start") {
    if (brief) await onToolResult({ text: label, ...about });
    return;
  }
  const output = tool.output?.trim();
  if (!full || !output) return;
  const shown = bothEnds(output, maxOutputChars);
  const isError = tool.status !== "completed";
  await onToolResult({
    text: markdown ? `${label}\n${fenced(shown)}` : `${label}\n${shown}`,
    ...about,
    ...(isError ? { isError } : {}),
  });
}

/** A fence longer than any in the text. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}txt\n${text}\n${fence}`;
}
