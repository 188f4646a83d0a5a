import { mkdir } from "node:fs/promises";
import path from "node:path";
import { startScriptedModel } from "../../scripted-model/server.ts";
import { findCodexBinary } from "../../server/binary.ts";
import { spawnChild } from "../../server/child-process.ts";
import { codexEnvironment } from "../../server/environment.ts";
import type { HostEvent, ProcessEvent, RecordedLine } from "../format/format.ts";
import { LineMaker } from "../record/lines.ts";
import type { TapeEvent } from "../record/tape.ts";
import { type Link, type PlayedAgain, playClient } from "./against.ts";
import { processesOf } from "./lanes.ts";
import { Names } from "./replay-ids.ts";
import { recordedModel } from "./replay-model.ts";

export interface AgainstBinaryOptions {
  /** Folder of the recording. */
  readonly dir: string;
  readonly lines: readonly RecordedLine[];
  /** A Codex executable of any version. */
  readonly command: string;
  /** Private and empty; not in the system's temporary folder. Codex works and keeps its state in it. */
  readonly stateDir: string;
  /** How long what was recorded is waited for, each time. */
  readonly timeoutMs?: number;
}

/** Where a recording whose texts were kept says it was made. */
const recordedFolder = "/workspace";
const recordedModelUrl = "http://127.0.0.1:8080/v1";

/**
 * Has the client of a recording talk to a real Codex, with the scripted model of the recording, and records that in turn.
 * What only reads back is left out.
 */
export async function playAgainstBinary(options: AgainstBinaryOptions): Promise<PlayedAgain> {
  const { dir, command, stateDir, timeoutMs = 20_000 } = options;
  const lines = withoutReadback(options.lines);
  const folders = { [recordedFolder]: stateDir, ...cwdOf(lines, stateDir) };
  const names = new Names(folders);
  const script = await recordedModel(dir, (value) => names.translate(value));
  const model = await startScriptedModel(script ? { script } : {});
  await mkdir(path.join(stateDir, "home"), { recursive: true, mode: 0o700 });
  try {
    const played = await playClient({
      lines,
      folders,
      patience: { mode: "like", timeoutMs },
      start: ({ args }) => binaryLink(command, argsFor(args, model.url), stateDir),
    });
    return { ...played, lines: asRecorded(played.lines, stateDir, model.url) };
  } finally {
    await model.close();
  }
}

function withoutReadback(lines: readonly RecordedLine[]): RecordedLine[] {
  const late = new Set(
    processesOf(lines)
      .filter(({ readback }) => readback)
      .map(({ server }) => server),
  );
  return lines.filter(({ dir, server = 0, message }) =>
    dir === "host" ? (message as HostEvent).event !== "readback" : !late.has(server),
  );
}

/** The folder the recorded threads worked in, under the name it has in the recording. */
function cwdOf(lines: readonly RecordedLine[], stateDir: string): Record<string, string> {
  const start = lines.find(({ message }) => (message as { method?: unknown }).method === "thread/start");
  const { cwd } = ((start?.message as { params?: unknown } | undefined)?.params ?? {}) as { cwd?: unknown };
  return typeof cwd === "string" ? { [cwd]: stateDir } : {};
}

function argsFor(recorded: readonly string[], url: string): string[] {
  const args = recorded.map((arg) => arg.replaceAll(recordedModelUrl, url));
  return args.length > 0 ? args : ["app-server"];
}

function binaryLink(command: string, args: readonly string[], stateDir: string): Link {
  const binary = findCodexBinary(command);
  const child = spawnChild({
    command: binary.command,
    args: [...binary.args, ...args],
    env: codexEnvironment(process.env, { HOME: stateDir, CODEX_HOME: path.join(stateDir, "home") }),
    cwd: stateDir,
  });
  child.stderr.resume();
  return {
    readable: child.stdout,
    writable: child.stdin,
    kill: () => {
      if (child.pid !== undefined) process.kill(child.pid, "SIGKILL");
    },
    stop: async () => {
      const { exitCode, signal } = await child.stop();
      return { code: exitCode ?? null, signal: signal ?? null };
    },
  };
}

/** With the same placeholders for the same things, so that the two can be compared. */
function asRecorded(lines: readonly RecordedLine[], stateDir: string, url: string): RecordedLine[] {
  const maker = new LineMaker("keep");
  return lines.map(({ tUs, dir, server = 0, message }) => {
    const text = JSON.stringify(message).replaceAll(stateDir, recordedFolder).replaceAll(url, recordedModelUrl);
    const content = dir === "c2s" || dir === "s2c" ? text : (JSON.parse(text) as HostEvent | ProcessEvent);
    const event: TapeEvent = { tUs, dir, server, content };
    // Long texts stay where they are: nothing of this is written down.
    return JSON.parse(maker.line(event, () => undefined)!.line) as RecordedLine;
  });
}
