import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { ChatgptTokens } from "../../../src/requests/token-refresh.ts";
import type { AppServer } from "../../../src/server/app-server.ts";
import { scriptedThread } from "../../support/scripted-thread.ts";
import type { ConformanceHost } from "../host.ts";
import type { Scenario } from "../scenario.ts";
import { pause, playing, said } from "../scripts.ts";

/** What a server says, by method; requests of its own are not expected here. */
function listening(server: AppServer) {
  const events: { type: string; threadId?: string }[] = [];
  server.onEvent((event) => void events.push(event as { type: string; threadId?: string }));
  return {
    count: (type: string, threadId: string) =>
      events.filter((event) => event.type === type && event.threadId === threadId).length,
    async until(type: string, threadId: string, count = 1) {
      while (this.count(type, threadId) < count) await pause(10);
    },
  };
}

const start = async (server: AppServer, host: ConformanceHost): Promise<string> => {
  const params = {
    cwd: host.folder,
    ...scriptedThread,
  };
  const { thread } = (await server.request("thread/start", params)) as { thread: { id: string } };
  return thread.id;
};

const turn = (server: AppServer, threadId: string, text: string) =>
  server.request("turn/start", { threadId, input: [{ type: "text", text }] });

/** ChatGPT tokens as Codex reads them; nobody checks their signature here. */
function tokens(mark: string): ChatgptTokens {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const auth = { chatgpt_account_id: "acc", chatgpt_plan_type: "plus", chatgpt_user_id: "u" };
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const payload = { exp, email: "a@b.c", "https://api.openai.com/auth": auth, mark };
  const accessToken = `${part({ alg: "none" })}.${part(payload)}.signature`;
  return { accessToken, chatgptAccountId: "acc", chatgptPlanType: "plus" };
}

/** Files below a folder in which some words stand. */
function holding(folder: string, words: string): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => path.join(folder, name));
  return files.filter((file) => statSync(file).isFile() && readFileSync(file).includes(words));
}

const needsLogin = { "model_providers.scripted.requires_openai_auth": true };

export const server: readonly Scenario[] = [
  {
    id: "unsubscribe",
    title: "a thread that is unsubscribed says nothing more, until it is resumed",
    async run({ openHost }) {
      const host = await openHost();
      let answers = 0;
      host.reply = () => {
        answers += 1;
        return said("heard");
      };
      const raw = await host.startServer();
      const heard = listening(raw);
      const threadId = await start(raw, host);
      await turn(raw, threadId, "one");
      await heard.until("turn.completed", threadId);
      assert.deepEqual(await raw.request("thread/unsubscribe", { threadId }), { status: "unsubscribed" });
      await turn(raw, threadId, "two");
      while (answers < 2) await pause(10);
      await pause(150);
      assert.equal(heard.count("turn.completed", threadId), 1);
      await raw.request("thread/resume", { threadId, cwd: host.folder, excludeTurns: true });
      await turn(raw, threadId, "three");
      await heard.until("turn.completed", threadId, 2);
    },
  },
  {
    id: "lists",
    title: "the server lists its models and tells its account",
    async run({ host }) {
      const raw = await host.startServer();
      const models = (await raw.request("model/list", {})) as { data: { id: string; isDefault: boolean }[] };
      assert.ok(models.data.length > 0 && models.data.every(({ id }) => id !== ""));
      assert.equal(models.data.filter(({ isDefault }) => isDefault).length, 1);
      const account = (await raw.request("account/read", {})) as { account: unknown; requiresOpenaiAuth: boolean };
      assert.deepEqual([account.account, account.requiresOpenaiAuth], [null, false]);
    },
  },
  {
    id: "login",
    title: "an API key is handed over, used, and not written down",
    async run({ openHost, session }) {
      const host = await openHost({ login: { type: "apiKey", apiKey: "sk-conformance" } });
      const played = playing(host);
      const result = await host.turn(session, "hello", { config: needsLogin });
      assert.equal(result.text, "done");
      assert.equal(played.requests[0]?.headers.authorization, "Bearer sk-conformance");
      assert.deepEqual(holding(host.folder, "sk-conformance"), []);
    },
  },
  {
    id: "login-chatgpt",
    title: "ChatGPT tokens are handed over, and renewed when they are refused",
    async run({ openHost, session }) {
      let asked = 0;
      const fresh = tokens("fresh");
      const refresh = async (): Promise<ChatgptTokens> => {
        asked += 1;
        return fresh;
      };
      const host = await openHost({ login: { type: "chatgptAuthTokens", ...tokens("stale"), refresh } });
      const denied = { status: 401, body: { error: { message: "who are you" } } };
      host.reply = ({ headers }) =>
        headers.authorization === `Bearer ${fresh.accessToken}` ? said("welcome") : denied;
      const result = await host.turn(session, "hello", { config: needsLogin });
      assert.deepEqual([result.outcome, result.text, asked], [{ kind: "completed" }, "welcome", 1]);
    },
  },
];
