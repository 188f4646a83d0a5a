/** What we read of the host's `AgentHarnessSupportContext`. */
export interface RouteFacts {
  readonly provider: string;
  readonly modelId?: string | undefined;
  readonly requestedRuntime: string;
  readonly modelProvider?:
    | {
        readonly requestTransportOverrides?: "none" | "present" | undefined;
        readonly endpointOverrides?: "none" | "present" | undefined;
        readonly runtimePolicy?: { readonly compatibleIds: readonly string[] } | undefined;
      }
    | undefined;
}

export type RouteSupport =
  | { supported: true; priority: number }
  | { supported: false; reason: string; fallbackRuntime?: "openclaw" };

/** Providers whose models Codex speaks to natively. The host normalizes other spellings to these. */
export const claimedProviders = ["openai", "codex"] as const;

/**
 * Whether this harness can run a route exactly as the host prepared it. Pure and cheap: the host asks a dozen times
 * per run with growing facts (host contract `AgentHarness.supports`).
 *
 * The host's provider lists `codex` on every route that the native Codex can reproduce. Under another id we stand for
 * the same runtime, but claim a route only when the operator pinned it to that id.
 */
export function supportsRoute(harnessId: string, route: RouteFacts): RouteSupport {
  if (!claimedProviders.some((name) => name === route.provider)) {
    return { supported: false, reason: `${harnessId} runs ${claimedProviders.join(" and ")} routes only` };
  }
  const facts = route.modelProvider;
  if (facts?.requestTransportOverrides === "present" || facts?.endpointOverrides === "present") {
    return {
      supported: false,
      reason: "the route has request or endpoint overrides that Codex cannot reproduce",
      fallbackRuntime: "openclaw",
    };
  }
  const compatible = facts?.runtimePolicy?.compatibleIds ?? [];
  if (compatible.includes(harnessId)) return { supported: true, priority: 100 };
  if (!compatible.includes("codex")) {
    return { supported: false, reason: `the route does not list codex as a compatible runtime` };
  }
  return route.requestedRuntime === harnessId
    ? { supported: true, priority: 100 }
    : { supported: false, reason: `the route is not pinned to ${harnessId}` };
}
