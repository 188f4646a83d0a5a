import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openTestHost } from "./fixture.ts";

/* MCP servers of Codex's own configuration are programs: where Codex may do nothing by itself, they must not run either. */

const program = path.resolve(import.meta.dirname, "../requests/mcp-server.mjs");
const table = { command: process.execPath, args: [program] };
let bridge: Awaited<ReturnType<typeof openTestHost>>;
const names = ["flag", "filed"];
const written = (name: string): string => path.join(bridge.folder, `${name}.txt`);

beforeAll(async () => {
  const inline = `mcp_servers.flag={command=${JSON.stringify(table.command)},args=${JSON.stringify(table.args)}}`;
  bridge = await openTestHost("native-off-mcp", { overrides: [inline] });
  mkdirSync(path.join(bridge.folder, "home"), { recursive: true });
  const file = `[mcp_servers.filed]\ncommand = ${JSON.stringify(table.command)}\nargs = ${JSON.stringify(table.args)}\n`;
  writeFileSync(path.join(bridge.folder, "home", "config.toml"), file);
  // A model calls what it was once offered, whether it is offered now or not.
  bridge.reply = ({ step, body }) =>
    step > 0
      ? [{ say: "ok", phase: "final_answer" }]
      : names.map((name) => {
          const closed = JSON.stringify(body).includes(`mcp__${name}__`) ? "__" : "";
          return { call: "peek", namespace: `mcp__${name}${closed}`, args: { file: written(name) } };
        });
}, 60_000);
afterAll(() => bridge.close());

/** Which servers' tools ran in one turn. */
async function ran(session: string, extra: object = {}): Promise<string[]> {
  for (const name of names) rmSync(written(name), { force: true });
  expect(await bridge.turn(session, "hello", extra)).toMatchObject({ ok: true, text: "ok" });
  return names.filter((name) => existsSync(written(name)));
}

it("run where Codex may act, whoever named them", { timeout: 60_000 }, async () => {
  expect(await ran("on")).toEqual(names);
});

it("do not run where it may not, also in a thread that had them", { timeout: 90_000 }, async () => {
  expect(await ran("off", { nativeExecution: "off" })).toEqual([]);
  expect(await ran("on", { nativeExecution: "off" })).toEqual([]);
  expect(await ran("on")).toEqual(names);
});

it("are not there for a question aside", { timeout: 60_000 }, async () => {
  let offered = "";
  bridge.reply = ({ body }) => {
    offered = JSON.stringify(body);
    return [{ say: "ok", phase: "final_answer" }];
  };
  const asked = { question: "how", cwd: bridge.folder, model: "gpt-5.5", modelProvider: "scripted", timeoutMs: 30_000 };
  expect(await bridge.harness.aside(asked)).toMatchObject({ text: "ok" });
  expect(offered).not.toContain("mcp__");
});
