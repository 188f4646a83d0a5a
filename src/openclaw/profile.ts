import { type AttemptProfile, profiled, profileText } from "../harness/profile.ts";
import type { Harness } from "../harness/types.ts";

/** What is measured of one attempt of the host. */
export interface RunProfile {
  /** The harness, whose attempt is measured. */
  around<H extends Harness>(harness: H): H;
  /** Tells where the time went; nothing when no turn came of it. */
  tell(): void;
}

/**
 * Where the time of one attempt went, for the log: what the host did before it called us, what we prepared (its tools,
 * instructions and hooks), the turn, and what followed until the host has its result.
 * @param startedAtMs when the host began the run (Unix milliseconds)
 */
export function runProfile(startedAtMs: number | undefined, log: (text: string) => void): RunProfile {
  const calledAt = performance.now();
  const hostMs = startedAtMs === undefined ? undefined : Math.max(0, Date.now() - startedAtMs);
  let attemptAt = calledAt;
  let profile: AttemptProfile | undefined;
  return {
    around: (harness) => ({
      ...harness,
      runAttempt: async (attempt) => {
        attemptAt = performance.now();
        const measured = await profiled(attempt, (each) => harness.runAttempt(each));
        profile = measured.profile;
        return measured.result;
      },
    }),
    tell() {
      if (!profile) return;
      const before = [
        ...(hostMs === undefined ? [] : [{ name: "host preparation", ms: hostMs }]),
        { name: "our preparation", ms: attemptAt - calledAt },
      ];
      const after = [{ name: "afterwards", ms: performance.now() - attemptAt - profile.totalMs }];
      log(`codex-bridge profile: ${profileText(profile, before, after)}`);
    },
  };
}
