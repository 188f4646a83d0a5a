/*
 * A tool of one's own, and a person's say in what Codex does:
 *
 *   node examples/tools-and-approvals.ts
 *
 * A script stands for the model: it calls the tool, then wants to run two commands outside the sandbox. What it is
 * answered is what a real model would be answered.
 */
import path from "node:path";
import { type ApprovalAsk, type ApprovalDecision, createEmbeddedHost, type HostTool } from "openclaw-codex-bridge";

const stock: HostTool = {
  name: "stock",
  description: "How many of an article are in stock.",
  inputSchema: { type: "object", properties: { article: { type: "string" } }, required: ["article"] },
  // What it returns is what the model reads; what it throws, too, as a failure. `signal` ends with the turn.
  async execute(args, { signal }) {
    signal.throwIfAborted();
    const { article } = args as { article: string };
    if (article !== "lamp") throw new Error(`There is no article ${article}.`);
    return "12 lamps";
  },
  timeoutMs: 10_000,
};

/** Asked before Codex leaves the workspace; a policy here, a dialog elsewhere. Without an answer in time: declined. */
async function approve(ask: ApprovalAsk): Promise<ApprovalDecision> {
  const decision = /\brm\b/.test(ask.detail) ? "decline" : "accept";
  console.log(`${decision}: ${ask.kind} ${ask.detail}`);
  return decision;
}

const host = await createEmbeddedHost({
  stateDir: path.resolve(".state"),
  scripted: {
    turns: [
      {
        steps: [
          [{ call: "stock", args: { article: "lamp" } }],
          [{ shell: "echo ordered > order.txt", escalate: "the order has to be written" }],
          [{ shell: "rm -f order.txt", escalate: "tidying up" }],
          [{ say: "12 lamps in stock; the order is written.", phase: "final_answer" }],
        ],
      },
    ],
  },
});
try {
  const result = await host.runTurn({
    sessionKey: "order",
    prompt: "Are there lamps? Then write the order.",
    cwd: process.cwd(),
    tools: [stock],
    approve,
  });
  for (const { kind, text, tool } of result.entries) {
    console.log(tool ? `${tool.name}: ${tool.title} (${tool.status})` : `${kind}: ${text}`);
  }
  process.exitCode = result.ok ? 0 : 1;
} finally {
  await host.dispose();
}
