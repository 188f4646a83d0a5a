import { showableText } from "../errors.ts";
import type { ThreadItem } from "../protocol/items.ts";
import type { TurnSummary } from "../protocol/shapes.ts";
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
    case "collabAgentToolCall":
      return row("tool", { tool: { callId: item.id, ...shown(toolView(item), incomplete) } });
    case "imageView":
      return row("notice", { text: `Looked at ${item.path}` });
    case "imageGeneration":
      return row("notice", { text: item.savedPath ? `Made an image: ${item.savedPath}` : "Made an image" });
    case "contextCompaction":
      return row("notice", { text: "The conversation was compacted." });
    case "enteredReviewMode":
      return row("notice", { text: `Review begun: ${item.review}` });
    case "exitedReviewMode":
      return row("assistant", { text: item.review });
    case "subAgentActivity":
      return row("notice", { text: `Sub-agent ${item.agentPath || item.agentThreadId}: ${item.kind}` });
    case "sleep":
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

/** The row for a turn that failed. */
export function projectFailure(scope: ItemScope, message: string): TranscriptEntry {
  return {
    id: entryId(scope.threadId, scope.turnId, "turn", "error"),
    kind: "error",
    ...scope,
    itemId: "turn",
    // As in the error of the outcome, live and read back.
    text: showableText(message),
  };
}

/** The transcript of a turn from the server's own record of it (`thread/turns/list`, `thread/read`). */
export function projectTurn(threadId: string, turn: TurnSummary): TranscriptEntry[] {
  const scope = { threadId, turnId: turn.id };
  const entries = turn.items.flatMap((item) => projectItem(scope, item) ?? []);
  return turn.status === "failed" && turn.error ? [...entries, projectFailure(scope, turn.error.message)] : entries;
}

function shown(view: ToolView, incomplete: boolean): ToolView {
  return incomplete ? { ...view, status: "incomplete" } : view;
}

function knownPhase(phase: string | null | undefined): Pick<TranscriptEntry, "phase"> {
  return phase === "commentary" || phase === "final_answer" ? { phase } : {};
}
