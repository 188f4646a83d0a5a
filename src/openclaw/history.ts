import type { PriorMessage } from "../thread/projection.ts";
import { isRecord } from "./record.ts";
import type { HostAttempt, HostMessage, HostTranscripts } from "./sdk.ts";

/** Of all documents that were attached together, in characters; each message's words count besides. */
const maxDocumentChars = 16_000;

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
  const said = entries.flatMap(({ message }) => spoken(message));
  const last = said.at(-1);
  if (last?.role === "user" && isAsked(last, params)) said.pop();
  const attached = await attachments(said, params);
  return said.flatMap(({ role, text, message }): PriorMessage[] => {
    const { note, images } = attached.get(message) ?? {};
    const words = [text, note].filter(Boolean).join("\n");
    return words ? [{ role, text: words, ...(images?.length ? { images } : {}) }] : [];
  });
}

/** The words of the transcript are no proof: a host leaves out of it what looks like a secret. */
function isAsked(
  { text }: Said,
  { transcriptPrompt, prompt, userTurnTranscriptRecorder: recorder }: HostAttempt,
): boolean {
  if (recorder?.hasPersisted?.() || recorder?.getAdmissionReceipt?.() !== undefined) return true;
  return text === (transcriptPrompt ?? prompt).trim();
}

interface Said {
  readonly role: "user" | "assistant";
  readonly text: string;
  readonly message: object;
}

function spoken(message: { role?: string; content?: unknown } | undefined): Said[] {
  const { role } = message ?? {};
  if (!message || (role !== "user" && role !== "assistant")) return [];
  return [{ role, text: textOf(message.content), message }];
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content.trim();
  if (!Array.isArray(content)) return "";
  const texts = content.flatMap((part: unknown) =>
    isRecord(part) && part.type === "text" && typeof part.text === "string" ? [part.text] : [],
  );
  return texts.join("\n").trim();
}

interface Attached {
  readonly note?: string | undefined;
  readonly images?: readonly string[];
}

/**
 * What people had attached, read again by the host's present media policy (`hostCapabilities.prepareContextMedia`,
 * hosts from 2026.9.5 on), the newest first. What cannot be had is said, so that the model does not take a message for
 * all that there was.
 */
async function attachments(said: readonly Said[], params: HostAttempt): Promise<Map<object, Attached>> {
  const found = new Map<object, Attached>();
  let leftChars = maxDocumentChars;
  for (const { role, message } of said.toReversed()) {
    if (role !== "user" || !mayHaveMedia(message)) continue;
    const { note, images = [] } = await reread(message, params, leftChars);
    leftChars -= note?.length ?? 0;
    found.set(message, { note, images });
  }
  return found;
}

function mayHaveMedia(message: object): boolean {
  const { __openclaw: host, content } = message as { __openclaw?: { media?: unknown }; content?: unknown };
  const parts: readonly unknown[] = Array.isArray(content) ? content : [];
  return Array.isArray(host?.media) || parts.some((part) => isRecord(part) && part.type === "image");
}

async function reread(message: object, { hostCapabilities }: HostAttempt, maxChars: number): Promise<Attached> {
  const { prepareContextMedia, assertActive } = hostCapabilities;
  if (!prepareContextMedia) return { note: "[The attachments of this message are not carried over.]" };
  if (maxChars < 1) return { note: "[The attachments of this message are left out: there are too many.]" };
  try {
    const { text, images } = await prepareContextMedia({ message: message as HostMessage, maxChars });
    return { note: text?.trim(), images: images.map(({ data, mimeType }) => `data:${mimeType};base64,${data}`) };
  } catch {
    // A run that lost its authority must not go on; a picture that is gone must not keep the person from an answer.
    assertActive();
    return { note: "[The attachments of this message could not be read again.]" };
  }
}
