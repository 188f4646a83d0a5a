import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { HostTurnResult } from "../../../src/host/embedded-host.ts";
import type { HostTool } from "../../../src/requests/types.ts";
import type { Scenario } from "../scenario.ts";
import { input, playing, told } from "../scripts.ts";

const toolsOf = (result: HostTurnResult) =>
  result.entries.flatMap(({ tool }) => (tool ? [[tool.name, tool.status, tool.output]] : []));

const tool = (name: string, execute: HostTool["execute"], extra: Partial<HostTool> = {}): HostTool => ({
  name,
  description: `the tool ${name}`,
  inputSchema: { type: "object", properties: { q: { type: "string" } } },
  execute,
  ...extra,
});

/** One red pixel. */
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

export const tools: readonly Scenario[] = [
  {
    id: "shell",
    title: "shell commands: begin, output, end, exit code",
    async run({ host, session }) {
      const played = playing(host, [{ shell: "echo it works" }], [{ shell: "echo it does not; exit 3" }]);
      const phases: string[] = [];
      const result = await host.turn(session, "run them", {
        observer: {
          onTool: ({ phase, name, status }) => {
            if (phase !== "update") phases.push(`${phase} ${name} ${status ?? ""}`.trim());
          },
        },
      });
      assert.ok(result.ok);
      assert.deepEqual(phases, ["start exec", "end exec completed", "start exec", "end exec failed"]);
      const [first, second] = toolsOf(result);
      assert.deepEqual(first, ["exec", "completed", "it works\n"]);
      assert.deepEqual(second, ["exec", "failed", "it does not\n"]);
      assert.match(told(played)[0] ?? "", /it works/);
      assert.match(told(played)[1] ?? "", /exited with code 3[\s\S]*it does not/);
    },
  },
  {
    id: "patch",
    title: "file edits really change files",
    async run({ host, session }) {
      const at = (name: string) => path.join(host.folder, `${session}-${name}`);
      const [added, changed, deleted] = [at("new.txt"), at("old.txt"), at("gone.txt")];
      writeFileSync(changed, "one\ntwo\nthree\n");
      writeFileSync(deleted, "bye\n");
      const patch = [
        "*** Begin Patch",
        `*** Add File: ${path.basename(added)}\n+hello`,
        `*** Update File: ${path.basename(changed)}\n@@\n one\n-two\n+TWO\n three`,
        `*** Delete File: ${path.basename(deleted)}`,
        "*** End Patch",
      ];
      playing(host, [{ patch: patch.join("\n") }]);
      const result = await host.turn(session, "edit");
      assert.ok(result.ok);
      const rows = toolsOf(result).map(([name, status]) => [name, status]);
      assert.deepEqual(rows, [["apply_patch", "completed"]]);
      assert.equal(readFileSync(added, "utf8"), "hello\n");
      assert.equal(readFileSync(changed, "utf8"), "one\nTWO\nthree\n");
      assert.equal(existsSync(deleted), false);
    },
  },
  {
    id: "tool-text",
    title: "host tool: called once, its text reaches model and transcript",
    async run({ host, session }) {
      const calls: unknown[] = [];
      const lookup = tool("lookup", (args, { name }) => {
        calls.push([args, name]);
        return "forty-two";
      });
      const played = playing(host, [{ call: "lookup", args: { q: "x" } }]);
      const result = await host.turn(session, "look it up", { tools: [lookup] });
      assert.ok(result.ok);
      assert.deepEqual(calls, [[{ q: "x" }, "lookup"]]);
      assert.deepEqual(told(played), ["forty-two"]);
      assert.deepEqual(toolsOf(result), [["lookup", "completed", "forty-two"]]);
    },
  },
  {
    id: "tool-image",
    title: "host tool: an image reaches the model",
    async run({ host, session }) {
      const photo = tool("photo", () => ({
        content: [
          { type: "text", text: "a pixel" },
          { type: "image", data: png, mimeType: "image/png" },
        ],
      }));
      const played = playing(host, [{ call: "photo", args: {} }]);
      assert.ok((await host.turn(session, "show me", { tools: [photo] })).ok);
      assert.match(told(played)[0] ?? "", /a pixel/);
      assert.match(input(played.requests.at(-1)), /"type":"input_image","image_url":"data:image\/png;base64,iVBOR/);
    },
  },
  {
    id: "tool-fails",
    title: "host tool: a failure is readable, the turn goes on",
    async run({ host, session }) {
      const bad = tool("bad", () => Promise.reject(new Error("no luck today")));
      const played = playing(host, [{ call: "bad", args: {} }]);
      const result = await host.turn(session, "try", { tools: [bad] });
      assert.ok(result.ok);
      assert.match(told(played)[0] ?? "", /no luck today/);
      assert.deepEqual(
        toolsOf(result).map(([name, status]) => [name, status]),
        [["bad", "failed"]],
      );
    },
  },
  {
    id: "tool-namespace",
    title: "host tools in a namespace, also deferred ones",
    async run({ host, session }) {
      const inside = { namespace: "house" };
      const open = tool("open", () => "opened", inside);
      const late = tool("late", () => "found late", { ...inside, deferLoading: true });
      const played = playing(
        host,
        [{ call: "open", namespace: "house", args: {} }],
        [{ call: "late", namespace: "house", args: {} }],
      );
      assert.ok((await host.turn(session, "both", { tools: [open, late] })).ok);
      assert.deepEqual(told(played), ["opened", "found late"]);
    },
  },
  {
    id: "tool-parallel",
    title: "several host tools called in one step, each once",
    async run({ host, session }) {
      const calls: string[] = [];
      const count = tool("count", (args) => {
        const { q } = args as { q: string };
        calls.push(q);
        return `counted ${q}`;
      });
      const played = playing(host, [
        { call: "count", args: { q: "1" } },
        { call: "count", args: { q: "2" } },
        { call: "count", args: { q: "3" } },
      ]);
      assert.ok((await host.turn(session, "count", { tools: [count] })).ok);
      assert.deepEqual(calls.toSorted(), ["1", "2", "3"]);
      assert.deepEqual(told(played).toSorted(), ["counted 1", "counted 2", "counted 3"]);
    },
  },
];
