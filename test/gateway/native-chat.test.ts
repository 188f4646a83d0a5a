import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openGatewayHost } from "./support/host.ts";
import { steps } from "./support/script.ts";

let bridge: Awaited<ReturnType<typeof openGatewayHost>>;
beforeAll(async () => {
  bridge = await openGatewayHost("native-chat", { harness: "minimal" });
});
afterAll(() => bridge.close());

describe("a chat model behind a real Codex", () => {
  it("reads, runs, edits, plans and answers", async () => {
    writeFileSync(path.join(bridge.work, "a.txt"), "one\ntwo\n");
    bridge.upstream.script = steps(
      { think: "Let me look.", say: "Looking.", calls: [{ name: "exec_command", args: { cmd: "cat a.txt" } }] },
      {
        calls: [
          {
            name: "exec_command",
            args: {
              cmd: "apply_patch <<'EOF'\n*** Begin Patch\n*** Update File: a.txt\n@@\n-two\n+2\n*** End Patch\nEOF",
            },
          },
          { name: "update_plan", args: { plan: [{ step: "edit", status: "completed" }] } },
        ],
      },
      { say: "All done: é 😀." },
    );
    const result = await bridge.turn("all", "please work");
    expect(result).toMatchObject({ ok: true, text: "All done: é 😀." });
    expect(readFileSync(path.join(bridge.work, "a.txt"), "utf8")).toBe("one\n2\n");
    expect(result.entries.map((entry) => [entry.kind, entry.tool?.name ?? entry.text])).toEqual([
      ["user", "please work"],
      ["reasoning", "Let me look."],
      ["assistant", "Looking."],
      ["tool", "exec"],
      ["tool", "apply_patch"],
      ["assistant", "All done: é 😀."],
      ["plan", "[x] edit"],
    ]);
  });
});
