import type { PriorMessage } from "../thread/projection.ts";
import { isRecord } from "./record.ts";
import type { HostAttempt, HostTranscripts } from "./sdk.ts";

/**
 * The session as the host has it, for a thread that has to be replaced. Without the message that is being answered:
 * it is the prompt. Undefined when the host cannot read its transcript back.
 */
export async function sessionHistory(
  params: HostAttempt,
  transcripts: HostTranscripts,
): Promise<PriorMessage[] | undefined> {
  const entries = await transcripts.readVisibleSessionTranscriptMessageEntries?.({
    ...params.sessionTarget,
    sessionKey: params.sessionKey ?? "",
    sessionId: params.sessionId,
    config: params.config,
  });
  if (!entries) return undefined;
  const messages = entries.flatMap(({ message }) => priorMessage(message));
  const last = messages.at(-1);
  const asked = params.transcriptPrompt ?? params.prompt;
  return last?.role === "user" && last.text.trim() === asked.trim() ? messages.slice(0, -1) : messages;
}

function priorMessage(message: { role?: string; content?: unknown } | undefined): PriorMessage[] {
  const text = textOf(message?.content);
  if (message?.role === "user" || message?.role === "assistant") return text ? [{ role: message.role, text }] : [];
  return [];
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content.trim();
  if (!Array.isArray(content)) return "";
  const texts = content.flatMap((part: unknown) =>
    isRecord(part) && part.type === "text" && typeof part.text === "string" ? [part.text] : [],
  );
  return texts.join("\n").trim();
}
