import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Entry } from "../../../src/gateway/conversation/types.ts";
import { claudeCode } from "../../../src/gateway/harness/claude-code/claude-code.ts";
import type { HarnessContext } from "../../../src/gateway/harness/types.ts";
import type { JsonObject } from "../../../src/gateway/json.ts";
import { testFolder } from "../../support/home.ts";
import { messagesBodyOf as bodyOf, callOf, contextOf, conversationOf, said } from "../support/shape.ts";

const context = contextOf({ model: "claude-sonnet-4-6", facts: { date: "2026-11-20" } });
const folder = testFolder("claude-place");
afterAll(() => folder.remove());

describe("what is asked of a model", () => {
  const adaptive = { type: "adaptive" };
  const budget = (budget_tokens: number) => ({ type: "enabled", budget_tokens });
  it.each<[string, Partial<HarnessContext>, number, unknown, string | undefined]>([
    ["claude-sonnet-4-6", {}, 32_000, adaptive, "high"],
    ["claude-sonnet-4-20250514", {}, 32_000, budget(31_999), undefined],
    ["anthropic/claude-opus-4.7", { effort: "xhigh" }, 64_000, adaptive, "xhigh"],
    ["anthropic/claude-opus-4.7:thinking", { effort: "max" }, 64_000, adaptive, "xhigh"],
    ["claude-opus-4-6-20260101", { effort: "xhigh" }, 64_000, adaptive, "high"],
    ["claude-opus-4-5", { effort: "minimal" }, 32_000, budget(31_999), "low"],
    ["claude-haiku-4-5-20251001", { effort: "low" }, 32_000, budget(31_999), undefined],
    ["claude-haiku-4-7", {}, 32_000, budget(31_999), undefined],
    ["claude-sonnet-5", { effort: "medium" }, 32_000, adaptive, "medium"],
    ["claude-mythos-preview", {}, 32_000, adaptive, undefined],
    ["claude-opus-5-1", { effort: "none" }, 64_000, undefined, undefined],
    ["glm-5", {}, 32_000, budget(31_999), undefined],
    ["glm-5", { modelFacts: { thinking: "none", maxOutputTokens: 9_000 } }, 9_000, undefined, undefined],
    ["glm-5", { modelFacts: { thinking: "adaptive", efforts: ["high"] } }, 32_000, adaptive, "high"],
    ["claude-x", { modelFacts: { thinking: "enabled", maxOutputTokens: 9_000 } }, 9_000, budget(8_999), undefined],
  ])("%s with %j", (model, more, max_tokens, thinking, effort) => {
    const body = bodyOf(claudeCode, { ...context, model, ...more }, conversationOf([said("x")]));
    expect([body.max_tokens, body.thinking, (body.output_config as JsonObject | undefined)?.effort]).toEqual([
      max_tokens,
      thinking,
      effort,
    ]);
    expect(claudeCode.betas?.({ ...context, model, ...more }).includes("effort-2025-11-24")).toBe(effort !== undefined);
  });

  it("goes without thinking where the thoughts of what is under way are lost and a budget would be refused", () => {
    const asks = (model: string, thinking: { text: string; signature?: string }[]) => {
      const work: Entry = {
        kind: "assistant",
        text: "",
        thinking,
        calls: [{ call: callOf("b", "Bash", "{}"), result: { content: "" } }],
      };
      return bodyOf(claudeCode, { ...context, model }, conversationOf([said("x"), work])).thinking !== undefined;
    };
    expect(asks("claude-haiku-4-5", [])).toBe(false);
    expect(asks("claude-haiku-4-5", [{ text: "unsigned" }])).toBe(false);
    expect(asks("claude-haiku-4-5", [{ text: "t", signature: "s" }])).toBe(true);
    expect(asks("claude-sonnet-4-6", [])).toBe(true);
    expect(asks("glm-5", [])).toBe(true);
  });
});

describe("what claude-code sees at the beginning", () => {
  const look = (cwd: string) =>
    claudeCode.observe?.(
      { cwd, platform: "linux", home: folder.path, now: new Date(2026, 0, 5, 12), signal: AbortSignal.timeout(60_000) },
      context,
    );
  const git = (...args: string[]) => execFileSync("git", ["-C", folder.path, ...args], { stdio: "pipe" });

  it("is the day, and how a repository stands, without running what the repository names", async () => {
    git("init", "-q", "-b", "trunk");
    git("config", "user.name", "Ann");
    git("-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "begin");
    writeFileSync(path.join(folder.path, "a.txt"), "");
    git("config", "core.fsmonitor", `touch ${folder.path}/ran`);
    const seen = await look(folder.path);
    expect(seen).toMatchObject({
      date: "2026-01-05",
      offered: ["request_user_input", "update_plan"],
      git: {
        branch: "trunk",
        main: "",
        user: "Ann",
        status: "?? a.txt",
        commits: expect.stringMatching(/^\w+ begin$/),
      },
    });
    const text = bodyOf(claudeCode, { ...context, facts: seen ?? {} }, conversationOf([said("x")])).system[1]?.text;
    expect(text).toMatch(/Is a git repository: yes[\s\S]*Current branch: trunk[\s\S]*\?\? a\.txt[\s\S]* begin$/);
    git("config", "filter.x.clean", `touch ${folder.path}/ran`);
    expect(await look(folder.path)).toMatchObject({ git: { status: "(not looked at)" } });
    expect(existsSync(path.join(folder.path, "ran"))).toBe(false);
  });
});
