import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import type { ModelRequest } from "../../../src/scripted-model/server.ts";
import { repository, withOverrides } from "../plugins.ts";
import { processesWith } from "../processes.ts";
import { type Context, type Scenario, sentText } from "../scenario.ts";
import { decideApproval } from "./people.ts";
import { openGuarded } from "./tools.ts";

const server = path.join(repository, "test", "requests", "mcp-server.mjs");
/** Of the host's configuration, and of Codex's own; a process is told from others by the last argument. */
const hostServer = { command: process.execPath, args: [server, "the-hosts"] };
const codexServer = `mcp_servers.native={command=${JSON.stringify(process.execPath)},args=[${JSON.stringify(server)},"codexs"]}`;

const settings = (context: Context, deny: readonly string[] = []) => ({
  config: { mcp: { servers: { demo: hostServer } }, ...(deny.length > 0 ? { tools: { deny } } : {}) },
  plugin: withOverrides(context.stand, [codexServer]),
});

/** Codex's namespace of a server; older releases close it with two more underscores. */
function inServer(request: ModelRequest, name: string, call: string, args: object) {
  const namespace = sentText(request).includes(`mcp__${name}__`) ? `mcp__${name}__` : `mcp__${name}`;
  return { call, args, namespace };
}

export const mcpAllowed: Scenario = {
  id: "mcp-native",
  title: "MCP servers of the host and of Codex: their tools run, after the client allowed what changes something",
  ownGateway: true,
  async run(context) {
    await context.stand.restart(settings(context));
    const session = await openGuarded(context);
    for (const [name, decision] of [
      ["demo", "allow-once"],
      ["native", "deny"],
    ] as const) {
      const file = path.join(context.stand.workspace, `mcp-${name}-${process.pid}.txt`);
      context.play((request) =>
        request.step === 0
          ? [inServer(request, name, "danger", { file })]
          : [{ say: `Finished with ${name}.`, phase: "final_answer" }],
      );
      const from = context.client.events.length;
      const sent = await context.send(session, `use the ${name} server`);
      await decideApproval(context, from, { shows: /danger/, file, decision });
      const turn = await sent.ended();
      assert.equal(turn.text, `Finished with ${name}.`);
      assert.equal(existsSync(file), decision === "allow-once", `after ${decision}`);
      await rm(file, { force: true });
    }
    const rows = await context.history(session);
    assert.equal(rows.flatMap(({ calls }) => calls).filter(({ name }) => /danger/.test(name)).length, 2);
  },
};

export const mcpRestricted: Scenario = {
  id: "mcp-restricted",
  title: "A tool policy that keeps Codex from acting keeps its MCP servers from it too, whoever configured them",
  ownGateway: true,
  async run(context) {
    // Not one of the tools Codex has nothing like: the policy takes everything native away.
    await context.stand.restart(settings(context, ["exec"]));
    const session = context.newSession();
    const folder = path.join(context.stand.workspace, `restricted-${process.pid}`);
    await mkdir(folder, { recursive: true });
    context.play((request) =>
      request.step === 0
        ? ["demo", "native"].map((name) => inServer(request, name, "peek", { file: path.join(folder, name) }))
        : [{ say: "Nothing could be done.", phase: "final_answer" }],
    );
    const from = context.client.events.length;
    const turn = await context.goodTurn(session, "use both servers");
    assert.equal(turn.text, "Nothing could be done.");
    assert.deepEqual(await readdir(folder), [], "a tool ran that the policy takes away");
    const asked = context.client.events.slice(from).filter(({ event }) => event.endsWith(".approval.requested"));
    assert.equal(asked.length, 0, "somebody was asked to allow what the policy forbids");
    const offered = context.requests[0]?.body;
    assert.doesNotMatch(JSON.stringify(offered), /"mcp__(demo|native)/, "their tools are offered all the same");
    const running = (await processesWith(context.stand.host.stateDir)).filter(({ command }) =>
      /mcp-server\.mjs (the-hosts|codexs)/.test(command),
    );
    context.figures.serversRunning = running.length;
    await rm(folder, { recursive: true, force: true });
  },
};
