/*
 * The host's credentials, behind one subpath. Loaded only when a turn runs on a stored profile: it is a broad one, and
 * hosts have most of it in memory by then.
 */
import type { AuthProfileStore } from "openclaw/plugin-sdk/agent-runtime";

/** A host's store of credentials; passed on, never looked into. */
export type HostAuthStore = AuthProfileStore;

export interface HostAuth {
  /** @returns null when the profile has no usable credential */
  resolveApiKeyForProfile(params: {
    cfg?: object;
    store: HostAuthStore;
    profileId: string;
    agentDir?: string;
    forceRefresh?: boolean;
    allowProfileFallback?: boolean;
  }): Promise<HostCredential | null>;
  /** The agent's own store, for calls that do not bring one. */
  ensureAuthProfileStore(agentDir?: string): HostAuthStore;
  /** Keeps the host from choosing the profile before its allowance is back. */
  markAuthProfileBlockedUntil?(params: {
    store: HostAuthStore;
    profileId: string;
    blockedUntil: number;
    source: "codex_rate_limits";
    agentDir?: string;
    runId?: string;
    modelId?: string;
  }): Promise<void>;
}

export interface HostCredential {
  /** The key itself, or the access token of a subscription. */
  readonly apiKey: string;
  readonly profileId: string;
  readonly profileType: string;
  readonly credential?: object;
}

export async function loadHostAuth(): Promise<HostAuth> {
  return await import("openclaw/plugin-sdk/agent-runtime");
}
