import { bothEnds } from "../requests/show.ts";
import type { TranscriptEntry } from "../transcript/entry.ts";
import type { HostAssistantMessage, HostMessage, HostToolResultMessage } from "./sdk.ts";
import { hostToolName } from "./tool-names.ts";
import { type MessageUsage, noUsage } from "./usage.ts";

export { noUsage };

export type KeyedMessage = HostMessage & { idempotencyKey: string };
/** Of a tool's output both ends are kept: rows are read by people, and by models the host quotes them to. */
const maxOutputChars = 16_384;

type Content = HostAssistantMessage["content"];

/** The model route a message is attributed to. */
export interface Attribution {
  readonly api: string;
  readonly provider: string;
  readonly model: string;
}

/** The key under which the host stores an entry; the same for a live write and one after a crash. */
export function idempotencyKey(entry: TranscriptEntry, part?: "call" | "result"): string {
  return part === undefined ? `codex-bridge:${entry.id}` : `codex-bridge:${entry.id}:${part}`;
}

/**
 * The host messages that stand for one entry, oldest first. None for the user's own text (the host persists it through
 * its recorder) and for notices and errors (the host shows those from the attempt's result).
 * @param thinking what the model thought before; it stands in the row it led to, as in the host's own runtime
 */
export function hostMessages(
  entry: TranscriptEntry,
  by: Attribution,
  timestampMs: number,
  usage: MessageUsage = noUsage,
  thinking: readonly string[] = [],
): KeyedMessage[] {
  const thoughts: Content = thinking.map((words) => ({ type: "thinking", thinking: words }));
  const assistant = (content: Content, key: string, stopReason: HostAssistantMessage["stopReason"]): KeyedMessage => ({
    ...assistantMessage([...thoughts, ...content], by, timestampMs, stopReason, usage),
    idempotencyKey: key,
  });
  switch (entry.kind) {
    case "user":
    case "notice":
    case "error":
      return [];
    case "assistant":
    case "plan":
      if (!entry.text) return [];
      return [assistant([{ type: "text", text: entry.text }], idempotencyKey(entry), "stop")];
    case "reasoning":
      if (!entry.text) return [];
      return [assistant([{ type: "thinking", thinking: entry.text }], idempotencyKey(entry), "stop")];
    case "tool": {
      const tool = entry.tool;
      if (!tool) return [];
      const name = hostToolName(tool.name);
      const call: Content = [
        { type: "toolCall", id: tool.callId, name, arguments: toolArguments(tool.input, tool.title) },
      ];
      const result: HostToolResultMessage & { idempotencyKey: string } = {
        role: "toolResult",
        toolCallId: tool.callId,
        toolName: name,
        content: [{ type: "text", text: bothEnds(tool.output ?? `(${tool.status})`, maxOutputChars) }],
        isError: tool.status !== "completed",
        timestamp: timestampMs,
        idempotencyKey: idempotencyKey(entry, "result"),
      };
      return [assistant(call, idempotencyKey(entry, "call"), "toolUse"), result];
    }
  }
}

export function assistantMessage(
  content: Content,
  by: Attribution,
  timestampMs: number,
  stopReason: HostAssistantMessage["stopReason"],
  usage: MessageUsage = noUsage,
): HostAssistantMessage {
  return {
    role: "assistant",
    content,
    api: by.api as HostAssistantMessage["api"],
    provider: by.provider,
    model: by.model,
    usage,
    stopReason,
    timestamp: timestampMs,
  };
}

function toolArguments(input: unknown, title: string): Record<string, unknown> {
  if (input !== null && typeof input === "object" && !Array.isArray(input)) return input as Record<string, unknown>;
  return input === undefined ? { title } : { input };
}
