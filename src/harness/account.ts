import type { z } from "zod";
import type { limitWindow } from "../protocol/results.ts";
import type { AppServer } from "../server/app-server.ts";

/** Whom the app-server is logged in as (`account/read`). */
export interface CodexAccount {
  /** `apiKey`, `chatgpt`, or what a newer release calls it. */
  readonly type: string;
  readonly email?: string;
  readonly plan?: string;
}

/** How much of an allowance is used (`account/rateLimits/read`). */
export interface LimitWindow {
  /** Empty for the account's own limit; otherwise the name of a metered one. */
  readonly group: string;
  readonly usedPercent: number;
  readonly minutes?: number;
  /** Unix milliseconds. */
  readonly resetsAtMs?: number;
}

export interface CodexLimits {
  readonly plan?: string;
  readonly windows: readonly LimitWindow[];
}

/** @returns undefined when nobody is logged in */
export async function readAccount(server: AppServer, timeoutMs: number): Promise<CodexAccount | undefined> {
  const { account } = await server.call("account/read", {}, { timeoutMs });
  if (!account) return undefined;
  return {
    type: account.type,
    ...(account.email ? { email: account.email } : {}),
    ...(account.planType ? { plan: account.planType } : {}),
  };
}

/** @throws RpcError when the account has no such limits (an API key) */
export async function readLimits(server: AppServer, timeoutMs: number): Promise<CodexLimits> {
  const answer = await server.call("account/rateLimits/read", {}, { timeoutMs });
  const { rateLimits, rateLimitsByLimitId } = answer;
  const named = Object.entries(rateLimitsByLimitId ?? {});
  const all = named.length > 0 ? named : ([["codex", rateLimits]] as const);
  return {
    ...(rateLimits.planType ? { plan: rateLimits.planType } : {}),
    windows: all.flatMap(([id, { limitName, primary, secondary }]) =>
      [primary, secondary].flatMap((window) =>
        window ? [windowOf(id === "codex" ? "" : (limitName ?? id), window)] : [],
      ),
    ),
  };
}

function windowOf(group: string, window: NonNullable<z.output<typeof limitWindow>>): LimitWindow {
  const { usedPercent, windowDurationMins, resetsAt } = window;
  return {
    group,
    usedPercent,
    ...(windowDurationMins ? { minutes: windowDurationMins } : {}),
    // Seconds, as everywhere in the protocol.
    ...(resetsAt ? { resetsAtMs: resetsAt * 1000 } : {}),
  };
}
