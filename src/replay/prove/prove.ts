import { hash } from "node:crypto";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { parseServerVersion } from "../../protocol/user-agent.ts";
import { defaultLimits, readBytes } from "../format/files.ts";
import type { Manifest, RecordedLine } from "../format/format.ts";
import { manifestFile, payloadFolder, wireFile } from "../format/layout.ts";
import { readRecording } from "../format/read.ts";
import type { RecordedProcess } from "../play/lanes.ts";
import { type ReplayedRecording, replayed } from "../play/replay.ts";
import { findingsIn } from "../play/replay-invariants.ts";
import { type Evidence, sealed, statement, type Told } from "./evidence.ts";
import { evidenceEntries } from "./evidence-entries.ts";
import { transcriptEvidence } from "./evidence-transcript.ts";
import { disagreements, toldInRecording } from "./prove-recorded.ts";

export interface ProveOptions {
  /** Folder of the recording. */
  readonly dir: string;
  /** What the run said of itself, see toldBy; null: what the recording tells of it, if it does. */
  readonly told: Told | null;
  /** The bytes of the session's transcript file of the embedded host. */
  readonly transcript?: Buffer;
}

/**
 * What a recording shows about who wrote a run's transcript. The same input always gives the same evidence.
 * @throws BridgeError of readRecording, `recording_inconsistent`, `evidence_transcript`
 */
export async function proved({ dir, told: given, transcript }: ProveOptions): Promise<Evidence> {
  const { manifest, lines } = await readRecording(dir);
  const again = replayed(lines);
  const own = toldInRecording(lines, again.reduced.turns);
  const told = given ?? own.told;
  const { processes } = again.reduced;
  const servers = processes.map(serverFacts);
  const entries = evidenceEntries(again);
  const recorded = { lines, entries: again.entries, keepText: manifest.redaction.keepText };
  const rows = transcript === undefined ? null : transcriptEvidence(transcript, recorded, given);
  const gaps = [
    ...recordingGaps(manifest, lines, again, own.whole),
    ...entries.flatMap(({ id, by, kind }) =>
      by === "bridge" && kind !== "error" ? [`no line of the app-server tells of ${id}`] : [],
    ),
    ...servers.flatMap(({ server, version }) =>
      version === "" ? [`server ${server} never said which Codex it is`] : [],
    ),
    ...toldGaps(told, servers, manifest),
    ...(told ? remoteGaps(told, lines) : []),
    ...(given && own.told ? disagreements(given, own.told, manifest) : []),
    ...own.gaps,
  ];
  return sealed({
    evidence: 1,
    statement,
    shown: gaps.length === 0 && (rows?.gaps ?? []).length === 0,
    gaps,
    told,
    servers,
    recording: {
      format: manifest.format,
      lines: manifest.lines,
      chainSha256: manifest.chainSha256,
      texts: manifest.redaction.keepText ? "kept" : "blanked",
      incomplete: manifest.incomplete?.reason ?? null,
      files: await fileFacts(dir),
    },
    threads: threadsOf(again),
    entries,
    transcript: rows,
  });
}

/** Bytes and sha256 of every file that is the recording; what else lies in the folder is not part of it. */
async function fileFacts(dir: string): Promise<Evidence["recording"]["files"]> {
  const payloads = await readdir(path.join(dir, payloadFolder)).catch(() => []);
  const names = [manifestFile, wireFile, ...payloads.sort().map((name) => `${payloadFolder}/${name}`)];
  const facts: Evidence["recording"]["files"] = {};
  for (const name of names) {
    const bytes = await readBytes(dir, name, defaultLimits.maxFileBytes);
    facts[name] = { bytes: bytes.length, sha256: hash("sha256", bytes) };
  }
  return facts;
}

function serverFacts({ server, messages }: RecordedProcess): Evidence["servers"][number] {
  const answer = messages.find(
    ({ kind, method, from }) => from === "server" && kind === "answer" && method === "initialize",
  );
  const { userAgent } = (answer?.body ?? {}) as { userAgent?: unknown };
  if (typeof userAgent !== "string") return { server, version: "", userAgent: "" };
  return { server, version: parseServerVersion(userAgent) ?? "", userAgent };
}

function threadsOf({ reduced }: ReplayedRecording): Evidence["threads"] {
  const threads = Map.groupBy(reduced.turns, ({ state }) => state.threadId);
  return [...threads].map(([id, turns]) => ({
    id,
    turns: turns.map(({ state }) => ({ id: state.turnId ?? "", outcome: state.outcome?.kind ?? "none" })),
  }));
}

/** Why a recording does not show everything, by itself. */
function recordingGaps(
  { incomplete }: Manifest,
  lines: readonly RecordedLine[],
  again: ReplayedRecording,
  whole: boolean,
): string[] {
  const written = lines.some(({ dir, message }) => dir === "host" && (message as { event: string }).event === "entry");
  return [
    ...(incomplete && !(incomplete.reason === "window" && whole)
      ? [`lines are missing from the recording (${incomplete.reason})`]
      : []),
    ...(written || again.entries.length === 0 ? [] : ["what the host wrote is not in the recording"]),
    ...findingsIn(lines, again).map(({ message }) => message),
  ];
}

function toldGaps(told: Told | null, servers: Evidence["servers"], { codex: { origin } }: Manifest): string[] {
  if (!told) return ["nothing is known of how the runtime was chosen, and of its executable (told)"];
  const others = servers.filter(({ version }) => version !== told.version);
  return [
    ...(told.harness === "codex" ? [] : [`the harness was ${told.harness}`]),
    ...(told.fallback === "disabled" ? [] : ["the run was not pinned to its harness, or did not say so"]),
    ...(origin === undefined || origin === told.binary
      ? []
      : [`the executable was ${told.binary} for the run, ${origin} for the recording`]),
    ...(told.binary === "remote" || /^[0-9a-f]{64}$/.test(told.sha256) ? [] : ["the executable has no sha256"]),
    ...others.map(({ server }) => `server ${server} is not of the version the run told of`),
    ...(servers.some(({ userAgent }) => userAgent === told.userAgent)
      ? []
      : ["no server has the userAgent the run told of"]),
  ];
}

/** What somebody else runs says that it is Codex; whether it is, nobody here could look at. */
function remoteGaps(told: Told, lines: readonly RecordedLine[]): string[] {
  const connected = lines.some(({ dir, message }) => {
    const { event, args } = message as { event?: string; args?: readonly string[] };
    return dir === "proc" && event === "spawn" && args?.includes("--connect");
  });
  if (connected !== (told.binary === "remote"))
    return ["the run and its recording differ in who ran the app-server: the bridge, or somebody else"];
  return connected ? ["somebody else ran the app-server (--connect): its executable was not looked at"] : [];
}
