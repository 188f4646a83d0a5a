import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveClocks } from "../../src/clocks.ts";
import { createCodexHarness } from "../../src/harness/codex-harness.ts";
import { HarnessCommons } from "../../src/harness/commons.ts";
import { ModelCatalog } from "../../src/harness/models.ts";
import type { Attempt } from "../../src/harness/types.ts";
import { openTestHost } from "./fixture.ts";

const command = process.env.CODEX_UNDER_TEST;

let bridge: Awaited<ReturnType<typeof openTestHost>>;
let input = "";
beforeAll(async () => {
  bridge = await openTestHost("commons");
  bridge.reply = ({ body }) => {
    input = JSON.stringify(body.input);
    return [{ say: "ok" }];
  };
});
afterAll(() => bridge.close());

describe("harnesses of one state folder", () => {
  it("take turns on a thread without either forgetting what the other did", async () => {
    const stateDir = path.join(bridge.folder, "two");
    const warnings: string[] = [];
    const commons = new HarnessCommons({
      stateDir,
      clocks: resolveClocks(),
      warn: (message) => warnings.push(message),
    });
    const login = (key: string) => ({ type: "apiKey" as const, apiKey: `sk-${key}` });
    const [one, two] = ["one", "two"].map((key) =>
      createCodexHarness({ stateDir, commons, server: bridge.server, login: login(key) }),
    );
    const attempt = (prompt: string): Attempt => ({
      session: { key: "shared", id: "shared" },
      prompt,
      cwd: bridge.folder,
      approvalPolicy: "never",
      sandbox: "read-only",
      model: "gpt-5.5",
      modelProvider: "scripted",
      transcript: { append: async () => undefined },
    });
    const first = await one!.runAttempt(attempt("the word is walnut"));
    const second = await two!.runAttempt(attempt("the other word is hazel"));
    const third = await one!.runAttempt(attempt("which words?"));
    expect(second.thread).toMatchObject({ id: first.thread.id, resumed: true });
    expect(third.thread).toMatchObject({ id: first.thread.id, resumed: true });
    expect(input).toContain("walnut");
    expect(input).toContain("hazel");
    // A harness that is retired finishes its work first.
    const last = two!.runAttempt(attempt("one more"));
    const gone = two!.retire();
    expect((await last).ok).toBe(true);
    await gone;
    await expect(two!.runAttempt(attempt("too late"))).rejects.toThrow(/disposed/);
    await one!.dispose();
    await commons.close();
    expect(warnings).toEqual([]);
  });

  it("lists models once and keeps them, and knows who is logged in", { timeout: 60_000 }, async () => {
    const file = path.join(bridge.folder, "models.json");
    const warnings: string[] = [];
    let loads = 0;
    const catalog = () =>
      new ModelCatalog({
        file,
        waitMs: 20_000,
        warn: (message) => warnings.push(message),
        async load() {
          loads += 1;
          return bridge.harness.models();
        },
      });
    const first = catalog();
    const [models] = await Promise.all([first.read(), first.read()]);
    expect(models.length).toBeGreaterThan(0);
    expect(models.filter(({ isDefault }) => isDefault)).toHaveLength(1);
    expect(models[0]).toMatchObject({ id: expect.any(String), efforts: expect.arrayContaining(["low"]) });
    expect(await catalog().read()).toEqual(models);
    expect(loads).toBe(1);
    expect(warnings).toEqual([]);

    const stateDir = path.join(bridge.folder, "account");
    const server = { codexHome: path.join(stateDir, "home"), ...(command ? { command } : {}) };
    const nobody = createCodexHarness({ stateDir, server });
    expect(await nobody.account()).toBeUndefined();
    await nobody.dispose();
    const somebody = createCodexHarness({ stateDir, server, login: { type: "apiKey", apiKey: "sk-not-a-key" } });
    expect(await somebody.account()).toEqual({ type: "apiKey" });
    await expect(somebody.limits()).rejects.toThrow();
    await somebody.dispose();
  });
});
