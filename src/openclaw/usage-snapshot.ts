import type { CodexLimits, LimitWindow } from "../harness/account.ts";
import type { Runtime } from "./runtime.ts";
import type { HostHarness } from "./sdk.ts";

type Fetch = NonNullable<HostHarness["fetchUsageSnapshot"]>;
export type UsageQuery = Parameters<Fetch>[0];
type Snapshot = NonNullable<Awaited<ReturnType<Fetch>>>;

/**
 * How much of the account's allowance is used (host contract `AgentHarness.fetchUsageSnapshot`). The account is the one
 * the host asks about: its profile, or Codex's own in the operator's home.
 */
export async function usageSnapshot(runtime: Runtime, query: UsageQuery): Promise<Snapshot> {
  const harness = await runtime.harness(query);
  return inHostWords(await harness.limits(query.timeoutMs), query);
}

export function inHostWords(
  limits: CodexLimits,
  { provider, email }: Pick<UsageQuery, "provider" | "email">,
): Snapshot {
  return {
    provider,
    displayName: "Codex",
    windows: limits.windows.map(({ group, usedPercent, resetsAtMs, minutes }) => ({
      label: labelOf(minutes),
      ...(group === "" ? {} : { groupLabel: group }),
      usedPercent,
      ...(resetsAtMs === undefined ? {} : { resetAt: resetsAtMs }),
    })),
    ...(limits.plan === undefined ? {} : { plan: limits.plan }),
    ...(email === undefined ? {} : { accountEmail: email }),
  };
}

/** `5h`, `Week`, `3d`: as the length of the window says. */
function labelOf(minutes: LimitWindow["minutes"]): string {
  if (minutes === undefined) return "Limit";
  const hours = Math.round(minutes / 60);
  if (hours < 24) return `${Math.max(1, hours)}h`;
  const days = Math.round(hours / 24);
  return days === 7 ? "Week" : `${days}d`;
}
