import { createCodexHarness } from "../harness/codex-harness.ts";
import { type AttemptProfile, profiled } from "../harness/profile.ts";
import type { Harness } from "../harness/types.ts";
import { EmbeddedHost, type HostTurn, type HostTurnResult } from "../host/embedded-host.ts";
import type { Setup } from "./setup.ts";

/** A turn of the command line; what the set-up decides is left out. */
export type CliTurn = Omit<HostTurn, "approvalPolicy" | "sandbox" | "modelProvider">;

/** A turn that is looked at closely, and may be run again: the first is cold, the others are warm. */
export interface Profiling {
  readonly turns: number;
  onProfile(profile: AttemptProfile): void;
}

/**
 * One turn in an embedded host of its own, pinned to Codex; the server and a scripted model are gone when it returns.
 * With an `approve`, Codex asks before it leaves the workspace. Without one nobody is asked: a scripted model is trusted,
 * a real one is kept in the workspace.
 */
export async function hostedTurn(setup: Setup, turn: CliTurn, profiling?: Profiling): Promise<HostTurnResult> {
  const model = turn.model ?? setup.model;
  const asks = turn.approve !== undefined;
  const host = new EmbeddedHost({
    stateDir: setup.harness.stateDir,
    harnesses: [watched(createCodexHarness(setup.harness), profiling)],
    pinnedHarness: "codex",
  });
  try {
    const again = (): Promise<HostTurnResult> =>
      host.runTurn({
        ...turn,
        approvalPolicy: asks ? "on-request" : "never",
        sandbox: setup.scriptedModel && !asks ? "danger-full-access" : "workspace-write",
        ...(model === undefined ? {} : { model }),
        ...(setup.modelProvider === undefined ? {} : { modelProvider: setup.modelProvider }),
      });
    let result = await again();
    for (let n = 1; n < (profiling?.turns ?? 1) && result.ok; n += 1) result = await again();
    return result;
  } finally {
    await host.dispose();
    await setup.scriptedModel?.close();
    await setup.gateway?.close();
  }
}

function watched(harness: Harness, profiling: Profiling | undefined): Harness {
  if (!profiling) return harness;
  return {
    ...harness,
    runAttempt: async (attempt) => {
      const { result, profile } = await profiled(attempt, (each) => harness.runAttempt(each));
      profiling.onProfile(profile);
      return result;
    },
  };
}
