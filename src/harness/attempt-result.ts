import { setImmediate as immediately } from "node:timers/promises";
import { BridgeError } from "../errors.ts";
import type { OpenedThread } from "../thread/open.ts";
import type { TurnOutcome } from "../turn/outcome.ts";
import { returnedSteers } from "../turn/steering.ts";
import { turnUsage } from "../turn/usage.ts";
import type { Running, Try } from "./attempt-context.ts";
import { classify } from "./classify.ts";
import { executableSha256 } from "./executable-hash.ts";
import type { LiveServer } from "./server-slot.ts";
import { defaultSilentToken } from "./silent.ts";
import type { AttemptResult, ServerIdentity } from "./types.ts";

/** What one attempt came to, as its host gets it. */
export async function resultOf(running: Running, { live, thread, state, skippedBefore }: Try): Promise<AttemptResult> {
  const { attempt, entries, phases, context } = running;
  // A transcript that could not be written makes the attempt fail, but the answer is still handed over.
  const outcome: TurnOutcome =
    running.record.error === undefined
      ? state.outcome!
      : { kind: "failed", error: transcriptError(running.record.error), category: "other", actions: ["report"] };
  const text = state.answer?.text ?? "";
  const ok = outcome.kind === "completed";
  const classification = ok ? classify(text, entries, attempt.silentToken ?? defaultSilentToken) : undefined;
  const usage = turnUsage(state.usage);
  const skipped = live.server.skipped - skippedBefore;
  return {
    ok,
    outcome,
    harness: context.id,
    session: attempt.session,
    thread: shownThread(thread),
    turnId: state.turnId ?? "",
    text,
    ...(state.answer ? { finalItemId: state.answer.itemId } : {}),
    ...(classification === undefined ? {} : { classification }),
    returnedSteers: returnedSteers(state),
    ...(usage ? { usage } : {}),
    phases,
    entries,
    server: await identify(running, live),
    ...(skipped > 0 ? { skipped } : {}),
  };
}

/** Who served the attempt. The executable is hashed once; asked for early, it costs no time in the end. Never rejects. */
export async function identify({ attempt, context }: Running, live: LiveServer): Promise<ServerIdentity> {
  const { server } = live;
  const { version, userAgent } = server.info;
  const binary = server.process?.binary;
  // What somebody else runs has no executable that we could look at.
  if (!binary) return { version, userAgent, binary: server.where, sha256: "", remote: true };
  const { file, origin } = binary;
  const hash = executableSha256(file, context.stateDir).catch(() => "");
  const sha256 = await (attempt.serverHash === "if_known" ? Promise.race([hash, immediately("")]) : hash);
  return { version, userAgent, binary: file, origin, sha256 };
}

function transcriptError(cause: unknown): BridgeError {
  if (cause instanceof BridgeError) return cause;
  return new BridgeError("transcript_unwritable", "The turn ran, but its transcript could not be written.", {
    remedy: "Check the folder's permissions and free space; the Codex thread has the whole turn.",
    cause,
  });
}

/** What a host is told about its thread. */
export function shownThread({ id, resumed, rotation }: OpenedThread): AttemptResult["thread"] {
  return { id, resumed, ...(rotation ? { rotation } : {}) };
}
