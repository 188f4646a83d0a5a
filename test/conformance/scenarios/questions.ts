import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import type { ApprovalAsk, FormAsk, QuestionAsk } from "../../../src/requests/types.ts";
import type { Scenario } from "../scenario.ts";
import { mcpCall, playing, told } from "../scripts.ts";

const mcpServer = path.resolve(import.meta.dirname, "../../requests/mcp-server.mjs");
const withMcp = { mcp_servers: { demo: { command: process.execPath, args: [mcpServer] } } };
const colours = ["Blue", "Red"].map((label) => ({ label, description: `a ${label} one` }));

export const questions: readonly Scenario[] = [
  {
    id: "permissions",
    title: "the model asks for permissions: granted, and refused",
    async run({ host, session }) {
      const args = { reason: "why not", permissions: { network: { enabled: true } } };
      for (const [decision, words] of [
        ["accept", /"network":\{"enabled":true\}/],
        ["decline", /^\{"permissions":\{(?!.*true)/],
      ] as const) {
        const asks: ApprovalAsk[] = [];
        const played = playing(host, [{ call: "request_permissions", args }]);
        const result = await host.turn(session, "ask", {
          approvalPolicy: "on-request",
          sandbox: "workspace-write",
          config: { "features.request_permissions_tool": true },
          approve: async (ask) => {
            asks.push(ask);
            return decision;
          },
        });
        assert.ok(result.ok);
        assert.deepEqual(
          asks.map(({ kind, reason }) => [kind, reason]),
          [["permissions", "why not"]],
        );
        assert.match(told(played)[0] ?? "", words);
      }
    },
  },
  {
    id: "question",
    title: "the model asks the user a question",
    async run({ host, session }) {
      const asks: QuestionAsk[] = [];
      const question = { id: "colour", header: "Colour", question: "Which colour?", options: colours };
      const played = playing(host, [{ call: "request_user_input", args: { questions: [question] } }]);
      const result = await host.turn(session, "ask", {
        config: { "features.default_mode_request_user_input": true },
        answer: async (ask) => {
          asks.push(ask);
          return { colour: ["Blue"] };
        },
      });
      assert.ok(result.ok);
      const [asked] = asks[0]?.questions ?? [];
      assert.deepEqual([asked?.question, asked?.options.map(({ label }) => label)], ["Which colour?", ["Blue", "Red"]]);
      assert.match(told(played)[0] ?? "", /"colour":\{"answers":\["Blue"\]\}/);
    },
  },
  {
    id: "mcp-form",
    title: "an MCP server asks the user to fill in a form",
    async run({ host, session }) {
      const asks: FormAsk[] = [];
      const played = playing(host, (request) => mcpCall(request, "ask", { file: "none" }));
      const result = await host.turn(session, "ask", {
        approvalPolicy: "on-request",
        config: withMcp,
        fillIn: async (ask) => {
          asks.push(ask);
          return { action: "accept", content: { colour: "red" } };
        },
      });
      assert.ok(result.ok);
      assert.deepEqual(
        asks.map(({ mode, server }) => [mode, server]),
        [["form", "demo"]],
      );
      assert.match((told(played)[0] ?? "").replaceAll("\\", ""), /"action":"accept","content":\{"colour":"red"\}/);
    },
  },
  {
    id: "mcp-tool",
    title: "an MCP tool that changes things: allowed, and refused",
    async run({ host, session }) {
      for (const [decision, words] of [
        ["decline", /user rejected MCP tool call/],
        ["accept", /danger done/],
      ] as const) {
        const file = path.join(host.folder, `${session}.txt`);
        const asks: ApprovalAsk[] = [];
        const played = playing(host, (request) => mcpCall(request, "danger", { file }));
        const result = await host.turn(session, "do it", {
          approvalPolicy: "untrusted",
          config: withMcp,
          approve: async (ask) => {
            asks.push(ask);
            return decision;
          },
        });
        assert.ok(result.ok);
        assert.deepEqual(
          asks.map(({ kind }) => kind),
          ["mcp_tool"],
        );
        assert.match(told(played)[0] ?? "", words);
        assert.equal(existsSync(file), decision === "accept");
      }
    },
  },
];
