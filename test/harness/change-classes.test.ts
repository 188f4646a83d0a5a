import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { HostTurn } from "../../src/host/embedded-host.ts";
import { scriptedOverrides } from "../../src/library/scripted.ts";
import { type ScriptedModel, startScriptedModel } from "../../src/scripted-model/server.ts";
import { changeClasses } from "../../src/thread/settings.ts";
import { openTestHost } from "./fixture.ts";

let bridge: Awaited<ReturnType<typeof openTestHost>>;
let other: ScriptedModel;
let seen: Record<string, unknown> & { model?: unknown };
const input = (): string => JSON.stringify(seen.input);

beforeAll(async () => {
  other = await startScriptedModel({
    script: ({ body }) => {
      seen = body;
      return [{ say: "from the other" }];
    },
  });
  const provider = scriptedOverrides(other.url)[0]!.replace("model_providers.scripted", "model_providers.other");
  bridge = await openTestHost("classes", { overrides: [provider] });
});
afterAll(async () => {
  await bridge.close();
  await other.close();
});
beforeEach(() => {
  bridge.reply = ({ body }) => {
    seen = body;
    return [{ say: "ok" }];
  };
});

const tool = (name: string, extra: object = {}) => ({
  name,
  description: `tool ${name}`,
  inputSchema: { type: "object", properties: { q: { type: "string" }, ...extra } },
  execute: () => "done",
});
const base: Partial<HostTurn> = { developerInstructions: "FIRST instructions", tools: [tool("alpha"), tool("beta")] };

/** What changes between two turns, and how the model sees that it did. */
const changes: Record<
  Exclude<keyof typeof changeClasses, "codexVersion" | "account">,
  { to: Partial<HostTurn>; shows: () => boolean }
> = {
  model: { to: { model: "gpt-5.4" }, shows: () => seen.model === "gpt-5.4" },
  effort: { to: { effort: "low" }, shows: () => JSON.stringify(seen.reasoning).includes("low") },
  cwd: { to: { cwd: process.cwd() }, shows: () => input().includes(`<cwd>${process.cwd()}</cwd>`) },
  approvalPolicy: { to: { approvalPolicy: "on-request" }, shows: () => input().includes("sandbox_permissions") },
  // Whom Codex asks, the model does not see: what is shown is that nothing else changed.
  approvalsReviewer: { to: { approvalsReviewer: "auto_review" }, shows: () => input().includes("go on") },
  sandbox: { to: { sandbox: "read-only" }, shows: () => input().includes("`read-only`") },
  developerInstructions: {
    to: { developerInstructions: "SECOND instructions" },
    shows: () => input().includes("SECOND instructions"),
  },
  config: {
    to: { config: { web_search: "disabled" } },
    shows: () => !JSON.stringify(seen.tools).includes("web_search"),
  },
  modelProvider: { to: { modelProvider: "other" }, shows: () => input().includes("go on") },
  tools: { to: { tools: [tool("gamma")] }, shows: () => JSON.stringify(seen.tools).includes("gamma") },
};

describe.each(Object.entries(changes))("a changed %s", (setting, { to, shows }) => {
  const how = changeClasses[setting as keyof typeof changes];

  it.each(["on a loaded thread", "in a new process"])(
    `is a ${how}, and the conversation is still there: %s`,
    async (where) => {
      const session = `${setting} ${where}`;
      const first = await bridge.turn(session, "remember the walnut", base);
      expect(first.ok).toBe(true);
      if (where === "in a new process") await bridge.restart();
      const second = await bridge.turn(session, "go on", { ...base, ...to });
      expect(second).toMatchObject({ ok: true });
      expect(shows()).toBe(true);
      expect(input()).toContain("walnut");
      expect(second.thread.resumed).toBe(how === "turn" || how === "reload");
      expect(second.thread.id === first.thread.id).toBe(how === "turn" || how === "reload");
      if (how === "fork") expect(second.thread.rotation).toMatchObject({ from: first.thread.id, history: "native" });
      if (how === "rotate") {
        expect(second.thread.rotation).toMatchObject({ from: first.thread.id, history: { messages: 2, leftOut: 0 } });
        expect(input()).toContain("[assistant] ok");
      }
      // And it stays as it is now.
      const third = await bridge.turn(session, "and on", { ...base, ...to });
      expect(third.thread).toEqual({ id: second.thread.id, resumed: true });
      expect(shows() || setting === "modelProvider" || setting === "approvalsReviewer").toBe(true);
    },
  );
});

describe("a thread is kept", () => {
  it("by a server with another account", async () => {
    const first = await bridge.turn("account", "remember the walnut", base);
    await bridge.restart({ login: { type: "apiKey", apiKey: "sk-another-account" } });
    expect((await bridge.turn("account", "go on", base)).thread).toEqual({ id: first.thread.id, resumed: true });
    expect(input()).toContain("walnut");
    await bridge.restart();
  });

  it.each([
    ["in another order", [tool("beta"), tool("alpha")]],
    ["fewer", [tool("alpha")]],
    ["with other descriptions", [{ ...tool("alpha"), description: "  other   words " }, tool("beta")]],
  ])("when its tools come %s", async (_, tools) => {
    const first = await bridge.turn(`kept ${_}`, "one", base);
    expect((await bridge.turn(`kept ${_}`, "two", { ...base, tools })).thread).toEqual({
      id: first.thread.id,
      resumed: true,
    });
  });
});
