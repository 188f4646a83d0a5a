import { createHash } from "node:crypto";
import { BridgeError } from "../errors.ts";
import type { Login } from "../harness/login.ts";
import type { ChatgptTokens } from "../requests/token-refresh.ts";
import { type HostAuth, type HostAuthStore, type HostCredential, loadHostAuth } from "./sdk-auth.ts";

/** What a host's call says about the account it is to run on. */
export interface AuthFacts {
  /** The key of a route that is billed by key; the host has resolved it. */
  readonly resolvedApiKey?: string | undefined;
  /** The profile the host has chosen; the harness resolves it. */
  readonly authProfileId?: string | undefined;
  readonly authProfileStore?: HostAuthStore | undefined;
  readonly agentDir?: string | undefined;
  readonly config?: object | undefined;
}

/** An account, and by what it is told from others without showing a secret. */
export interface Credential {
  readonly key: string;
  readonly login?: Login;
}

/** Codex's own account in whatever home it has: nobody hands it a credential. */
export const nativeAccount: Credential = { key: "native" };

/**
 * The account for a call: the key the host resolved, else the profile it chose, else the one Codex has itself. Nothing
 * else is tried when one of them does not work: another account would be billed.
 *
 * @throws BridgeError `auth_profile_unusable`; its words never quote a credential
 */
export async function credentialFor(
  facts: AuthFacts,
  homeScope: "agent" | "user",
  load: () => Promise<HostAuth> = loadHostAuth,
): Promise<Credential> {
  if (homeScope === "user") return nativeAccount;
  const { resolvedApiKey, authProfileId } = facts;
  if (resolvedApiKey) return keyCredential(resolvedApiKey);
  if (authProfileId === undefined) return nativeAccount;
  const host = await load();
  const resolve = async (forceRefresh: boolean): Promise<HostCredential> => {
    const found = await host
      .resolveApiKeyForProfile({
        store: facts.authProfileStore ?? host.ensureAuthProfileStore(facts.agentDir),
        profileId: authProfileId,
        allowProfileFallback: false,
        ...(forceRefresh ? { forceRefresh } : {}),
        ...(facts.config ? { cfg: facts.config } : {}),
        ...(facts.agentDir === undefined ? {} : { agentDir: facts.agentDir }),
      })
      // The host's words may quote the token.
      .catch(() => null);
    if (!found || found.profileId !== authProfileId) throw unusable(authProfileId, "has no usable credential");
    return found;
  };
  const found = await resolve(false);
  if (found.profileType === "api_key") return keyCredential(found.apiKey);
  const tokens = tokensOf(found);
  return {
    key: `chatgpt ${authProfileId} ${tokens.chatgptAccountId}`,
    login: {
      type: "chatgptAuthTokens",
      ...tokens,
      async refresh() {
        const fresh = tokensOf(await resolve(true));
        // Another account's tokens must not go on with this one's conversation.
        if (fresh.chatgptAccountId !== tokens.chatgptAccountId) throw unusable(authProfileId, "changed its account");
        return fresh;
      },
    },
  };
}

/** Keeps the host from choosing the account again before its allowance is back. A host that cannot is not asked to. */
export async function blockProfile(
  facts: AuthFacts & { runId?: string; modelId?: string | undefined },
  untilMs: number,
  load: () => Promise<HostAuth> = loadHostAuth,
): Promise<void> {
  const { authProfileId: profileId, authProfileStore, agentDir, runId, modelId } = facts;
  if (profileId === undefined) return;
  const host = await load();
  await host.markAuthProfileBlockedUntil?.({
    store: authProfileStore ?? host.ensureAuthProfileStore(agentDir),
    profileId,
    blockedUntil: untilMs,
    source: "codex_rate_limits",
    ...(agentDir === undefined ? {} : { agentDir }),
    ...(runId === undefined ? {} : { runId }),
    ...(modelId === undefined ? {} : { modelId }),
  });
}

function keyCredential(apiKey: string): Credential {
  return {
    key: `key ${createHash("sha256").update(apiKey).digest("hex")}`,
    login: { type: "apiKey", apiKey },
  };
}

/** Account and plan stand in the access token; a host may know the account besides. */
function tokensOf({ apiKey, profileId, credential }: HostCredential): ChatgptTokens {
  const claims = claimsOf(apiKey);
  const known = (credential as { accountId?: unknown } | undefined)?.accountId;
  const accountId = typeof known === "string" && known ? known : claims.chatgpt_account_id;
  if (typeof accountId !== "string" || accountId === "") throw unusable(profileId, "does not say which account it is");
  const plan = claims.chatgpt_plan_type;
  return { accessToken: apiKey, chatgptAccountId: accountId, chatgptPlanType: typeof plan === "string" ? plan : null };
}

function claimsOf(token: string): Record<string, unknown> {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    const claims = (payload as Record<string, unknown> | null)?.["https://api.openai.com/auth"];
    return claims !== null && typeof claims === "object" ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function unusable(profileId: string, why: string): BridgeError {
  return new BridgeError("auth_profile_unusable", `The auth profile ${profileId} ${why}.`, {
    remedy: "Log in again (`openclaw models auth login --provider openai`), or choose another profile.",
    facts: { profileId },
  });
}
