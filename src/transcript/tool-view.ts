import type { ThreadItem } from "../protocol/items.ts";
import type { TranscriptTool } from "./entry.ts";

export type ToolView = Omit<TranscriptTool, "callId">;

type ToolItem = Extract<
  ThreadItem,
  { type: "commandExecution" | "fileChange" | "dynamicToolCall" | "mcpToolCall" | "webSearch" | "collabAgentToolCall" }
>;

/** How a tool item reads: its name, one line of title, what went in and what came out. */
export function toolView(item: ToolItem): ToolView {
  switch (item.type) {
    case "commandExecution":
      return {
        name: "exec",
        title: unwrapShell(item.command),
        input: { command: item.command, ...(item.cwd ? { cwd: item.cwd } : {}) },
        ...output(item.aggregatedOutput),
        status: toolStatus(item.status),
      };
    case "fileChange":
      return {
        name: "apply_patch",
        title: item.changes.map((change) => `${change.kind.type} ${change.path}`).join(", "),
        input: item.changes.map(({ path, kind, diff }) => ({ path, kind: kind.type, diff })),
        status: toolStatus(item.status),
      };
    case "dynamicToolCall":
      return {
        name: item.namespace ? `${item.namespace}.${item.tool}` : item.tool,
        title: item.tool,
        input: item.arguments,
        ...output(item.contentItems?.map((part) => part.text ?? `[${part.type}]`).join("\n")),
        status: item.success === false ? "failed" : toolStatus(item.status),
      };
    case "mcpToolCall":
      return {
        name: `${item.server}.${item.tool}`,
        title: item.tool,
        input: item.arguments,
        ...output(item.error?.message ?? mcpText(item.result)),
        status: toolStatus(item.status),
      };
    case "webSearch":
      return { name: "web_search", title: item.query, input: { query: item.query }, status: "completed" };
    case "collabAgentToolCall":
      return {
        name: `agent.${item.tool}`,
        title: item.prompt ?? item.receiverThreadIds.join(", "),
        input: { prompt: item.prompt ?? undefined, agents: item.receiverThreadIds },
        ...output(agentMessages(item)),
        status: toolStatus(item.status),
      };
  }
}

/** Codex wraps commands in a login shell; a person wants to see the command. */
function unwrapShell(command: string): string {
  const quoted = /^\S*\/(?:ba|z|da)?sh -l?c '([\s\S]*)'$/.exec(command)?.[1];
  return quoted === undefined ? command.replace(/^\S*\/(?:ba|z|da)?sh -l?c /, "") : quoted.replaceAll("'\\''", "'");
}

function output(text: string | null | undefined): { output?: string } {
  return text ? { output: text } : {};
}

/** An item that is finished but still says "inProgress" was cut off. */
function toolStatus(status: string): TranscriptTool["status"] {
  return status === "completed" || status === "failed" || status === "declined" ? status : "incomplete";
}

function agentMessages(item: Extract<ToolItem, { type: "collabAgentToolCall" }>): string {
  const states = Object.values(item.agentsStates ?? {});
  return states.flatMap(({ message }) => (message ? [message] : [])).join("\n\n");
}

function mcpText(result: unknown): string | undefined {
  const content = (result as { content?: unknown } | null | undefined)?.content;
  if (!Array.isArray(content)) return undefined;
  return content.map((part: { text?: unknown }) => (typeof part.text === "string" ? part.text : "")).join("\n");
}
