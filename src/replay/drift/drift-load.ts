import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { BridgeError } from "../../errors.ts";
import { parseServerVersion } from "../../protocol/user-agent.ts";
import type { RecordedLine } from "../format/format.ts";
import { manifestFile } from "../format/layout.ts";
import { looking, readRecording } from "../format/read.ts";
import { replayed } from "../play/replay.ts";
import type { Side, SideRecording } from "./drift-model.ts";

/**
 * Whether a path is a recording, or a folder with recordings of one release.
 * @throws BridgeError `recording_missing` for a path that cannot be looked at
 */
export function isRecordings(given: string): boolean {
  return looking(given, () => statSync(given, { throwIfNoEntry: false }))?.isDirectory() ?? false;
}

/**
 * Reads a recording, or all recordings in a folder, by the name of their scenario. A single one is named by its manifest,
 * so that two recordings of different folders are the same scenario unless both say that they are not.
 * @throws BridgeError of readRecording, `drift_nothing` when there are none, `drift_versions` when they are of several releases
 */
export async function loadSide(given: string): Promise<Side> {
  const dirs = isRecordings(given) ? recordingsIn(path.resolve(given)) : [];
  const recordings = new Map<string, SideRecording>();
  const versions = new Set<string>();
  for (const dir of dirs) {
    const { manifest, lines } = await readRecording(dir);
    versions.add(manifest.codex.version);
    recordings.set(manifest.scenario ?? "recording", { lines, again: replayed(lines) });
  }
  const [version, another] = versions;
  if (version === undefined) {
    throw new BridgeError("drift_nothing", `There is no recording in ${given}.`, {
      remedy: "Give the folder of a recording, or one with recordings of one release.",
    });
  }
  if (another !== undefined) {
    throw new BridgeError("drift_versions", `The recordings in ${given} are of several releases.`, {
      remedy: "Compare one release with another: give a folder for each.",
    });
  }
  return { name: path.basename(path.resolve(given)), version, recordings };
}

function recordingsIn(dir: string): string[] {
  if (existsSync(path.join(dir, manifestFile))) return [dir];
  const folders = looking(dir, () => readdirSync(dir, { withFileTypes: true }));
  const dirs = folders
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => path.join(dir, name))
    .sort();
  return dirs.filter((each) => existsSync(path.join(each, manifestFile)));
}

/**
 * Has the client of each recording talk to a Codex executable, and takes what came of it for the other side.
 * @param stateDir private and empty, not in the system's temporary folder
 */
export async function liveSide(
  given: string,
  recorded: Side,
  codex: { readonly command: string; readonly stateDir: string },
): Promise<Side> {
  const { playAgainstBinary } = await import("../play/against-binary.ts");
  const recordings = new Map<string, SideRecording>();
  const dirs = recordingsIn(path.resolve(given));
  let version = "unknown";
  for (const [index, [scenario, { lines }]] of [...recorded.recordings].entries()) {
    const stateDir = path.join(codex.stateDir, String(index));
    const played = await playAgainstBinary({ dir: dirs[index]!, lines, command: codex.command, stateDir });
    const problems = played.problems.map(({ message }) => message);
    recordings.set(scenario, { lines: played.lines, again: replayed(played.lines), problems });
    version = versionIn(played.lines) ?? version;
  }
  return { name: "live", version, recordings, live: true };
}

function versionIn(lines: readonly RecordedLine[]): string | undefined {
  for (const { dir, message } of lines) {
    const { result } = message as { result?: { userAgent?: unknown } | null };
    const version = dir === "s2c" ? parseServerVersion(result?.userAgent) : undefined;
    if (version !== undefined) return version;
  }
  return undefined;
}
