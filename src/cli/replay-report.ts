import path from "node:path";
import { type ReplayReport, replay } from "../library/replay.ts";
import { visible } from "../visible.ts";
import { withProgress } from "./progress.ts";
import type { ReplayOptions } from "./replay.ts";
import { inReplayFolder } from "./replay-folder.ts";

/** @returns the exit code: 0 when it comes to the golden transcript, or has none, and nothing is wrong with it */
export async function runReplay(dir: string, options: ReplayOptions): Promise<number> {
  const report = await withProgress("replaying", () => reportOf(path.resolve(dir), options));
  // Into a file it goes as it is, to be compared; on a terminal it must not do anything.
  const transcript = process.stdout.isTTY ? visible(report.transcript) : report.transcript;
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : transcript);
  if (!options.json) for (const line of summary(report)) process.stderr.write(`${visible(line)}\n`);
  return report.ok ? 0 : 1;
}

function reportOf(dir: string, { against: command }: ReplayOptions): Promise<ReplayReport> {
  if (command === undefined) return replay(dir);
  return inReplayFolder("run-", (stateDir) => replay(dir, { against: { command, stateDir } }));
}

function summary({ recorded, through, golden, difference, findings, turns }: ReplayReport): string[] {
  const head = `${recorded}, ${turns.length} ${turns.length === 1 ? "turn" : "turns"} through ${through}: `;
  const verdict = { equal: "as in transcript.txt", different: "NOT as in transcript.txt", absent: "done" };
  const where = difference
    ? [`transcript.txt:${difference.line}`, `  expected ${difference.expected}`, `  found    ${difference.found}`]
    : [];
  return [head + verdict[golden], ...where, ...findings];
}
