import type { Conversation, Entry, Part } from "../../conversation/types.ts";
import type { JsonObject } from "../../json.ts";
import { resultText } from "../chat-messages.ts";
import { documentTexts, section } from "../project.ts";
import { withDeveloper } from "../prompt.ts";
import type { Harness, HarnessContext } from "../types.ts";
import { command } from "./command.ts";
import { findCommand } from "./parse.ts";
import { correctionText, instanceText, silentText, systemText } from "./texts.ts";

/** SWE-agent: no tools at all. The model writes one command per answer and is told what it printed. */
export const sweAgent: Harness = {
  id: "swe-agent",
  wire: "chat",
  summary: "In the shape of SWE-agent: no tools; one shell command in a fence per answer, its output as OBSERVATION.",
  tools: () => [command],
  body({ context, conversation }) {
    return {
      model: context.model,
      messages: [{ role: "system", content: systemOf(conversation, context) }, ...messagesOf(conversation, context)],
      temperature: 1,
      top_p: 0.95,
    };
  },
  interpret(answer) {
    const { command: cmd, discussion } = findCommand(answer.text);
    if (cmd !== "") {
      const input = { command: cmd };
      const call = { id: "command", name: command.name, text: JSON.stringify(input), input };
      return { kind: "answer", text: discussion, calls: [call] };
    }
    const cut = answer.stop === "max_tokens" || answer.stop === "refusal" || answer.stop === "context_full";
    return cut ? { kind: "answer", text: answer.text, calls: [] } : { kind: "again", correction: correctionText };
  },
};

function systemOf(conversation: Conversation, context: HarnessContext): string {
  const documents = context.strict ? [] : section("# Project instructions", documentTexts(conversation).join("\n\n"));
  return withDeveloper([systemText, ...documents].join("\n\n"), conversation, context);
}

function messagesOf({ entries, purpose }: Conversation, { cwd }: HarnessContext): JsonObject[] {
  const kept = withoutCorrections(entries);
  const first = kept.find(({ kind }) => kind === "user");
  return kept.flatMap((entry): JsonObject[] => {
    if (entry.kind === "developer") return [];
    if (entry.kind === "user") {
      const wrap = entry === first && (purpose === "turn" || kept.length > 1);
      return [{ role: "user", content: contentOf(entry.parts, wrap ? cwd : undefined) }];
    }
    return [
      { role: "assistant", content: entry.text },
      ...entry.calls.map(({ result }) => ({ role: "user", content: observation(resultText(result)) })),
    ];
  });
}

function observation(text: string): string {
  return text === silentText ? text : `OBSERVATION:\n${text}`;
}

function contentOf(parts: readonly Part[], cwd: string | undefined): unknown {
  const text = parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
  const told = cwd === undefined ? text : instanceText(text, cwd);
  const images = parts.flatMap((part) => (part.type === "image" ? [part.url] : []));
  if (images.length === 0) return told;
  return [{ type: "text", text: told }, ...images.map((url) => ({ type: "image_url", image_url: { url } }))];
}

/** An answer in the wrong form and the word on it are forgotten once there is a later answer. */
function withoutCorrections(entries: readonly Entry[]): Entry[] {
  const isCorrection = (entry: Entry | undefined): boolean =>
    entry?.kind === "user" &&
    entry.parts.length === 1 &&
    entry.parts[0]?.type === "text" &&
    entry.parts[0].text === correctionText;
  const last = entries.findLastIndex(({ kind }) => kind === "assistant");
  return entries.filter((entry, index) => {
    if (isCorrection(entry)) return index > last;
    const corrected = entry.kind === "assistant" && isCorrection(entries[index + 1]);
    return !corrected || index >= last;
  });
}
