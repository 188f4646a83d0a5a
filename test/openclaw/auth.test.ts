import { describe, expect, it } from "vitest";
import { blockProfile, credentialFor } from "../../src/openclaw/auth.ts";
import type { HostAuth, HostAuthStore, HostCredential } from "../../src/openclaw/sdk-auth.ts";

/** A fake of the host's credentials (`openclaw/plugin-sdk/agent-runtime`). */
function fakeHost(answer: (forced: boolean) => Partial<HostCredential> | null) {
  const calls: unknown[] = [];
  const host: HostAuth = {
    async resolveApiKeyForProfile({ store: _, ...params }) {
      calls.push(params);
      const found = answer(params.forceRefresh === true);
      return found && { apiKey: "", profileId: params.profileId, profileType: "oauth", ...found };
    },
    ensureAuthProfileStore: () => store,
    async markAuthProfileBlockedUntil({ store: _, ...params }) {
      calls.push(params);
    },
  };
  return { calls, load: async () => host };
}

const store = { version: 1, profiles: {} } as HostAuthStore;
const facts = { authProfileId: "openai:me", authProfileStore: store, agentDir: "/agent" };
const token = (claims: object): string =>
  `h.${Buffer.from(JSON.stringify({ "https://api.openai.com/auth": claims })).toString("base64url")}.s`;
const unused = async (): Promise<never> => {
  throw new Error("the host's credentials were loaded");
};

describe("credentialFor", () => {
  it("logs in with the key of a route that is billed by key", async () => {
    const { key, login } = await credentialFor({ ...facts, resolvedApiKey: "sk-secret" }, "agent", unused);
    expect(login).toEqual({ type: "apiKey", apiKey: "sk-secret" });
    expect(key).not.toContain("sk-secret");
    expect(await credentialFor({ resolvedApiKey: "sk-other" }, "agent", unused)).not.toMatchObject({ key });
  });

  it("hands nothing to the operator's own Codex, and nothing where nothing was chosen", async () => {
    const native = { key: "native" };
    expect(await credentialFor({ ...facts, resolvedApiKey: "sk-secret" }, "user", unused)).toEqual(native);
    expect(await credentialFor({}, "agent", unused)).toEqual(native);
  });

  it("logs in with a subscription, whose account and plan stand in its token", async () => {
    const accessToken = token({ chatgpt_account_id: "acc-1", chatgpt_plan_type: "pro" });
    const { load, calls } = fakeHost(() => ({ apiKey: accessToken }));
    const { key, login } = await credentialFor(facts, "agent", load);
    expect(login).toMatchObject({
      type: "chatgptAuthTokens",
      accessToken,
      chatgptAccountId: "acc-1",
      chatgptPlanType: "pro",
    });
    expect(key).toBe("chatgpt openai:me acc-1");
    expect(calls).toEqual([{ profileId: "openai:me", allowProfileFallback: false, agentDir: "/agent" }]);
  });

  it("refreshes by the host, and refuses another account's tokens", async () => {
    let account = "acc-1";
    const { load, calls } = fakeHost((forced) => ({
      apiKey: `${token({})}${forced ? "2" : ""}`,
      credential: { accountId: account },
    }));
    const { login } = await credentialFor(facts, "agent", load);
    if (login?.type !== "chatgptAuthTokens") throw new Error("no subscription");
    expect(await login.refresh()).toMatchObject({ accessToken: expect.stringMatching(/2$/) });
    expect(calls.at(-1)).toMatchObject({ forceRefresh: true });
    account = "acc-2";
    await expect(login.refresh()).rejects.toMatchObject({ code: "auth_profile_unusable" });
  });

  it("logs in with a stored key", async () => {
    const { load } = fakeHost(() => ({ apiKey: "sk-stored", profileType: "api_key" }));
    expect((await credentialFor(facts, "agent", load)).login).toEqual({ type: "apiKey", apiKey: "sk-stored" });
  });

  it.each([
    ["a profile without a credential", () => null],
    [
      "another profile than the chosen one",
      () => ({ apiKey: "sk-secret", profileId: "openai:other", profileType: "api_key" }),
    ],
    ["a token that names no account", () => ({ apiKey: "opaque-secret" })],
    [
      "a host that fails",
      () => {
        throw new Error("refused: opaque-secret");
      },
    ],
  ])("tries nothing else after %s", async (_, answer) => {
    const { load } = fakeHost(answer);
    const error = await credentialFor(facts, "agent", load).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "auth_profile_unusable", remedy: expect.stringContaining("Log in again") });
    expect(String(error) + JSON.stringify(error)).not.toContain("secret");
  });
});

describe("blockProfile", () => {
  it("tells the host until when an account's allowance is used up", async () => {
    const { load, calls } = fakeHost(() => null);
    await blockProfile({ ...facts, runId: "r", modelId: "gpt-5.5" }, 1234, load);
    expect(calls).toEqual([
      {
        profileId: "openai:me",
        blockedUntil: 1234,
        source: "codex_rate_limits",
        agentDir: "/agent",
        runId: "r",
        modelId: "gpt-5.5",
      },
    ]);
    await blockProfile({}, 1234, unused);
  });
});
