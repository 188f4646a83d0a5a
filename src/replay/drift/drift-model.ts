import type { RecordedLine } from "../format/format.ts";
import type { ReplayedRecording } from "../play/replay.ts";

/** One of the two that are compared: recordings of one release, by scenario. */
export interface Side {
  /** What it is called in the report. */
  readonly name: string;
  readonly version: string;
  readonly recordings: ReadonlyMap<string, SideRecording>;
  /** Played just now, without the processes that only look at what Codex kept. */
  readonly live?: true;
}

export interface SideRecording {
  readonly lines: readonly RecordedLine[];
  readonly again: ReplayedRecording;
  /** What went otherwise than recorded when it was played live. */
  readonly problems?: readonly string[];
}

export type DriftLevel = "schema" | "wire" | "projection";

export interface Difference {
  readonly level: DriftLevel;
  /** What it is about and how it changed, in words that stay the same: what known differences are found by. */
  readonly key: string;
  /** What a person needs besides: before and after, the first line that shows it. */
  readonly details: readonly string[];
  /** Scenarios it was seen in; none at schema level. */
  readonly scenarios: readonly string[];
  /** The bridge uses it, or nobody has decided about it. The rest is for information. */
  readonly matters: boolean;
}
