import type { ModelRequest } from "./request.ts";

/**
 * What the scripted model plays: a document (`ScriptFile`) or a function that sees each request. As a document:
 *
 *     { "turns": [
 *         { "when": "list.*files",
 *           "steps": [
 *             [{ "say": "One moment.", "phase": "commentary" }, { "shell": "ls" }],
 *             [{ "say": "The command printed: {{lastOutput}}", "phase": "final_answer" }]
 *           ] },
 *         { "steps": [[{ "say": "You wrote: {{user}}" }]] }
 *     ] }
 *
 * A turn that calls tools takes several model requests: each request plays the next step.
 */
export type Script = ScriptFile | ScriptFunction;

/** Called once per model request; must be stateless to survive retries (use `request.step`, not a counter). */
export type ScriptFunction = (request: ModelRequest) => Reply | Promise<Reply>;

/** A streamed answer made of parts, or a plain HTTP error instead of a stream. */
export type Reply = readonly Part[] | HttpFault;

/** A script as a JSON document. The first turn whose `when` matches is played. */
export interface ScriptFile {
  turns: ScriptTurn[];
}

export interface ScriptTurn {
  /** Case-insensitive regular expression on the last user text; absent means always. */
  when?: string | undefined;
  /** One list of parts per model request of the turn: step 0, then one step after each block of tool outputs. */
  steps: Part[][];
}

/**
 * One thing the model does. Texts may hold `{{user}}` (last user text) and `{{lastOutput}}` (last tool output).
 * Several call parts (`shell`, `patch`, `call`, `custom`, `plan`) in one step are parallel tool calls.
 */
export type Part = DocumentPart | { until: Promise<unknown> };

/** The parts that can be written in a JSON document; `until` needs a function. */
export type DocumentPart =
  | {
      say: string;
      phase?: "commentary" | "final_answer" | undefined;
      chunkChars?: number | undefined;
      delayMs?: number | undefined;
    }
  /** `think` is the reasoning summary, `raw` the raw reasoning content. */
  | { think: string; raw?: string | undefined }
  /** A shell command, in whatever shape the tools of the request demand. `escalate` is the justification. */
  | { shell: string; yieldMs?: number | undefined; workdir?: string | undefined; escalate?: string | undefined }
  /** A patch in the `*** Begin Patch` format. */
  | { patch: string }
  /** A function tool. A string in `args` is sent verbatim, so that malformed arguments can be played. */
  | { call: string; args: unknown; namespace?: string | undefined; id?: string | undefined }
  /** A freeform tool. */
  | { custom: string; input: string; id?: string | undefined }
  /** The `update_plan` tool, which Codex >= 0.152.1 has only with the setting `tools.update_plan.enabled = true`. */
  | { plan: { step: string; status: "pending" | "in_progress" | "completed" }[]; explanation?: string | undefined }
  | { waitMs: number }
  /** One message of this many deltas at full speed, each holding `text`. */
  | { deltas: number; text?: string | undefined }
  | { usage: { input: number; output: number; cached?: number | undefined } }
  /** Close the connection in the middle of the stream. */
  | { cut: true }
  /** Go silent and keep the connection open until the client leaves. */
  | { stall: true }
  | { failed: { code: string; message: string } }
  /** End with `response.incomplete`; the value is the reason, for example `max_output_tokens`. */
  | { incomplete: string };

/** An HTTP error answered instead of a stream. */
export interface HttpFault {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export function isHttpFault(reply: Reply): reply is HttpFault {
  return !Array.isArray(reply);
}
