import type { JsonObject } from "../json.ts";
import { type At, find } from "./offered.ts";
import type { NativeOutput, Program } from "./types.ts";

export interface ExecOptions {
  readonly cmd: string;
  readonly workdir?: string;
  /** When it is stopped. Default 120 s; counted by what Codex says it waited. */
  readonly timeoutMs?: number;
  /** How much of the output comes back. Default 20,000 tokens (about 80 KB). */
  readonly maxOutputTokens?: number;
  /** Asks to leave the sandbox, for this reason. */
  readonly escalate?: string;
  /** Comes back as soon as it is seen to run. */
  readonly background?: boolean;
  /**
   * Runs it without the user's shell profile, where Codex lets that be said: a profile can take longer than the command,
   * and what it prints would be taken for the command's.
   */
  readonly plain?: boolean;
}

export type ExecResult =
  | {
      readonly kind: "exited";
      readonly code: number;
      readonly output: string;
      readonly truncated: boolean;
      /** How long it took, by Codex's count. */
      readonly waitedMs: number;
    }
  | { readonly kind: "timeout"; readonly output: string; readonly timeoutMs: number }
  | { readonly kind: "running"; readonly output: string; readonly sessionId: number }
  /** It was not run (an approval was declined, the sandbox failed), in Codex's words. */
  | { readonly kind: "refused"; readonly text: string };

const longestFirstYieldMs = 30_000;
const longestPollMs = 300_000;
const shortestPollMs = 5_000;
const defaultTimeoutMs = 120_000;
const defaultOutputTokens = 20_000;
const backgroundYieldMs = 1_000;
const interrupt = "\u0003";

/** Runs a shell command through Codex and waits for its end, or its timeout, without asking the model in between. */
export function* exec(at: At, options: ExecOptions): Program<ExecResult> {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const tokens = options.maxOutputTokens ?? defaultOutputTokens;
  const yieldMs = options.background ? backgroundYieldMs : Math.min(longestFirstYieldMs, Math.max(250, timeoutMs));
  const input: JsonObject = {
    cmd: options.cmd,
    ...(options.plain && takesLogin(at) ? { login: false } : {}),
    ...(options.workdir === undefined ? {} : { workdir: options.workdir }),
    ...patience(yieldMs, tokens),
    ...(options.escalate === undefined
      ? {}
      : { sandbox_permissions: "require_escalated", justification: options.escalate }),
  };
  const first = readExecOutput(yield { kind: "function", name: "exec_command", input });
  if (first.kind !== "running" || options.background) return first.result;
  return yield* wait(first, { timeoutMs, tokens, waitedMs: first.waitedMs });
}

/** True when Codex lets a command run without the user's shell profile. */
export const takesLogin = ({ context }: At): boolean =>
  "login" in Object(find(context, "exec_command")?.parameters?.properties);

/** Looks after a background command; waits at most `waitMs` for its end. */
export function* poll(
  _at: At,
  options: { readonly sessionId: number; readonly waitMs?: number; readonly maxOutputTokens?: number },
): Program<ExecResult> {
  const tokens = options.maxOutputTokens ?? defaultOutputTokens;
  return readExecOutput(yield stdin(options.sessionId, "", options.waitMs ?? shortestPollMs, tokens)).result;
}

/**
 * Interrupts a command. Releases that take no input without a terminal leave it running; what is told then is `running`.
 */
export function* stop(_at: At, options: { readonly sessionId: number }): Program<ExecResult> {
  const told = readExecOutput(yield stdin(options.sessionId, interrupt, shortestPollMs, defaultOutputTokens));
  return told.kind === "refused" ? { kind: "running", output: "", sessionId: options.sessionId } : told.result;
}

function* wait(
  started: Heard & { kind: "running" },
  limits: { timeoutMs: number; tokens: number; waitedMs: number },
): Program<ExecResult> {
  const { sessionId } = started.result;
  let { waitedMs } = limits;
  let output = started.result.output;
  while (waitedMs < limits.timeoutMs) {
    const pollMs = Math.min(longestPollMs, Math.max(shortestPollMs, limits.timeoutMs - waitedMs));
    const heard = readExecOutput(yield stdin(sessionId, "", pollMs, limits.tokens));
    if (heard.kind === "refused") return heard.result;
    output += heard.result.output;
    // What says it waited not at all would otherwise be asked for ever.
    waitedMs += Math.max(heard.waitedMs, 1_000);
    if (heard.kind === "exited") return { ...heard.result, output, waitedMs };
  }
  const last = readExecOutput(yield stdin(sessionId, interrupt, shortestPollMs, limits.tokens));
  if (last.kind !== "refused") output += last.result.output;
  return { kind: "timeout", output, timeoutMs: limits.timeoutMs };
}

/** Codex reads whole numbers only: a command would fail for a fraction of a millisecond. */
function patience(yieldMs: number, tokens: number) {
  return { yield_time_ms: Math.ceil(yieldMs), max_output_tokens: Math.ceil(tokens) };
}

function stdin(sessionId: number, chars: string, yieldMs: number, tokens: number) {
  const input = { session_id: sessionId, chars, ...patience(yieldMs, tokens) };
  return { kind: "function", name: "write_stdin", input } as const;
}

type Heard =
  | { kind: "exited"; waitedMs: number; result: ExecResult & { kind: "exited" } }
  | { kind: "running"; waitedMs: number; result: ExecResult & { kind: "running" } }
  | { kind: "refused"; waitedMs: number; result: ExecResult & { kind: "refused" } };

const envelope =
  /^(?:Chunk ID: [^\n]*\n)?Wall time: ([\d.]+) seconds\n(?:Process exited with code (-?\d+)\n|Process running with session ID (\d+)\n)?(?:Original token count: \d+\n)?((?:Warning: [^\n]*\n)*)Output:\n([\s\S]*)$/;
const cutMark = /(?:^|\n)Total output lines: \d+\n|…\d+ (?:tokens|chars) truncated…/;

/** Reads the envelope Codex puts around what a command printed. Anything else is a refusal in Codex's words. */
export function readExecOutput(output: NativeOutput): Heard {
  const found = envelope.exec(output.text);
  if (!found) return { kind: "refused", waitedMs: 0, result: { kind: "refused", text: output.text } };
  const [, seconds = "0", code, session, warnings = "", body = ""] = found;
  const waitedMs = Number(seconds) * 1000;
  if (session !== undefined) {
    return { kind: "running", waitedMs, result: { kind: "running", output: body, sessionId: Number(session) } };
  }
  const truncated =
    /truncated/.test(warnings) || cutMark.test(body.slice(0, 400)) || /…\d+ (?:tokens|chars) truncated…/.test(body);
  // An intercepted patch has an envelope without an exit code.
  const result = { kind: "exited", code: Number(code ?? 0), output: body, truncated, waitedMs } as const;
  return { kind: "exited", waitedMs, result };
}
