import { existsSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { factsFor } from "../../src/protocol/facts.ts";
import type { ModelRequest } from "../../src/scripted-model/server.ts";
import { openTestHost } from "./fixture.ts";

const pixel =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** On the managed Codex; CODEX_UNDER_TEST tries another one. */
describe("what a turn is begun with", () => {
  let bridge: Awaited<ReturnType<typeof openTestHost>>;
  const seen: { input: string; tier: unknown; outputs: string[] }[] = [];

  beforeAll(async () => {
    bridge = await openTestHost("turn-input");
    bridge.reply = (request: ModelRequest) => {
      seen.push({
        input: JSON.stringify(request.body.input),
        tier: request.body.service_tier,
        outputs: request.toolOutputs.map(({ text }) => text),
      });
      if (!request.lastUserText.includes("act")) return [{ say: "seen" }];
      const steps = [
        [{ shell: "touch by-shell", yieldMs: 3000 }],
        [{ patch: "*** Begin Patch\n*** Add File: by-patch\n+x\n*** End Patch" }],
        [{ call: "view_image", args: { path: path.join(bridge.folder, "picture.png") } }],
      ];
      return steps[request.step] ?? [{ say: "tried" }];
    };
  });
  afterAll(() => bridge.close());

  const turn = (session: string, prompt: string, more: object = {}) => {
    seen.length = 0;
    return bridge.host.runTurn({
      sessionKey: session,
      prompt,
      cwd: bridge.folder,
      approvalPolicy: "never",
      sandbox: "danger-full-access",
      ...more,
    });
  };

  it("shows pictures, and marks what comes from outside", async () => {
    const result = await turn("context", "look", {
      images: [pixel],
      context: [
        { key: "openclaw_time", text: "It is noon.", source: "host" },
        { key: "openclaw_sender", text: '{"name":"Mallory"}', source: "untrusted" },
      ],
    });
    expect(result.ok).toBe(true);
    expect(seen[0]!.input).toContain("input_image");
    expect(seen[0]!.input).toContain("<openclaw_time>It is noon.</openclaw_time>");
    expect(seen[0]!.input).toContain("Mallory");
    // Only the host speaks as a developer.
    const developer = (JSON.parse(seen[0]!.input) as { role?: string }[]).filter(({ role }) => role === "developer");
    expect(JSON.stringify(developer)).not.toContain("Mallory");
    const apart = factsFor(result.server.version).supports("turn/start.additionalContext");
    expect(JSON.stringify(developer).includes("It is noon.")).toBe(apart);
  });

  it("takes a picture for a prompt, but not nothing at all", async () => {
    expect((await turn("picture", "", { images: [pixel] })).ok).toBe(true);
    await expect(turn("nothing", "")).rejects.toMatchObject({ code: "prompt_empty" });
  });

  it("tells the first thread of a session what its host has of it, and the next turn no more", async () => {
    const history = async () => [{ role: "user" as const, text: "my colour is teal" }];
    await turn("past", "what is my colour?", { history, adoptHistory: true });
    expect(seen[0]!.input).toContain("my colour is teal");
    await turn("past", "and now?", { history, adoptHistory: true });
    expect(seen[0]!.input.split("my colour is teal")).toHaveLength(2);
  });

  it("keeps its thread when only the parameters of a tool changed, and its host wants that", async () => {
    const send = (channel: string) => ({
      name: "send",
      description: "sends",
      inputSchema: { type: "object", properties: { channel: { enum: [channel] } } },
      execute: () => "sent",
    });
    const first = await turn("lenient", "one", { tools: [send("telegram")], lenientTools: true });
    const second = await turn("lenient", "two", { tools: [send("web")], lenientTools: true });
    expect(second.thread).toMatchObject({ id: first.thread.id });
    const more = { ...send("web"), name: "more" };
    const third = await turn("lenient", "three", { tools: [send("web"), more], lenientTools: true });
    expect(third.thread.rotation?.reason).toContain("more");
    const strict = await turn("lenient", "four", { tools: [send("slack"), more] });
    expect(strict.thread.rotation?.reason).toContain("send");
  });

  it("is served fast for as long as the host wants it", async () => {
    await turn("tier", "one", { serviceTier: "fast" });
    expect(seen[0]!.tier).toBe("priority");
    await turn("tier", "two", { serviceTier: "fast" });
    expect(seen[0]!.tier).toBe("priority");
    await turn("tier", "three");
    expect(seen[0]!.tier).toBeUndefined();
  });

  it("lets a Codex that may do nothing do nothing, and one that may again do all, in one session", async () => {
    const file = (name: string): boolean => existsSync(path.join(bridge.folder, name));
    const first = await turn("native", "act", {
      nativeExecution: "off",
      // As the plugin has it: dotted keys beside the nested ones that switch tools off.
      config: { "features.goals": false, shell_environment_policy: { set: { A: "b" } } },
    });
    expect(first.ok).toBe(true);
    expect([file("by-shell"), file("by-patch")]).toEqual([false, false]);
    // Nothing of a picture: neither it nor that it cannot be found.
    expect(seen.at(-1)!.outputs.at(-1)).toMatch(/unsupported call|No usable execution environment|not a function/);
    const second = await turn("native", "act again", { config: { "features.goals": false } });
    expect(second.thread).toMatchObject({ id: first.thread.id });
    expect([file("by-shell"), file("by-patch")]).toEqual([true, true]);
  });
});
