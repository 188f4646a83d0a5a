import type { TranscriptEntry } from "../../transcript/entry.ts";
import type { TurnOutcome } from "../../turn/outcome.ts";
import type { ReplayedEntry } from "./replay-transcript.ts";
import type { ReplayTurn } from "./replay-turn.ts";
import type { ReducedRecording } from "./through-reducer.ts";

/** A transcript for people, and for comparing: thread by thread, turn by turn, without times and token counts. */
export function transcriptText({ turns }: ReducedRecording, entries: readonly ReplayedEntry[]): string {
  const threads = new Map<string, ReplayTurn[]>();
  for (const turn of turns) {
    const { threadId } = turn.state;
    threads.set(threadId, [...(threads.get(threadId) ?? []), turn]);
  }
  const text = [...threads].map(([threadId, own]) => {
    const told = own.map((turn) => turnText(turn, entries)).join("\n");
    return `thread ${threadId}\n\n${told}`;
  });
  return text.join("\n");
}

function turnText(turn: ReplayTurn, entries: readonly ReplayedEntry[]): string {
  const { threadId, turnId, outcome } = turn.state;
  const own = entries.filter(({ entry }) => entry.threadId === threadId && entry.turnId === turnId);
  const rows = own.map(({ entry }) => rowText(entry)).join("");
  return `${turn.compaction ? "compaction" : "turn"} ${turnId ?? "(never named)"}\n${rows}${outcomeText(outcome)}\n`;
}

function rowText(entry: TranscriptEntry): string {
  const { kind, phase, tool, text, incomplete, itemId } = entry;
  const marks = [phase, tool && `${tool.name} ${tool.status}`, incomplete && "incomplete"].filter(Boolean).join(", ");
  const head = `  ${kind}${marks ? ` (${marks})` : ""} ${itemId}\n`;
  // What a dying process said last is another thing every time.
  if (!tool) return head + indented(kind === "error" ? (text ?? "").replace(/ It said: [\s\S]*/, "") : (text ?? ""));
  const input = tool.input === undefined ? "" : indented(`< ${JSON.stringify(tool.input)}`);
  return head + indented(tool.title) + input + (tool.output === undefined ? "" : indented(`> ${tool.output}`));
}

function indented(text: string): string {
  return `${text
    .split("\n")
    .map((line) => `    ${line}`.trimEnd())
    .join("\n")}\n`;
}

function outcomeText(outcome: TurnOutcome | undefined): string {
  if (!outcome) return "  = has no end";
  const { kind } = outcome;
  if (kind === "interrupted") return `  = interrupted by ${outcome.by}${outcome.unconfirmed ? ", unconfirmed" : ""}`;
  if (kind === "timeout") return `  = timeout of ${outcome.clock}`;
  return kind === "failed" ? `  = failed: ${outcome.category}` : `  = ${kind}`;
}
