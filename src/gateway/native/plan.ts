import { type At, offers } from "./offered.ts";
import type { Program } from "./types.ts";

export interface PlanItem {
  readonly step: string;
  readonly status: "pending" | "in_progress" | "completed";
}

/**
 * Shows a plan in Codex. Codex takes at most one step that is in progress: of several the first stays.
 * @returns undefined when it was taken, otherwise Codex's words
 */
export function* updatePlan(at: At, items: readonly PlanItem[], explanation?: string): Program<string | undefined> {
  if (!offers(at.context, "update_plan")) return "no plan can be shown";
  let working = false;
  const plan = items.map(({ step, status }) => {
    const second = status === "in_progress" && working;
    working ||= status === "in_progress";
    return { step, status: second ? "pending" : status };
  });
  const input = { ...(explanation === undefined ? {} : { explanation }), plan };
  const { text } = yield { kind: "function", name: "update_plan", input };
  return /^Plan updated/i.test(text) ? undefined : text;
}
