import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { HarnessId } from "../../src/gateway/harness/ids.ts";
import { harnessById } from "../../src/gateway/harness/registry.ts";
import { openGatewayHost } from "./support/host.ts";
import type { ScriptedAnswer, UpstreamRequest } from "./support/upstream.ts";

/*
 * A provider's cache counts bytes from the beginning. Every request therefore has to be the one before it, with more at
 * the end of its messages; only where Anthropic's marker stands moves along. Seen on the wire, over two turns in which
 * everything changes that a host changes: its context, instructions, the date of a file, the process.
 */

/** One call per shape that runs a command; `""` is Codex's own. */
const commands: Record<HarnessId | "", ScriptedAnswer> = {
  "": { calls: [{ name: "exec_command", args: { cmd: "ls" } }] },
  minimal: { calls: [{ name: "exec_command", args: { cmd: "ls" } }] },
  "kimi-cli": { calls: [{ name: "Shell", args: { command: "ls" } }] },
  "kimi-code": { calls: [{ name: "Bash", args: { command: "ls" } }] },
  "qwen-code": { calls: [{ name: "run_shell_command", args: { command: "ls" } }] },
  "deepseek-tui": { calls: [{ name: "exec_shell", args: { command: "ls" } }] },
  "swe-agent": { say: "I look.\n```\nls\n```" },
  "claude-code": { calls: [{ name: "Bash", args: { command: "ls", description: "list" } }] },
  "claude-code-bare": { calls: [{ name: "Bash", args: { command: "ls", description: "list" } }] },
};

const marker = /,?"cache_control":\{[^}]*\}/g;

/** The bytes around the messages, and those of the messages without the bracket that ends them. */
function layout({ raw, body }: UpstreamRequest) {
  const list = JSON.stringify(body.messages);
  const at = raw.indexOf(list);
  expect(at).toBeGreaterThan(0);
  const [head, messages, tail] = [raw.slice(0, at), list.slice(0, -1), raw.slice(at + list.length)];
  return { head: head.replace(marker, ""), messages: messages.replace(marker, ""), tail: tail.replace(marker, "") };
}

const wires = ["chat", "messages"] as const;
const served = (wire: (typeof wires)[number]) =>
  (Object.keys(commands) as (keyof typeof commands)[]).filter(
    (id) => (id === "" ? "chat" : harnessById(id).wire) === wire,
  );

describe.each(wires.filter((wire) => served(wire).length > 0))("over %s", (wire) => {
  const ids = served(wire);

  it(`each request begins with the one before: ${ids.map((id) => id || "native").join(", ")}`, {
    timeout: 240_000,
  }, async () => {
    const models = Object.fromEntries(ids.map((id) => [`m-${id}`, { harness: id }]));
    const bridge = await openGatewayHost(`prefix-${wire}`, { wire, models });
    try {
      const play = async (id: keyof typeof commands, turn: number): Promise<void> => {
        let asked = 0;
        bridge.upstream.script = () => {
          asked += 1;
          // swe-agent ends a turn by a command of its own.
          const end = id === "swe-agent" ? { say: "Done.\n```\nsubmit\n```" } : { say: `done ${turn}` };
          return asked <= 2 ? { think: "Hm.", ...commands[id] } : end;
        };
        const result = await bridge.turn(`s-${id}`, `turn ${turn}`, {
          model: `m-${id}`,
          developerInstructions: `Instructions ${turn}.`,
          context: [{ key: "host_time", text: `It is ${turn} o'clock.`, source: "host" }],
        });
        expect(result.ok, `${id}: ${JSON.stringify(result.outcome)}`).toBe(true);
      };
      const requests = new Map<string, UpstreamRequest[]>();
      for (const turn of [1, 2]) {
        for (const id of ids) {
          const from = bridge.upstream.requests.length;
          await play(id, turn);
          requests.set(id, [...(requests.get(id) ?? []), ...bridge.upstream.requests.slice(from)]);
        }
        writeFileSync(path.join(bridge.work, "new.txt"), "new\n");
        if (turn === 1) await bridge.restart();
      }
      for (const [id, all] of requests) {
        expect(all.length, id).toBeGreaterThanOrEqual(6);
        for (const [index, request] of all.entries()) {
          const before = all[index - 1];
          if (!before) continue;
          const [old, now] = [layout(before), layout(request)];
          expect(now.head, `${id}, before the messages of ${index}`).toBe(old.head);
          expect(now.tail, `${id}, after the messages of ${index}`).toBe(old.tail);
          expect(now.messages.slice(0, old.messages.length), `${id}, messages of ${index}`).toBe(old.messages);
          expect(now.messages.length).toBeGreaterThan(old.messages.length);
        }
        // What is new is not lost for it.
        expect(all.at(-1)?.raw, id).toContain("It is 2 o'clock.");
      }
    } finally {
      await bridge.close();
    }
  });
});
