import type { IncompleteReason, Manifest } from "../format/format.ts";
import { formatVersion } from "../format/layout.ts";
import type { RedactionMode } from "./lines.ts";

/** The manifest, as far as its writer does not know it by itself. */
export type ManifestFacts = Pick<
  Manifest,
  "format" | "codex" | "platform" | "schemaSha256" | "scenario" | "redaction" | "command" | "incomplete"
>;

/** What whoever records says about it. */
export interface RecordingLabels {
  readonly scenario?: string;
  /** How to record this again. Stands in the manifest as it is. */
  readonly command?: string;
  /** sha256 of the release's protocol digest. */
  readonly schemaSha256?: string;
}

/** Raised when the same recording would be redacted differently. */
const redactionVersion = 1;

/** @param lost why lines did not even come to the writer, and how many */
export function manifestFacts(
  codex: Manifest["codex"],
  mode: RedactionMode,
  { scenario, command, schemaSha256 }: RecordingLabels,
  lost?: { readonly reason: IncompleteReason; readonly dropped: number },
): ManifestFacts {
  return {
    format: formatVersion,
    codex,
    platform: `${process.platform}-${process.arch}`,
    ...(schemaSha256 === undefined ? {} : { schemaSha256 }),
    ...(scenario === undefined ? {} : { scenario }),
    redaction: { version: redactionVersion, keepText: mode !== "blank" },
    ...(command === undefined ? {} : { command }),
    ...(lost ? { incomplete: lost } : {}),
  };
}
