import { z } from "zod";
import type { RecordedHostEvent } from "../../harness/recorder.ts";

/*
 * A recording is a folder:
 *
 *   manifest.json   what was recorded, of which Codex, and how to record it again
 *   wire.jsonl      one line each for what went over the pipe, what became of the process, and what the host did
 *   payloads/       texts too long for a line, by their sha256
 *
 * All of it is redacted before it is written (redact.ts), unless somebody asked for the text to be kept.
 */

/** Longer strings (UTF-16 units) are put into `payloads/`. */
export const maxInlineChars = 64 * 1024;

/**
 * `disk`: it could not be written; `memory`: not fast enough; `size`: `maxBytes` was reached; `line`: one could not be
 * written down; `window`: only the last minutes are there.
 */
export const incompleteReasons = ["disk", "memory", "size", "line", "window"] as const;
export type IncompleteReason = (typeof incompleteReasons)[number];

export const manifestShape = z.looseObject({
  format: z.number().int().positive(),
  codex: z.object({
    version: z.string(),
    userAgent: z.string(),
    /** How its executable was found; see ServerIdentity. Absent: whoever recorded did not know. */
    origin: z.enum(["managed", "explicit", "path"]).optional(),
  }),
  platform: z.string(),
  /** What the client said it can do, as sent with `initialize`. */
  capabilities: z.unknown(),
  /** sha256 of the release's protocol digest (`protocol/manifest.json`), when it is known. */
  schemaSha256: z.string().optional(),
  scenario: z.string().optional(),
  redaction: z.object({ version: z.number().int(), keepText: z.boolean() }),
  /** How to record this again. */
  command: z.string().optional(),
  lines: z.number().int().nonnegative(),
  /** Why lines are missing, and how many: at the end, or for `window` between the head and the last minutes. */
  incomplete: z.object({ reason: z.enum(incompleteReasons), dropped: z.number().int().nonnegative() }).optional(),
  /** End of the hash chain over the lines of wire.jsonl: sha256 of (hash before + line), the first one of "" + line. */
  chainSha256: z.string(),
});
export type Manifest = z.infer<typeof manifestShape>;

/** `c2s` from us to Codex, `s2c` from Codex, `proc` the process, `host` whoever called the bridge. */
export const directions = ["c2s", "s2c", "proc", "host"] as const;
export type Direction = (typeof directions)[number];

/** One line of wire.jsonl. `seq` counts from 0 without holes; `tUs` are microseconds since the recording began. */
export const lineShape = z.object({
  seq: z.number().int().nonnegative(),
  tUs: z.number().int().nonnegative(),
  dir: z.enum(directions),
  /** Which app-server it was, counted from 0 in the order they were started. Absent: the first one, or none (`host`). */
  server: z.number().int().positive().optional(),
  message: z.unknown(),
});
export type RecordedLine = z.infer<typeof lineShape>;

/** Stands in a message for a string that is in `payloads/<sha256>`. */
export interface PayloadReference {
  readonly $payload: string;
  readonly chars: number;
}

/** A line on the pipe that was no message. */
export interface NoiseLine {
  readonly $noise: string;
}

/** `message` of a `proc` line. */
export type ProcessEvent =
  | { readonly event: "spawn"; readonly args: readonly string[]; readonly version?: string; readonly sha256?: string }
  /** We closed its input; an exit without it was not our wish. */
  | { readonly event: "eof" }
  | { readonly event: "exit"; readonly code: number | null; readonly signal: string | null; readonly stderr: string };

/**
 * `message` of a `host` line: what the host put in, and what came out for it. Tool results and answers to requests are
 * on the pipe already, as `c2s` answers.
 */
export type HostEvent =
  | RecordedHostEvent
  /** The host began anew, as another process would; `readback`: what follows only looks at what Codex kept. */
  | { readonly event: "restart" | "readback" };
