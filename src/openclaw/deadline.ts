import type { HostAttempt } from "./sdk.ts";

/** Tells the host how long the attempt may still take; the clock stands still while a person is asked. */
export interface Deadline {
  /** @returns what ends the pause; pauses may overlap */
  pause(): () => void;
}

/** How long ending takes at most: an interrupt that has to be confirmed, and questions to a server that is silent. */
const graceMs = 30_000;

type Told = Pick<HostAttempt, "timeoutMs" | "onAttemptDeadlineChanged" | "onAttemptTimeoutArmed">;

export function announceDeadline(params: Told, nowMs: () => number = Date.now): Deadline {
  let leftMs = params.timeoutMs;
  let since = nowMs();
  let paused = 0;
  const announce = (): void =>
    params.onAttemptDeadlineChanged?.(
      paused > 0 ? { kind: "unlimited" } : { kind: "bounded", deadlineAtMs: since + leftMs + graceMs },
    );
  params.onAttemptTimeoutArmed?.();
  announce();
  return {
    pause() {
      if (paused === 0) leftMs = Math.max(0, leftMs - (nowMs() - since));
      paused += 1;
      if (paused === 1) announce();
      let over = false;
      return () => {
        if (over) return;
        over = true;
        paused -= 1;
        if (paused > 0) return;
        since = nowMs();
        announce();
      };
    },
  };
}
