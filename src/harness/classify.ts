import type { TranscriptEntry } from "../transcript/entry.ts";
import type { TurnClassification } from "../turn/outcome.ts";
import { isSilentReply } from "./silent.ts";

/** What a completed turn was, when its answer is not something to show. */
export function classify(
  text: string,
  entries: readonly TranscriptEntry[],
  silentToken: string,
): TurnClassification | undefined {
  if (isSilentReply(text, silentToken)) return "silent";
  if (text.trim() !== "") return undefined;
  const has = (kind: TranscriptEntry["kind"]): boolean => entries.some((entry) => entry.kind === kind);
  if (has("plan")) return "planning-only";
  return has("reasoning") ? "reasoning-only" : "empty";
}
