import type { GatewayClient } from "./client.ts";
import { Context, type Scenario } from "./scenario.ts";
import type { Stand } from "./stand.ts";

export interface ScenarioResult {
  readonly id: string;
  readonly title: string;
  readonly ok: boolean;
  readonly tookMs: number;
  /** Why it failed, in one paragraph. */
  readonly problem?: string;
  readonly figures: Readonly<Record<string, number | string>>;
}

export interface RunHooks {
  /** Called after each scenario, also with everything the client saw during it. */
  readonly onResult?: (result: ScenarioResult, evidence: Evidence) => Promise<void> | void;
}

export interface Evidence {
  readonly events: readonly unknown[];
  readonly requests: readonly unknown[];
}

/** Runs scenarios one after the other on one stand; only a failure of the plainest one stops the rest. */
export async function runScenarios(
  stand: Stand,
  scenarios: readonly Scenario[],
  hooks: RunHooks = {},
): Promise<ScenarioResult[]> {
  const results: ScenarioResult[] = [];
  for (const scenario of scenarios) {
    const context = new Context(stand, scenario.id);
    const startedAt = performance.now();
    let problem: string | undefined;
    let client: GatewayClient | undefined;
    let from = 0;
    try {
      if (!scenario.ownGateway && (stand.changed || !stand.running)) await stand.restart();
      client = stand.running ? stand.client : undefined;
      from = client?.events.length ?? 0;
      await scenario.run(context);
    } catch (thrown) {
      problem = describe(thrown);
    }
    const result: ScenarioResult = {
      id: scenario.id,
      title: scenario.title,
      ok: problem === undefined,
      tookMs: Math.round(performance.now() - startedAt),
      ...(problem === undefined ? {} : { problem }),
      figures: context.figures,
    };
    results.push(result);
    const before = client?.events.slice(from) ?? [];
    const after = !stand.running || stand.client === client ? [] : stand.client.events;
    await hooks.onResult?.(result, { events: [...before, ...after], requests: context.requests });
    // A plugin that cannot answer at all would fail everything else slowly.
    if (!result.ok && scenario.id === "text-turn") break;
  }
  return results;
}

function describe(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const clean = message.replaceAll(/\s*\n\s*/g, " ").trim();
  return clean.length > 700 ? `${clean.slice(0, 700)}…` : clean;
}
