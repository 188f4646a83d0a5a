import { hash } from "node:crypto";
import { z } from "zod";
import { incompleteReasons } from "../format/format.ts";

/*
 * An evidence file: what a recorded run shows about who wrote its transcript. Everything but a `told` that was given with
 * it follows from the recording (and the transcript, when there was one), so whoever has those can derive it again and
 * compare.
 */

export const statement =
  "Every transcript entry listed here with by=codex was told by the Codex app-server on the recorded wire, in the named " +
  "line; by=bridge are the bridge's own words about how a turn ended. No other runtime produced an entry.";

const sha256 = z.string();
const fileFacts = z.strictObject({ bytes: z.number(), sha256 });

/** What the run said of itself. The recording confirms version, userAgent, and the structure of ids, not always the rest. */
export const toldShape = z.strictObject({
  /** The recording's own host lines say it, as they were written while it ran. Absent: it was given besides. */
  source: z.literal("recording").optional(),
  harness: z.string(),
  /** Why this harness was chosen. */
  selection: z.string().nullable(),
  /** `disabled`: the run was pinned, and any other harness would have been a failure. */
  fallback: z.enum(["disabled", "unknown"]),
  /** Where the executable came from; never its path. `remote`: somebody else ran the server, and it was not looked at. */
  binary: z.enum(["managed", "explicit", "path", "remote"]),
  sha256,
  version: z.string(),
  userAgent: z.string(),
  /** As Codex named them; in the recording, and in what it says itself, they have placeholders. */
  threadId: z.string(),
  turnId: z.string(),
});
export type Told = z.infer<typeof toldShape>;

export const entryShape = z.strictObject({
  id: z.string(),
  kind: z.string(),
  by: z.enum(["codex", "bridge"]),
  /** Line of wire.jsonl with which it was written, from 1. */
  line: z.number(),
  /** The item it came from, and the line that told it last before; null for what is no item. */
  item: z.strictObject({ id: z.string(), type: z.string(), line: z.number() }).nullable(),
});
export type EvidenceEntry = z.infer<typeof entryShape>;

export const transcriptShape = z.strictObject({
  ...fileFacts.shape,
  /** Rows of this run: the entry's id in the recording, in the transcript, and sha256 of its line or lines. */
  rows: z.array(z.strictObject({ entry: z.string(), id: z.string(), sha256 })),
  /** Rows of other runs in the same file, about which nothing is said. */
  others: z.number(),
  gaps: z.array(z.string()),
});
export type TranscriptEvidence = z.infer<typeof transcriptShape>;

export const evidenceShape = z.strictObject({
  evidence: z.literal(1),
  statement: z.string(),
  /** Whether the statement holds, and why not. */
  shown: z.boolean(),
  gaps: z.array(z.string()),
  told: toldShape.nullable(),
  servers: z.array(z.strictObject({ server: z.number(), version: z.string(), userAgent: z.string() })),
  recording: z.strictObject({
    format: z.number(),
    lines: z.number(),
    chainSha256: sha256,
    texts: z.enum(["kept", "blanked"]),
    incomplete: z.enum(incompleteReasons).nullable(),
    files: z.record(z.string(), fileFacts),
  }),
  threads: z.array(
    z.strictObject({ id: z.string(), turns: z.array(z.strictObject({ id: z.string(), outcome: z.string() })) }),
  ),
  entries: z.array(entryShape),
  transcript: transcriptShape.nullable(),
  /** Of everything above, in the form it is written in. */
  sha256,
});
export type Evidence = z.infer<typeof evidenceShape>;

/** The one form in which evidence is written: any other bytes are an edit. */
export function evidenceText(evidence: unknown): string {
  return `${JSON.stringify(evidence, null, 2)}\n`;
}

export function sealed(evidence: Omit<Evidence, "sha256">): Evidence {
  return { ...evidence, sha256: hash("sha256", evidenceText(evidence)) };
}
