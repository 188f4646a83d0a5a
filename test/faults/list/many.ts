import type { Fault } from "../fault.ts";

const count = 300;

/** Nothing goes wrong but that there is so much of it. */
export const many: readonly Fault[] = [
  {
    id: "300-sessions",
    does: `${count} sessions have their first turn at once, on one server`,
    told: /^300 completed on 1 server$/,
    alone: true,
    // Old releases start a thread in half a second, one after the other.
    withinMs: 600_000,
    stand: {
      clocks: {
        runBudgetMs: 600_000,
        requestMs: 300_000,
        threadOpenMs: 300_000,
        quietProbeMs: 60_000,
        settlementMs: 60_000,
      },
    },
    act: async ({ stand }) => {
      const names = Array.from({ length: count }, (_, index) => `many-${index}`);
      const turns = await Promise.allSettled(names.map((name) => stand.turn(name, `work of ${name}`)));
      const completed = turns.filter((turn) => turn.status === "fulfilled" && turn.value.ok);
      return { told: `${completed.length} completed on ${stand.harness.snapshot().servers} server` };
    },
  },
];
