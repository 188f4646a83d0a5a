import type { ThreadItem } from "../protocol/items.ts";
import { redactSecrets } from "../redact.ts";
import { bothEnds } from "../requests/show.ts";
import type { TranscriptEntry } from "../transcript/entry.ts";
import { projectItem } from "../transcript/project.ts";
import { toolView } from "../transcript/tool-view.ts";
import type { ToolItem } from "../turn/open-items.ts";
import type { HostEffect } from "../turn/state.ts";
import { defaultSilentToken, SilentGate } from "./silent.ts";
import type { Attempt, PartialText, ToolProgress } from "./types.ts";

export interface EffectContext {
  readonly attempt: Attempt;
  readonly threadId: string;
  /** Filled with what was written to the transcript, in order. */
  readonly entries: TranscriptEntry[];
  at(): number;
  onAccepted(turnId: string): void;
  onFirstToken(): void;
  /** Never rejects. */
  write(entries: readonly TranscriptEntry[]): Promise<void>;
}

/** How much of a finished tool's output a live view gets; the transcript has all of it. */
const shownOutputChars = 16_384;

/** Turns the reducer's effects into observer calls and transcript entries. */
export function effectHandler(context: EffectContext): (effect: HostEffect) => void | Promise<void> {
  const { attempt, entries } = context;
  const observer = attempt.observer ?? {};
  const reply = new SilentGate(attempt.silentToken ?? defaultSilentToken, (piece) => observer.onPartialReply?.(piece));
  // A turn that is begun a second time has its prompt in the transcript already.
  let promptWritten = entries.some((entry) => entry.kind === "user");
  let toolSeen = false;
  let turnId = "";

  const write = async (entry: TranscriptEntry): Promise<void> => {
    entries.push(entry);
    await context.write([entry]);
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
      case "assistant.discard":
        return observer.onAssistantDiscard?.({ itemId: effect.itemId });
      case "delta":
        return words(effect);
      case "reasoning.end":
        return observer.onReasoningEnd?.();
      case "tool.start":
      case "tool.output":
      case "tool.end":
        return tool(effect);
      case "item":
        return finished(effect.item, effect.incomplete);
      case "plan":
        return observer.onPlan?.({ steps: effect.steps });
      case "usage":
        return observer.onUsage?.(effect.usage);
      case "compaction":
        return observer.onCompaction?.({ phase: effect.phase });
      case "agent":
        return agent(effect);
      case "steer.consumed":
        return observer.onSteer?.({ id: effect.id, status: "consumed" });
      case "steer.returned":
        return observer.onSteer?.({ id: effect.message.id, status: "returned" });
      case "notice":
        return observer.onNotice?.({ text: redactSecrets(effect.text) });
      case "settled":
        return observer.onPhase?.({ phase: "settled", atMs: context.at() });
    }
  };

  function agent({ type: _, ...progress }: Extract<HostEffect, { type: "agent" }>): void | Promise<void> {
    return observer.onAgent?.(progress);
  }

  function words(effect: Extract<HostEffect, { type: "delta" }>): void | Promise<void> {
    const { item } = effect;
    const piece: PartialText = {
      itemId: item.id,
      text: effect.text,
      delta: effect.delta,
      ...(effect.replace ? { replace: true } : {}),
    };
    if (effect.channel === "reasoning") return observer.onReasoning?.(piece);
    if (effect.channel !== "text") return undefined;
    if (item.type === "agentMessage" && item.phase === "commentary") return observer.onCommentary?.(piece);
    return reply.piece(piece);
  }

  function tool(
    effect: Extract<HostEffect, { type: "tool.start" | "tool.output" | "tool.end" }>,
  ): void | Promise<void> {
    const agent = effect.agent === undefined ? {} : { agent: effect.agent };
    if (effect.type === "tool.output") {
      return observer.onTool?.({ ...progress("update", effect.item), output: effect.preview, ...agent });
    }
    if (effect.type === "tool.end") return observer.onTool?.({ ...ended(effect.item), ...agent });
    const first = !toolSeen;
    toolSeen = true;
    const told = first ? observer.onPhase?.({ phase: "first_tool", atMs: context.at() }) : undefined;
    const show = (): void | Promise<void> => observer.onTool?.({ ...progress("start", effect.item), ...agent });
    return told ? told.then(show) : show();
  }

  async function finished(item: ThreadItem, incomplete: boolean): Promise<void> {
    if (item.type === "agentMessage") await reply.finish(item.id);
    if (item.type === "userMessage" && promptWritten && !entries.some((entry) => entry.turnId === turnId)) {
      promptWritten = false;
      return;
    }
    const entry = projectItem({ threadId: context.threadId, turnId }, item, incomplete);
    if (entry) await write(entry);
  }
}

function progress(phase: ToolProgress["phase"], item: ToolItem): ToolProgress {
  const { name, title, input } = toolView(item);
  const native = item.type !== "dynamicToolCall";
  return { phase, id: item.id, name, title, native, ...(input === undefined ? {} : { input }) };
}

function ended(item: ToolItem): ToolProgress {
  const { status, output } = toolView(item);
  return {
    ...progress("end", item),
    status,
    ...(output === undefined ? {} : { output: bothEnds(output, shownOutputChars) }),
    ...(item.type === "commandExecution" && typeof item.exitCode === "number" ? { exitCode: item.exitCode } : {}),
  };
}
