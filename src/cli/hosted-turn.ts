import { type AttemptProfile, profiled } from "../harness/profile.ts";
import type { Harness } from "../harness/types.ts";
import type { HostTurnResult } from "../host/embedded-host.ts";
import { type CodexTurn, hostOf } from "../library/embedded-host.ts";
import type { Setup } from "../library/setup.ts";

/** A turn of the command line; what the set-up decides is left out. */
export type CliTurn = Omit<CodexTurn, "approvalPolicy" | "sandbox" | "modelProvider">;

/** How often a turn is run, one after the other (the first is cold), and who wants to know where its time went. */
export interface Repetition {
  readonly turns: number;
  readonly onProfile?: (profile: AttemptProfile) => void;
}

/** One turn in an embedded host of its own; the server and a scripted model are gone when it returns. */
export async function hostedTurn(
  setup: Setup,
  turn: CliTurn,
  { turns, onProfile }: Repetition = { turns: 1 },
): Promise<HostTurnResult> {
  const host = hostOf(setup, (harness) => watched(harness, onProfile));
  try {
    let result = await host.runTurn(turn);
    for (let n = 1; n < turns && result.ok; n += 1) result = await host.runTurn(turn);
    return result;
  } finally {
    await host.dispose();
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
