import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, expect, it } from "vitest";
import type { ChatgptTokens } from "../../src/requests/token-refresh.ts";
import { testFolder } from "../support/home.ts";
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

it("says of a server that dies at the login that it died, not that the login was refused", async () => {
  const folder = testFolder("auth-dying");
  const command = path.join(folder.path, "codex");
  // A stand-in: a real server does not die here when it is asked to.
  const script = `#!${process.execPath}
process.stdin.on("data", (data) => {
  for (const { id, method } of String(data).split("\\n").filter(Boolean).map(JSON.parse)) {
    if (method === "initialize") console.log(JSON.stringify({ id, result: { userAgent: "codex_cli_rs/0.169.0 (test)" } }));
    else if (id !== undefined) process.exit(3);
  }
});
`;
  writeFileSync(command, script, { mode: 0o755 });
  bridge = await openTestHost("auth-dying-host", {
    login: { type: "apiKey", apiKey: "sk-unused" },
    command,
  });
  await expect(bridge.turn("a", "hello")).rejects.toMatchObject({ code: "server_exited" });
  folder.remove();
});
