import path from "node:path";
import { z } from "zod";
import { BridgeError } from "../../errors.ts";
import { managedBinary } from "../../server/binary.ts";
import { cleanUserAgent } from "../redact/redact-text.ts";
import type { Told } from "./evidence.ts";

/** A result of the embedded host, or the document of `codex-bridge run --json`. */
const runShape = z.looseObject({
  harness: z.string(),
  selection: z.string().optional(),
  server: z.looseObject({
    version: z.string(),
    userAgent: z.string(),
    binary: z.string(),
    origin: z.enum(["managed", "explicit", "path"]).optional(),
    remote: z.boolean().optional(),
    sha256: z.string(),
  }),
  thread: z.looseObject({ id: z.string() }),
  turnId: z.string().optional(),
  turn: z.looseObject({ id: z.string() }).optional(),
});

/**
 * What goes into evidence of what a run said of itself: no path, no text.
 * @param run a result of the embedded host, or the document of `codex-bridge run --json`
 * @throws BridgeError `evidence_run` when it is neither
 */
export function toldBy(run: unknown): Told {
  const parsed = runShape.safeParse(run);
  if (!parsed.success) {
    throw new BridgeError("evidence_run", "This is no result of a run that began.", {
      remedy: "Give what `codex-bridge run --json` printed.",
      cause: parsed.error,
    });
  }
  const { harness, selection, server, thread, turnId, turn } = parsed.data;
  return {
    harness,
    selection: selection ?? null,
    fallback: fallbackOf(harness, selection),
    binary: server.remote ? "remote" : (server.origin ?? originOf(server.binary)),
    sha256: server.remote ? "" : server.sha256,
    version: server.version,
    userAgent: cleanUserAgent(server.userAgent),
    threadId: thread.id,
    turnId: turnId ?? turn?.id ?? "",
  };
}

/** Whether another harness would have been a failure, by why this one was chosen. */
export function fallbackOf(harness: string, selection: string | null | undefined): Told["fallback"] {
  return selection === `pinned to ${harness}` ? "disabled" : "unknown";
}

/** From the path alone a file on PATH that was named by its path looks as if it had been looked up. */
function originOf(file: string): Told["binary"] {
  try {
    if (managedBinary(import.meta.url).file === file) return "managed";
  } catch {
    // Nothing managed is installed: it was another one.
  }
  return (process.env.PATH ?? "").split(path.delimiter).includes(path.dirname(file)) ? "path" : "explicit";
}
