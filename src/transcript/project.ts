import type { ThreadItem } from "../protocol/items.ts";
import { entryId, type TranscriptEntry, type TranscriptKind } from "./entry.ts";
import { type ToolView, toolView } from "./tool-view.ts";

export interface ItemScope {
  readonly threadId: string;
  readonly turnId: string;
}

/**
 * What a finished item shows a user: zero or one entry. The same item always gives the same entry, whether it came
 * live, from a recording or from `thread/read`.
 */
export function projectItem(scope: ItemScope, item: ThreadItem, incomplete = false): TranscriptEntry | undefined {
  switch (item.type) {
    case "userMessage":
      return row("user", { text: item.content.map((part) => part.text ?? `[${part.type}]`).join("\n") });
    case "agentMessage": {
      const phase = knownPhase(item.phase);
      return item.text === "" ? undefined : row("assistant", { text: item.text, ...phase });
    }
    case "reasoning": {
      const text = (item.summary.length > 0 ? item.summary : item.content).join("\n\n");
      return text === "" ? undefined : row("reasoning", { text });
    }
    case "plan":
      return row("plan", { text: item.text });
    case "commandExecution":
    case "fileChange":
    case "dynamicToolCall":
    case "mcpToolCall":
    case "webSearch":
      return row("tool", { tool: { callId: item.id, ...shown(toolView(item), incomplete) } });
    case "imageView":
      return row("notice", { text: `Looked at ${item.path}` });
    case "imageGeneration":
      return row("notice", { text: item.savedPath ? `Made an image: ${item.savedPath}` : "Made an image" });
    case "contextCompaction":
      return row("notice", { text: "The conversation was compacted." });
    case "other":
      return undefined;
  }

  function row(kind: TranscriptKind, content: Pick<TranscriptEntry, "text" | "phase" | "tool">): TranscriptEntry {
    return {
      id: entryId(scope.threadId, scope.turnId, item.id, kind),
      kind,
      threadId: scope.threadId,
      turnId: scope.turnId,
      itemId: item.id,
      ...content,
      ...(incomplete ? { incomplete: true as const } : {}),
    };
  }
}

function shown(view: ToolView, incomplete: boolean): ToolView {
  return incomplete ? { ...view, status: "incomplete" } : view;
}

function knownPhase(phase: string | null | undefined): Pick<TranscriptEntry, "phase"> {
  return phase === "commentary" || phase === "final_answer" ? { phase } : {};
}
