import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { BridgeError, toBridgeError } from "../../errors.ts";
import { readRecording } from "../format/read.ts";
import { type Framing, framings } from "./fake-server-framing.ts";
import { serve } from "./fake-server-link.ts";
import { processesOf, type RecordedProcess } from "./lanes.ts";

export interface ServeProcessOptions {
  /** Folder of the recording. */
  readonly dir: string;
  /** Which of its processes to be, from 0; absent: the next one, by the count kept in Codex's home. */
  readonly process?: number;
  readonly framing?: string;
}

/**
 * Is a recorded app-server on stdin and stdout. Its first start is the recording's first process, the next start the
 * second, and so on; the count is kept in `$CODEX_HOME`.
 * @returns the exit code: as recorded; 3 when its client did something else than the recorded one, told on stderr
 */
export async function serveProcess(options: ServeProcessOptions): Promise<number> {
  try {
    const recorded = await recordedProcess(options);
    const framing = framingOf(options.framing);
    const { code, signal, mismatch } = await serve({
      process: recorded,
      input: process.stdin,
      output: process.stdout,
      ...(framing === "eof" ? { endsInLine: Math.ceil(recorded.messages.length / 4) } : {}),
      framing,
    });
    if (mismatch) throw mismatch;
    if (signal !== null) process.kill(process.pid, signal as NodeJS.Signals);
    return code ?? 1;
  } catch (thrown) {
    const { code, message, remedy } = toBridgeError(thrown);
    process.stderr.write(`${code}: ${message}${remedy === undefined ? "" : ` ${remedy}`}\n`);
    return 3;
  } finally {
    process.stdin.destroy();
  }
}

async function recordedProcess({ dir, process: wanted }: ServeProcessOptions): Promise<RecordedProcess> {
  const { lines } = await readRecording(dir);
  const all = processesOf(lines).filter(({ readback }) => !readback);
  const at = wanted ?? nextStart();
  const found = all[at];
  if (found) return found;
  throw new BridgeError("replay_exhausted", `Process ${at} was started; the recording has ${all.length}.`, {
    remedy: "The client starts more servers than the recorded one.",
    facts: { processes: all.length },
  });
}

/** Counts the starts in Codex's home: every start adds one byte, so that two at once are two. */
function nextStart(): number {
  const home = process.env.CODEX_HOME;
  if (!home) return 0;
  const file = path.join(home, "replayed-starts");
  const handle = openSync(file, "a");
  writeSync(handle, ".");
  closeSync(handle);
  return readFileSync(file).length - 1;
}

function framingOf(text = "plain"): Framing {
  const found = framings.find((each) => each === text);
  if (found) return found;
  throw new BridgeError("replay_framing_unknown", `There is no framing ${text}.`, {
    remedy: `Use ${framings.join(", ")}.`,
  });
}
