import type { HostTurn, HostTurnResult } from "../../src/host/embedded-host.ts";
import type { Reply } from "../../src/scripted-model/script.ts";
import type { ModelRequest } from "../../src/scripted-model/server.ts";
import type { Rule } from "./rules.ts";
import type { Stand, StandOptions } from "./stand.ts";

/**
 * One thing that goes wrong. The session has had a turn before, unless it is to be new; then comes a turn in which it
 * goes wrong, and then one in which nothing does. What is checked of all that is the same for every fault: see
 * run-fault.ts.
 */
export interface Fault {
  /** Stable and unique. */
  readonly id: string;
  /** What is done. */
  readonly does: string;
  /** What the host is told, as `toldOf` puts it. */
  readonly told: RegExp;
  /** Why it is told that, or what else has to be; where `told` does not say it all. */
  readonly expects?: string;
  /** What the proxy does. Each rule has to have been applied, or the fault did not happen. */
  readonly rules?: readonly Rule[];
  /**
   * When the rules begin: with the turn (default), with the first start of a server (`new`: there is no turn before), or
   * with a server that is started anew for the turn (`restart`).
   */
  readonly when?: "turn" | "new" | "restart";
  readonly stand?: StandOptions;
  /** What the model says in the turn; default: a message in pieces. */
  model?(request: ModelRequest, context: FaultContext): Reply | Promise<Reply>;
  /** What the host has in every turn: the tools of a thread are fixed. */
  host?(context: FaultContext): Partial<HostTurn>;
  /** What the host does in the turn. */
  turn?(context: FaultContext): Partial<HostTurn>;
  /** What else happens before the turn. */
  before?(context: FaultContext): Promise<void>;
  /** Instead of the turn. */
  act?(context: FaultContext): Promise<HostTurnResult | Told>;
  /** After the turn, before the next: the end of what went wrong. */
  after?(context: FaultContext): Promise<void>;
  /** What else has to be so at the end; throws when it is not. */
  check?(context: FaultContext, faulted: HostTurnResult | undefined): Promise<void> | void;
  /** Words the model has to have read by the next turn, besides those of the session's first. */
  readonly knows?: readonly string[];
  /** By when the turn has ended, by whichever clock; default 25 s. */
  readonly withinMs?: number;
  /** The thread is replaced (or compacted) in this turn or in the next: the model has the conversation in other words. */
  readonly replaced?: "in turn" | "in next" | "on some releases";
  /** The transcript cannot be written in the turn: what was seen is in its result, and in the transcript later. */
  readonly noTranscript?: true;
  /** Changes something that all faults of the process share. */
  readonly alone?: true;
  /** This folder is a small disk of its own, which only a user can make who may mount file systems. */
  readonly mounts?: "state" | "transcripts" | "home";
}

/** What a host that got no result was told. */
export interface Told {
  readonly told: string;
}

export interface FaultContext {
  readonly stand: Stand;
  readonly session: string;
  /** Aborts the turn. */
  readonly abort: AbortController;
  /** Is done at the end, however it comes. */
  later(work: () => Promise<void>): void;
  /** For what a fault has to remember. */
  readonly notes: Map<string, unknown>;
}

export interface FaultReport {
  readonly id: string;
  readonly does: string;
  readonly told: string;
  readonly elapsedMs: number;
  /** Everything that is not as it has to be; empty: survived. */
  readonly problems: readonly string[];
  readonly kept: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly stuck: boolean;
  readonly orphans: readonly string[];
  readonly next: "ok" | "failed" | "not reached";
  /** Why it could not be tried here. */
  readonly notTried?: string;
}

/** What a host is told by a result or an error, in a few stable words. */
export function toldOf(result: HostTurnResult | Told | Error): string {
  if (result instanceof Error) {
    const { code = result.name, facts } = result as Error & { code?: string; facts?: { clock?: unknown } };
    return `error ${code}${facts?.clock ? ` (clock ${facts.clock})` : ""}`;
  }
  if ("told" in result) return result.told;
  const { outcome } = result;
  switch (outcome.kind) {
    case "completed":
      return "completed";
    case "interrupted":
      return `interrupted by ${outcome.by}${outcome.unconfirmed ? ", unconfirmed" : ""}`;
    case "failed":
      return `failed ${outcome.category} (${outcome.error.code})`;
    case "timeout":
      return `timeout (clock ${outcome.clock})`;
    case "server_exit":
      return `server_exit (${outcome.error.code})`;
  }
}
