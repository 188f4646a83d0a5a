import { claimedProviders, type HarnessModes, servedBy } from "./harness-modes.ts";

/** What we read of the host's `AgentHarnessSupportContext`. */
export interface RouteFacts {
  readonly provider: string;
  readonly modelId?: string | undefined;
  readonly requestedRuntime: string;
  readonly modelProvider?: ModelRoute | undefined;
}

interface ModelRoute {
  readonly api?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly requestTransportOverrides?: "none" | "present" | undefined;
  readonly endpointOverrides?: "none" | "present" | undefined;
  readonly runtimePolicy?: { readonly compatibleIds: readonly string[] } | undefined;
  readonly preparedAuth?:
    | {
        readonly source: "profile" | "direct" | "harness" | "none";
        readonly mode?: string | undefined;
        readonly requirement?: "api-key" | "subscription" | undefined;
      }
    | undefined;
}

export type RouteSupport =
  | { supported: true; priority: number }
  | { supported: false; reason: string; fallbackRuntime?: "openclaw" };

const yes = { supported: true, priority: 100 } as const;

function no(reason: string): RouteSupport {
  return { supported: false, reason };
}

/**
 * Whether this harness can run a route exactly as the host prepared it. Pure and cheap: the host asks a dozen times
 * per run with growing facts (host contract `AgentHarness.supports`), so what is not said yet speaks against nothing.
 *
 * The host's provider lists `codex` on every route that the native Codex can reproduce. Under another id we stand for
 * the same runtime, but claim a route only when the operator pinned it to that id.
 *
 * A route that a configured provider serves needs nothing of what the host prepared: address, API and key are the
 * provider's. Where only our configuration knows the provider, the route has to be pinned to us all the same: the host may
 * know one of that name by itself.
 *
 * @param homeScope `user`: Codex's own account answers for every kind of billing
 */
export function supportsRoute(
  harnessId: string,
  route: RouteFacts,
  homeScope: "agent" | "user" = "agent",
  modes?: HarnessModes,
): RouteSupport {
  const claimed = claimedProviders.some((name) => name === route.provider);
  const served = servedBy(modes, route) !== undefined;
  if (!claimed && !served) return no(`${harnessId} runs ${claimedProviders.join(" and ")} routes only`);
  const pinned = route.requestedRuntime === harnessId;
  if ((harnessId !== "codex" || !claimed) && !pinned) return no(`the route is not pinned to ${harnessId}`);
  if (served) return yes;
  const facts = route.modelProvider;
  if (facts?.requestTransportOverrides === "present" || facts?.endpointOverrides === "present") {
    return {
      supported: false,
      reason: "the route has request or endpoint overrides that Codex cannot reproduce",
      fallbackRuntime: "openclaw",
    };
  }
  const compatible = facts?.runtimePolicy?.compatibleIds;
  if (compatible) {
    if (!compatible.includes("codex") && !compatible.includes(harnessId)) {
      return no("the route does not list codex as a compatible runtime");
    }
  } else if (facts && route.provider !== "codex" && !(pinned && isNativeModel(facts))) {
    return no("the route does not say which runtimes it is compatible with");
  }
  return supportsAuth(facts?.preparedAuth, homeScope);
}

/** A model that only Codex's own account knows: no transport is prepared for it, and no credential. */
function isNativeModel({ api, baseUrl, preparedAuth }: ModelRoute): boolean {
  const ours = preparedAuth === undefined || (preparedAuth.source === "harness" && preparedAuth.mode === undefined);
  return api === undefined && baseUrl === undefined && ours && preparedAuth?.requirement === undefined;
}

/** A route that is billed in one way must not be paid in another. */
function supportsAuth(auth: ModelRoute["preparedAuth"], homeScope: "agent" | "user"): RouteSupport {
  if (auth?.requirement === undefined || (homeScope === "user" && auth.source === "harness")) return yes;
  const { source, mode } = auth;
  if (auth.requirement === "subscription") {
    return source === "profile" && (mode === "oauth" || mode === "token")
      ? yes
      : no("the route needs a ChatGPT subscription, and no profile with one is prepared");
  }
  const key = mode === "api-key" || mode === "api_key";
  return (source === "profile" || source === "direct") && key
    ? yes
    : no("the route needs an API key, and none is prepared");
}
