import type { PlanStep } from "../../turn/state.ts";
import { clean } from "./clean.ts";
import { hanging } from "./lines.ts";
import type { Theme } from "./theme.ts";

/** The steps of a plan, each with how far it is. */
export function planLines(steps: readonly PlanStep[], width: number, theme: Theme): string[] {
  return steps.flatMap(({ step, status }) => {
    if (status === "completed") return hanging("  ✓ ", clean(step), width, theme.dim, theme.good);
    if (/progress/i.test(status)) return hanging("  ▸ ", clean(step), width, theme.bold, theme.accent);
    return hanging("  ○ ", clean(step), width, (text) => text, theme.dim);
  });
}
