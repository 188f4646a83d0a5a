import type { AttemptObserver, PartialText } from "../../src/harness/types.ts";
import type { TranscriptEntry } from "../../src/transcript/entry.ts";

/** A host that follows the live view: what it shows of each message, and which tools it saw end. */
export class Watcher {
  readonly texts = new Map<string, string>();
  readonly tools = new Set<string>();

  /** The observer of the fault's own host comes after this one: it may throw or hang. */
  observer(other: AttemptObserver = {}): AttemptObserver {
    const show = ({ itemId, text, delta, replace }: PartialText): void => {
      this.texts.set(itemId, replace ? text : (this.texts.get(itemId) ?? "") + delta);
    };
    return {
      ...other,
      onPartialReply: (piece) => {
        show(piece);
        return other.onPartialReply?.(piece);
      },
      onCommentary: (piece) => {
        show(piece);
        return other.onCommentary?.(piece);
      },
      onAssistantDiscard: (message) => {
        this.texts.delete(message.itemId);
        return other.onAssistantDiscard?.(message);
      },
      onTool: (tool) => {
        if (tool.phase === "end") this.tools.add(tool.id);
        return other.onTool?.(tool);
      },
    };
  }

  /** What was seen and is not in the record, or not as it was seen. */
  missing(record: readonly TranscriptEntry[]): string[] {
    const missing: string[] = [];
    for (const [itemId, text] of this.texts) {
      const entry = record.find((each) => each.kind === "assistant" && each.itemId === itemId);
      if (!entry) missing.push(`the message "${text}" was shown and is not there`);
      else if (!(entry.text ?? "").startsWith(text)) missing.push(`shown "${text}", kept "${entry.text}"`);
      else if (entry.incomplete && entry.text !== text) missing.push(`cut off at "${text}", kept "${entry.text}"`);
    }
    for (const id of this.tools) {
      if (!record.some((each) => each.kind === "tool" && each.itemId === id)) missing.push(`the tool call ${id}`);
    }
    return missing;
  }
}
