import type { Attempt } from "./types.ts";

/** The attempt with some of it changed. The host's own object stays behind it: its methods may be inherited. */
export function changedAttempt(attempt: Attempt, changes: Partial<Attempt>): Attempt {
  return Object.assign(Object.create(attempt) as Attempt, changes);
}
