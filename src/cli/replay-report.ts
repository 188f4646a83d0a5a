import { existsSync } from "node:fs";
import path from "node:path";
import { defaultLimits, readText } from "../replay/format/files.ts";
import { readRecording } from "../replay/format/read.ts";
import { playAgainstBinary } from "../replay/play/against-binary.ts";
import { replayed } from "../replay/play/replay.ts";
import { renumbered, textDifference } from "../replay/play/replay-compare.ts";
import { findingsIn } from "../replay/play/replay-invariants.ts";
import { visible } from "../visible.ts";
import { withProgress } from "./progress.ts";
import type { ReplayOptions } from "./replay.ts";
import { inReplayFolder } from "./replay-folder.ts";

const goldenFile = "transcript.txt";

interface Report {
  readonly ok: boolean;
  readonly recorded: string;
  /** What it was replayed through. */
  readonly through: string;
  /** Whether there is a golden transcript, and it is this one. */
  readonly golden: "equal" | "different" | "absent";
  readonly difference?: { readonly line: number; readonly expected: string; readonly found: string };
  /** What is wrong with the recording, or went otherwise than recorded; each names its line. */
  readonly findings: readonly string[];
  readonly turns: readonly { readonly threadId: string; readonly turnId?: string; readonly outcome?: string }[];
  readonly transcript: string;
}

/** @returns the exit code: 0 when it comes to the golden transcript, or has none, and nothing is wrong with it */
export async function runReplay(dir: string, options: ReplayOptions): Promise<number> {
  const report = await withProgress("replaying", () => reportOf(path.resolve(dir), options));
  // Into a file it goes as it is, to be compared; on a terminal it must not do anything.
  const transcript = process.stdout.isTTY ? visible(report.transcript) : report.transcript;
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : transcript);
  if (!options.json) for (const line of summary(report)) process.stderr.write(`${visible(line)}\n`);
  return report.ok ? 0 : 1;
}

async function reportOf(dir: string, { against }: ReplayOptions): Promise<Report> {
  const { manifest, lines } = await readRecording(dir);
  const played =
    against === undefined
      ? { lines, problems: [] }
      : await inReplayFolder("run-", (stateDir) => playAgainstBinary({ dir, lines, command: against, stateDir }));
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
    through: against === undefined ? "the reducer" : against,
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

async function goldenOf(dir: string): Promise<string | undefined> {
  if (!existsSync(path.join(dir, goldenFile))) return undefined;
  return readText(dir, goldenFile, defaultLimits.maxFileBytes);
}

function summary({ recorded, through, golden, difference, findings, turns }: Report): string[] {
  const head = `${recorded}, ${turns.length} ${turns.length === 1 ? "turn" : "turns"} through ${through}: `;
  const verdict = { equal: "as in transcript.txt", different: "NOT as in transcript.txt", absent: "done" };
  const where = difference
    ? [`transcript.txt:${difference.line}`, `  expected ${difference.expected}`, `  found    ${difference.found}`]
    : [];
  return [head + verdict[golden], ...where, ...findings];
}
