import type { TranscriptEntry } from "../transcript/entry.ts";
import { projectItem } from "../transcript/project.ts";
import { toolView } from "../transcript/tool-view.ts";
import { isToolItem, type ToolItem } from "../turn/open-items.ts";
import type { TurnEffect } from "../turn/state.ts";
import type { Attempt, ToolProgress } from "./types.ts";

export interface EffectContext {
  readonly attempt: Attempt;
  readonly threadId: string;
  /** Filled with what was written to the transcript, in order. */
  readonly entries: TranscriptEntry[];
  at(): number;
  onAccepted(turnId: string): void;
  onFirstToken(): void;
  onWriteError(error: unknown): void;
}

/** Turns the reducer's effects into observer calls and transcript entries. */
export function effectHandler(context: EffectContext): (effect: TurnEffect) => void | Promise<void> {
  const { attempt, entries } = context;
  const observer = attempt.observer ?? {};
  let turnId = "";

  const write = async (entry: TranscriptEntry): Promise<void> => {
    entries.push(entry);
    try {
      await attempt.transcript.append([entry]);
    } catch (thrown) {
      context.onWriteError(thrown);
    }
  };

  return (effect) => {
    switch (effect.type) {
      case "accepted":
        turnId = effect.turnId;
        context.onAccepted(turnId);
        return observer.onPhase?.({ phase: "turn_accepted", atMs: context.at() });
      case "first_token":
        context.onFirstToken();
        return observer.onPhase?.({ phase: "first_token", atMs: context.at() });
      case "assistant.start":
        return observer.onAssistantStart?.({ itemId: effect.itemId });
      case "delta": {
        const piece = { itemId: effect.item.id, text: effect.text, delta: effect.delta };
        if (effect.channel === "text") return observer.onPartialReply?.(piece);
        return effect.channel === "reasoning" ? observer.onReasoning?.(piece) : undefined;
      }
      case "reasoning.end":
        return observer.onReasoningEnd?.();
      case "tool.start":
        return isToolItem(effect.item) ? observer.onTool?.(progress("start", effect.item)) : undefined;
      case "tool.output":
        return isToolItem(effect.item)
          ? observer.onTool?.({ ...progress("update", effect.item), output: effect.delta })
          : undefined;
      case "tool.end":
        return isToolItem(effect.item) ? observer.onTool?.(ended(effect.item)) : undefined;
      case "item": {
        const entry = projectItem({ threadId: context.threadId, turnId }, effect.item, effect.incomplete);
        return entry && write(entry);
      }
      case "notice":
        return observer.onNotice?.({ text: effect.text });
      case "settled":
        return observer.onPhase?.({ phase: "settled", atMs: context.at() });
      case "plan":
      case "interrupt":
      case "late_items.wait":
        return undefined;
    }
  };
}

function progress(phase: ToolProgress["phase"], item: ToolItem): ToolProgress {
  const { name, title } = toolView(item);
  return { phase, id: item.id, name, title };
}

function ended(item: ToolItem): ToolProgress {
  const { status, output } = toolView(item);
  return { ...progress("end", item), status, ...(output === undefined ? {} : { output }) };
}
