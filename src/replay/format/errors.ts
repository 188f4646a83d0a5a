import { BridgeError } from "../../errors.ts";
import { wireFile } from "./layout.ts";

/** @param line counted from 1; 0: the file as a whole */
export function recordingBroken(file: string, line: number, what: string, cause?: unknown): BridgeError {
  const where = line > 0 ? `${file}:${line}` : file;
  return new BridgeError("recording_broken", `The recording is broken at ${where}: ${what}.`, {
    remedy: "Take an unchanged copy of it, or record again.",
    facts: { file, line },
    ...(cause === undefined ? {} : { cause }),
  });
}

export function recordingFromTheFuture(found: number, newest: number): BridgeError {
  return new BridgeError(
    "recording_from_the_future",
    `The recording has format ${found}; this version of codex-bridge reads up to ${newest}.`,
    { remedy: "Use a newer version of codex-bridge.", facts: { found, newest } },
  );
}

/** @param inside a recording in the folder that was given instead of one */
export function recordingMissing(what: string, inside?: string, cause?: unknown): BridgeError {
  return new BridgeError("recording_missing", what, {
    remedy: inside
      ? `Give one of the recordings in it, like ${inside}.`
      : "Give the folder that `codex-bridge run --record DIR` wrote.",
    ...(cause === undefined ? {} : { cause }),
  });
}

/**
 * Does something with the messages of a recording. They are only known to be JSON: what a recorder never writes, and what
 * therefore nobody looks out for at every step, ends here as a recording that is broken.
 * @throws BridgeError `recording_broken`, or what `work` throws of the kind
 */
export function readingMessages<T>(work: () => T): T {
  try {
    return work();
  } catch (thrown) {
    // An answer that no server gives is the recording's fault as well.
    if (thrown instanceof BridgeError && thrown.code !== "protocol_shape") throw thrown;
    throw recordingBroken(wireFile, 0, "a message in it is none that a recorder writes", thrown);
  }
}
