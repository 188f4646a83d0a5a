import { createCodexHarness } from "../harness/codex-harness.ts";
import { type AttemptProfile, profiled } from "../harness/profile.ts";
import type { Harness } from "../harness/types.ts";
import { EmbeddedHost, type HostTurn, type HostTurnResult } from "../host/embedded-host.ts";
import type { Setup } from "./setup.ts";

/** A turn of the command line; what the set-up decides is left out. */
export type CliTurn = Omit<HostTurn, "approvalPolicy" | "sandbox" | "modelProvider">;

/** How often a turn is run, one after the other (the first is cold), and who wants to know where its time went. */
export interface Repetition {
  readonly turns: number;
  readonly onProfile?: (profile: AttemptProfile) => void;
}

/**
 * One turn in an embedded host of its own, pinned to Codex; the server and a scripted model are gone when it returns.
 * With an `approve`, Codex asks before it leaves the workspace. Without one nobody is asked: a scripted model is trusted,
 * a real one is kept in the workspace.
 */
export async function hostedTurn(
  setup: Setup,
  turn: CliTurn,
  { turns, onProfile }: Repetition = { turns: 1 },
): Promise<HostTurnResult> {
  const model = turn.model ?? setup.model;
  const asks = turn.approve !== undefined;
  const host = new EmbeddedHost({
    stateDir: setup.harness.stateDir,
    harnesses: [watched(createCodexHarness(setup.harness), onProfile)],
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
    for (let n = 1; n < turns && result.ok; n += 1) result = await again();
    return result;
  } finally {
    await host.dispose();
    await setup.scriptedModel?.close();
    await setup.gateway?.close();
  }
}

function watched(harness: Harness, onProfile: Repetition["onProfile"]): Harness {
  if (!onProfile) return harness;
  return {
    ...harness,
    runAttempt: async (attempt) => {
      const { result, profile } = await profiled(attempt, (each) => harness.runAttempt(each));
      onProfile(profile);
      return result;
    },
  };
}
