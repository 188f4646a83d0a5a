import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { runHostScript } from "../gateway.ts";
import { withOverrides } from "../plugins.ts";
import { assertNoDuplicates, type Context, type Scenario } from "../scenario.ts";
import type { Stand } from "../stand.ts";

const nativeKey = "sk-of-the-operators-own-codex";

export const userHome: Scenario = {
  id: "user-home",
  title: "The operator's own Codex home: its login, its configuration and its threads are used, and no key of the host",
  ownGateway: true,
  async run(context) {
    const home = path.join(context.stand.host.home, ".codex");
    await mkdir(home, { recursive: true });
    await writeFile(path.join(home, "auth.json"), JSON.stringify({ auth_mode: "apikey", OPENAI_API_KEY: nativeKey }));
    const config = [
      'model_provider = "own"',
      "[model_providers.own]",
      'name = "own"',
      `base_url = "${context.stand.model.url}"`,
      'wire_api = "responses"',
      "requires_openai_auth = true",
    ];
    await writeFile(path.join(home, "config.toml"), `${config.join("\n")}\n`);
    try {
      const own = context.stand.plugin === "ours" ? { modelProvider: "own", configOverrides: [] } : {};
      await context.stand.restart({ plugin: { appServer: { homeScope: "user", ...own } } });
      const session = context.newSession();
      context.steps([{ say: "From your own Codex.", phase: "final_answer" }]);
      assert.equal((await context.goodTurn(session, "who are you")).text, "From your own Codex.");
      assert.deepEqual(accounts(context), [`Bearer ${nativeKey}`]);
      const kept = await readdir(path.join(home, "sessions"), { recursive: true });
      assert.ok(
        kept.some((name) => name.endsWith(".jsonl")),
        "the thread is kept elsewhere",
      );
      assert.equal((await context.sessionRow(session))?.agentRuntime?.id, "codex");
      assert.ok(existsSync(path.join(home, "auth.json")), "the operator is logged out");
      assertNoDuplicates(await context.history(session));
    } finally {
      await context.stand.stop();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    }
  },
};

/** A token of a subscription as its readers see it; nobody checks its signature on loopback. */
function accessToken(account: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const auth = { chatgpt_account_id: account, chatgpt_plan_type: "plus", chatgpt_user_id: "user-e2e" };
  const expires = Math.floor(Date.now() / 1000) + 36_000;
  const claims = { exp: expires, email: "e2e@example.invalid", "https://api.openai.com/auth": auth };
  return `${part({ alg: "none", typ: "JWT" })}.${part(claims)}.c2ln`;
}

export const subscription: Scenario = {
  id: "subscription",
  title: "A ChatGPT profile of the host pays for its turns; refused, the turn fails as such and nobody else pays",
  ownGateway: true,
  async run(context) {
    const { stand } = context;
    const token = accessToken("acc-e2e");
    await stand.stop();
    const profile = { type: "token", provider: "openai", token, email: "e2e@example.invalid" };
    const credential = JSON.stringify(profile);
    await inHost(stand, `upsertAuthProfileWithLock({ profileId: "openai:e2e", credential: ${credential}, agentDir })`);
    const provider = `model_providers.scripted={name="scripted",base_url="${stand.model.url}",wire_api="responses",requires_openai_auth=true}`;
    // Codex asks its backend about the account: that is the scripted model's door, too.
    const plugin = withOverrides(stand, [`chatgpt_base_url="${stand.model.url}/backend"`], provider);
    const auth = {
      profiles: { "openai:e2e": { provider: "openai", mode: "token" } },
      order: { openai: ["openai:e2e"] },
    };
    await stand.restart({ config: { auth }, plugin });
    try {
      await payByPlan(context, token);
    } finally {
      await stand.stop();
      // Blocked by now, and the host would choose it for whatever comes next. 2026.8 keeps the main agent's profiles in
      // a store that all agents share, and touches that one only when no agent is named.
      await inHost(stand, `removeProviderAuthProfilesWithLock({ provider: "openai" })`);
    }
  },
};

async function payByPlan(context: Context, token: string): Promise<void> {
  const { stand } = context;
  const session = context.newSession();
  context.steps([{ say: "Paid by the plan.", phase: "final_answer" }]);
  assert.equal((await context.goodTurn(session, "who pays")).text, "Paid by the plan.");
  assert.deepEqual(accounts(context), [`Bearer ${token}`]);
  assert.equal(context.requests[0]?.headers["chatgpt-account-id"], "acc-e2e");
  context.play(() => ({ status: 401, body: { error: { message: "token expired", code: "token_expired" } } }));
  const refused = await context.turn(session, "and now", { timeoutMs: 180_000 });
  assert.equal(refused.state, "error", JSON.stringify(refused.last).slice(0, 300));
  assert.deepEqual(accounts(context), [`Bearer ${token}`], "somebody else was asked to pay");
  const told = JSON.stringify(refused.last);
  context.figures.told = String(refused.last.errorMessage ?? "").slice(0, 160);
  assert.match(told, /auth|log ?in|credential|401|token/i, told.slice(0, 400));
  assert.ok(!told.includes(token) && !(await stand.gateway.log()).includes(token), "the token is shown");
}

/** Everybody who paid for a model request of this scenario. */
function accounts(context: Context): string[] {
  return [...new Set(context.requests.map(({ headers }) => String(headers.authorization)))];
}

/** As the host's own login does it: there is no command that takes a token without a terminal. */
async function inHost({ host }: Stand, call: string): Promise<void> {
  const sdk = pathToFileURL(path.join(path.dirname(host.entry), "dist", "plugin-sdk", "provider-auth.js")).href;
  const script = `
    const sdk = await import(${JSON.stringify(sdk)});
    const agentDir = ${JSON.stringify(path.join(host.stateDir, "agents", "main", "agent"))};
    await sdk.${call};
    process.exit(0);`;
  const { exitCode, output } = await runHostScript(host, script);
  assert.equal(exitCode, 0, output);
}
