import { BridgeError } from "./errors.ts";

/**
 * Every clock that can end something, with its default. A result or error names the clock that fired by these names;
 * hosts set them by the same keys (`clocks.quietProbeMs`, …), in milliseconds.
 */
export interface Clocks {
  /** From spawning the app-server to a finished handshake. Ends the start: `server_start_timeout`. */
  readonly initializeMs: number;
  /** One request to the app-server. Ends that request: `wire_request_timeout`. */
  readonly requestMs: number;
  /** `thread/start` or `thread/resume`, which load configuration and MCP servers. Ends the attempt before its turn. */
  readonly threadOpenMs: number;
  /** How long an attempt waits for another turn on its session or thread. Ends the attempt: `session_busy`. */
  readonly sessionWaitMs: number;
  /** Silence after which the server is asked how the turn stands. Ends nothing by itself. */
  readonly quietProbeMs: number;
  /** How long a server that was asked to interrupt a turn may take. Ends the turn and the connection. */
  readonly interruptGraceMs: number;
  /** How long Codex may finish a turn that its host is done with. Then it is interrupted. */
  readonly releaseGraceMs: number;
  /** How long a finished turn waits for what is still missing of it, and an unanswered question for its answer. */
  readonly settlementMs: number;
  /** One call of a host tool. Ends that call: it fails and the turn goes on. */
  readonly toolMs: number;
  /** One approval or question. Ends it as declined; meanwhile the run budget stands still. */
  readonly approvalMs: number;
  /** One call of an observer, of the transcript or the history. Ends waiting for it; the turn goes on. */
  readonly hostCallbackMs: number;
  /** A compaction. Interrupts it: `turn_timeout`. */
  readonly compactionMs: number;
  /** How long a server without any work is kept. Stops it; the next attempt starts another. */
  readonly idleStopMs: number;
  /** The whole attempt, when its host set no limit of its own. Interrupts the turn: outcome `timeout`. */
  readonly runBudgetMs: number;
}

export const defaultClocks: Clocks = {
  initializeMs: 30_000,
  requestMs: 60_000,
  threadOpenMs: 60_000,
  sessionWaitMs: 30_000,
  quietProbeMs: 30_000,
  interruptGraceMs: 10_000,
  releaseGraceMs: 20_000,
  settlementMs: 5_000,
  toolMs: 90_000,
  approvalMs: 120_000,
  hostCallbackMs: 60_000,
  compactionMs: 300_000,
  idleStopMs: 900_000,
  runBudgetMs: 48 * 3_600_000,
};

/** No call of a host tool takes longer, whatever asks for it. */
export const longestToolMs = 600_000;

/** Timers cannot count further (24.8 days). */
const longestMs = 2 ** 31 - 1;

/**
 * The defaults with what a host sets differently.
 * @throws BridgeError `clock_invalid` for a name that is no clock, or a time that is not a number of milliseconds
 */
export function resolveClocks(changed: { readonly [K in keyof Clocks]?: Clocks[K] | undefined } = {}): Clocks {
  const set: Record<string, number> = {};
  for (const [name, ms] of Object.entries(changed)) {
    if (!Object.hasOwn(defaultClocks, name)) {
      throw invalid(`There is no clock ${name}.`, `Clocks are ${Object.keys(defaultClocks).join(", ")}.`);
    }
    if (ms === undefined) continue;
    if (typeof ms !== "number" || !(ms >= 1 && ms <= longestMs)) {
      throw invalid(`The clock ${name} must be 1 to ${longestMs} milliseconds.`, "Correct it, or leave it out.");
    }
    set[name] = ms;
  }
  return { ...defaultClocks, ...set };
}

function invalid(message: string, remedy: string): BridgeError {
  return new BridgeError("clock_invalid", message, { remedy });
}
