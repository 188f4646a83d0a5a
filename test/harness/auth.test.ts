import { afterEach, expect, it } from "vitest";
import type { ChatgptTokens } from "../../src/requests/token-refresh.ts";
import { openTestHost } from "./fixture.ts";

let bridge: Awaited<ReturnType<typeof openTestHost>> | undefined;
afterEach(async () => {
  await bridge?.close();
  bridge = undefined;
});

/** A token as Codex reads it; nobody checks its signature here. */
function tokens(mark: string): ChatgptTokens {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const auth = { chatgpt_account_id: "acc", chatgpt_plan_type: "plus", chatgpt_user_id: "u" };
  const payload = {
    exp: Math.floor(Date.now() / 1000) + 3600,
    email: "a@b.c",
    "https://api.openai.com/auth": auth,
    mark,
  };
  const accessToken = `${part({ alg: "none" })}.${part(payload)}.signature`;
  return { accessToken, chatgptAccountId: "acc", chatgptPlanType: "plus" };
}
const config = { "model_providers.scripted.requires_openai_auth": true };
const denied = { status: 401, body: { error: { message: "who are you" } } };

it("speaks for a ChatGPT account, and gets fresh tokens when they are refused", async () => {
  let asked = 0;
  const fresh = tokens("fresh");
  const login = {
    type: "chatgptAuthTokens" as const,
    ...tokens("stale"),
    refresh: async () => {
      asked += 1;
      return fresh;
    },
  };
  bridge = await openTestHost("auth", { login });
  bridge.reply = ({ headers }) =>
    headers.authorization === `Bearer ${fresh.accessToken}` ? [{ say: "welcome" }] : denied;
  expect(await bridge.turn("a", "hello", { config })).toMatchObject({ ok: true, text: "welcome" });
  expect(asked).toBe(1);
});

it("tries a refused login anew with another server, once", async () => {
  bridge = await openTestHost("auth", { login: { type: "apiKey", apiKey: "sk-refused" } });
  bridge.reply = () => denied;
  const first = await bridge.turn("a", "hello", { config });
  expect(first.outcome).toMatchObject({ kind: "failed", category: "auth", actions: ["login"] });
  const second = await bridge.turn("a", "hello", { config });
  expect(second.phases.spawnMs).toBeGreaterThan(0);
  const third = await bridge.turn("a", "hello", { config });
  expect(third.phases.spawnMs).toBeUndefined();
  expect(JSON.stringify([first, second, third])).not.toContain("sk-refused");
});
