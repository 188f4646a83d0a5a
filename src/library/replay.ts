import { existsSync } from "node:fs";
import path from "node:path";
import type { TurnOutcome } from "../turn/outcome.ts";

export interface ReplayOptions {
  /** Have the recorded client talk to a real Codex instead, of any version. */
  readonly against?: {
    /** A Codex executable: a path, or a name to look up on PATH. */
    readonly command: string;
    /** Private, empty, and not in the system's temporary folder: Codex works in it. */
    readonly stateDir: string;
  };
}

export interface ReplayReport {
  /** It comes to its golden transcript, or has none, and nothing is wrong with it. */
  readonly ok: boolean;
  /** The Codex that was recorded. */
  readonly recorded: string;
  /** What it was replayed through. */
  readonly through: string;
  /** Whether there is a golden transcript (`transcript.txt` in the recording), and it is this one. */
  readonly golden: "equal" | "different" | "absent";
  readonly difference?: { readonly line: number; readonly expected: string; readonly found: string };
  /** What is wrong with the recording, or went otherwise than recorded; each names its line. */
  readonly findings: readonly string[];
  readonly turns: readonly {
    readonly threadId: string;
    readonly turnId?: string;
    readonly outcome?: TurnOutcome["kind"];
  }[];
  /** As people read it; what a golden transcript is made of. */
  readonly transcript: string;
}

const goldenFile = "transcript.txt";

/**
 * Plays a recording again: through the reducer that live turns go through, or against a real Codex.
 * @param dir folder of the recording
 * @throws BridgeError `recording_missing` | `recording_broken` | `recording_from_the_future` | `recording_inconsistent`
 */
export async function replay(dir: string, { against }: ReplayOptions = {}): Promise<ReplayReport> {
  const [{ readRecording }, { replayed }, { renumbered, textDifference }, { findingsIn }] = await Promise.all([
    import("../replay/format/read.ts"),
    import("../replay/play/replay.ts"),
    import("../replay/play/replay-compare.ts"),
    import("../replay/play/replay-invariants.ts"),
  ]);
  const { manifest, lines } = await readRecording(dir);
  const played = against === undefined ? { lines, problems: [] } : await playedAgainst(dir, lines, against);
  const again = replayed(played.lines);
  // What a real server leaves out of a recording of a client is no fault of the recording.
  const wrong = against === undefined ? findingsIn(lines, again) : [];
  const findings = [...played.problems, ...wrong].map(({ message }) => message);
  const golden = await goldenOf(dir);
  const same = against === undefined ? (text: string) => text : renumbered;
  const difference = golden === undefined ? undefined : textDifference(same(golden), same(again.text));
  return {
    ok: difference === undefined && findings.length === 0,
    recorded: `Codex ${manifest.codex.version}`,
    through: against === undefined ? "the reducer" : against.command,
    golden: golden === undefined ? "absent" : difference ? "different" : "equal",
    ...(difference ? { difference } : {}),
    findings,
    turns: again.reduced.turns.map(({ state }) => ({
      threadId: state.threadId,
      ...(state.turnId === undefined ? {} : { turnId: state.turnId }),
      ...(state.outcome === undefined ? {} : { outcome: state.outcome.kind }),
    })),
    transcript: again.text,
  };
}

async function playedAgainst(
  dir: string,
  lines: Awaited<ReturnType<typeof import("../replay/format/read.ts").readRecording>>["lines"],
  against: NonNullable<ReplayOptions["against"]>,
) {
  const { playAgainstBinary } = await import("../replay/play/against-binary.ts");
  return playAgainstBinary({ dir, lines, ...against });
}

async function goldenOf(dir: string): Promise<string | undefined> {
  if (!existsSync(path.join(dir, goldenFile))) return undefined;
  const { defaultLimits, readText } = await import("../replay/format/files.ts");
  return readText(dir, goldenFile, defaultLimits.maxFileBytes);
}
