import type { PlanStep } from "../../turn/state.ts";
import { clean } from "./clean.ts";
import type { WaitingSteer } from "./conversation.ts";
import { hanging } from "./lines.ts";
import { planLines } from "./plan-lines.ts";
import { duration } from "./status-line.ts";
import type { Theme } from "./theme.ts";

/** A turn that runs. */
export interface Working {
  readonly elapsedMs: number;
  readonly interrupting: boolean;
}

export interface Live {
  readonly plan: readonly PlanStep[];
  readonly waiting: readonly WaitingSteer[];
  readonly activity: string;
  readonly working: Working | undefined;
  readonly frame: number;
}

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/** What is going on now: the plan, what was said into the turn and is not read yet, and for how long it has run. */
export function liveLines({ plan, waiting, activity, working, frame }: Live, width: number, theme: Theme): string[] {
  if (!working) return [""];
  const steers = waiting.flatMap(({ text, returned }) =>
    hanging("  ↳ ", `${clean(text)} (${returned ? "after this turn" : "not read yet"})`, width, theme.dim),
  );
  const what = working.interrupting ? "Interrupting" : activity || "Working";
  const hint = working.interrupting ? "" : " · Esc interrupts";
  const mark = theme.accent(frames[frame % frames.length]!);
  return [
    "",
    ...planLines(plan, width, theme),
    ...steers,
    `${mark} ${what} ${theme.dim(`${duration(working.elapsedMs)}${hint}`)}`,
  ];
}
