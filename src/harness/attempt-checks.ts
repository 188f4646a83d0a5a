import { BridgeError } from "../errors.ts";
import { maxInputChars } from "../protocol/params.ts";
import type { Attempt } from "./types.ts";

/* What can be said of an attempt before anything is started for it. */

/** @throws BridgeError `prompt_empty` | `prompt_too_long` */
export function checkInput({ prompt, images = [], context = [] }: Attempt): void {
  if (prompt.length === 0 && images.length === 0) {
    throw new BridgeError("prompt_empty", "The prompt is empty.", { remedy: "Give at least one character of text." });
  }
  const chars = context.reduce((sum, { key, text }) => sum + key.length + text.length, prompt.length);
  if (chars > maxInputChars) {
    throw new BridgeError("prompt_too_long", `The prompt has ${chars} characters; Codex takes ${maxInputChars}.`, {
      remedy: "Put the long part into a file and name the file.",
      facts: { chars, maxInputChars },
    });
  }
}

/** @throws BridgeError `aborted` when the host has given the attempt up */
export function refuseAborted(attempt: Attempt): void {
  if (!attempt.signal?.aborted) return;
  throw new BridgeError("aborted", "The attempt was aborted before its turn began.", { cause: attempt.signal.reason });
}
