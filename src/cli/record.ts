import { BridgeError } from "../errors.ts";
import type { Recording } from "../replay/record/recorder.ts";
import { paint, terminalFor } from "./terminal.ts";

export interface RecordOptions {
  readonly record?: string;
  readonly keepText?: boolean;
}

/** Everything else went well. */
export const exitUnrecorded = 3;

/**
 * The recording behind `--record`.
 * @param name of the command that records
 * @throws BridgeError `recording_exists` | `recording_unwritable` | `record_option_alone`
 */
export async function recordingFor(
  { record, keepText = false }: RecordOptions,
  name: string,
): Promise<Recording | undefined> {
  if (record === undefined) {
    if (!keepText) return undefined;
    throw new BridgeError("record_option_alone", "--keep-text says how to record, but nothing is recorded.", {
      remedy: "Add --record DIR.",
    });
  }
  const { recordTo } = await import("../replay/record/recorder.ts");
  const command = `codex-bridge ${name} --record DIR${keepText ? " --keep-text" : ""}`;
  const { OPENAI_API_KEY: key } = process.env;
  return recordTo({ dir: record, command, mode: keepText ? "keep" : "blank", secrets: key ? [key] : [] });
}

/** Tells a person what became of the recording. @returns the same for a document */
export async function showSaved(recording: Recording): Promise<Record<string, unknown>> {
  const outcome = await recording.finish();
  const terminal = terminalFor(process.stderr, process.env);
  if (!outcome.saved) {
    const { code, message, remedy } = outcome.error;
    process.stderr.write(`${paint(terminal, "red", code)}: ${message}${remedy ? ` ${remedy}` : ""}\n`);
    return { saved: false, error: outcome.error.toJSON() };
  }
  const { dir, lines, incomplete } = outcome;
  const part = incomplete === undefined ? "" : `, incomplete (${incomplete})`;
  process.stderr.write(`${paint(terminal, "dim", `recorded ${lines} lines${part} in ${dir}`)}\n`);
  return { saved: true, dir, lines, ...(incomplete === undefined ? {} : { incomplete }) };
}
