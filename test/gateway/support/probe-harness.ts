import type { ToolResult } from "../../../src/gateway/conversation/types.ts";
import { chatMessages, chatTools, plainChat } from "../../../src/gateway/harness/chat-messages.ts";
import type { CallContext, Harness, HarnessTool } from "../../../src/gateway/harness/types.ts";
import type { JsonObject } from "../../../src/gateway/json.ts";
import { askUser } from "../../../src/gateway/native/ask.ts";
import { editFile } from "../../../src/gateway/native/edit-file.ts";
import { exec, poll, stop } from "../../../src/gateway/native/exec.ts";
import { updatePlan } from "../../../src/gateway/native/plan.ts";
import { readText } from "../../../src/gateway/native/read-text.ts";
import type { Program } from "../../../src/gateway/native/types.ts";
import { viewImage } from "../../../src/gateway/native/view-image.ts";
import { writeFile } from "../../../src/gateway/native/write-file.ts";

/** A harness whose tools are the native programs themselves, and whose results are what these return, as JSON. */
function probe(
  name: string,
  run: (input: JsonObject, at: CallContext) => Program<unknown>,
  parallel = false,
): HarnessTool {
  return {
    name,
    description: name,
    parameters: { type: "object" },
    ...(parallel ? { parallel: true as const } : {}),
    *run(input, at): Program<ToolResult> {
      const result = yield* run(input, at);
      return { content: JSON.stringify(result) ?? "undefined" };
    },
  };
}

const probeTools: readonly HarnessTool[] = [
  probe("run", (input, at) => exec(at, input as never)),
  probe("poll", (input, at) => poll(at, input as never)),
  probe("stop", (input, at) => stop(at, input as never)),
  probe("read", (input, at) => readText(at, input as never), true),
  probe("edit", (input, at) => editFile(at, input as never)),
  probe("write", (input, at) => writeFile(at, input as never)),
  probe("plan", (input, at) => updatePlan(at, input.items as never)),
  probe("ask", (input, at) => askUser(at, input.questions as never)),
  {
    ...probe("view", () => never()),
    *run(input, at) {
      const seen = yield* viewImage(at, String(input.path));
      return { content: seen.kind === "image" ? seen.parts : seen.text };
    },
  },
  {
    ...probe("earlier", () => never()),
    *run(_input, { earlier }) {
      return { content: earlier.map(({ call }) => call.name).join(",") };
    },
  },
  {
    ...probe("finish", () => never()),
    // biome-ignore lint/correctness/useYield: nothing is asked of Codex.
    *run(input) {
      return { content: "finished", endTurn: String(input.text) };
    },
  },
];

// biome-ignore lint/correctness/useYield: never run.
function* never(): Program<never> {
  throw new Error("never run");
}

let observed = 0;

export const probeHarness: Harness = {
  id: "minimal",
  wire: "chat",
  summary: "Native programs as tools.",
  observe: async ({ cwd }) => ({ cwd, seen: ++observed }),
  observeTurn: async (_place, _context, { entries }) => ({ entries: entries.length }),
  tools: () => probeTools,
  body: ({ context, conversation, tools }) => ({
    model: context.model,
    messages: [
      { role: "system", content: JSON.stringify({ facts: context.facts, developer: conversation.developer }) },
      ...chatMessages(conversation, plainChat),
    ],
    turnFacts: conversation.entries.flatMap((entry) => (entry.kind === "user" ? [entry.facts ?? null] : [])),
    ...(conversation.purpose === "turn" ? { tools: chatTools(tools) } : {}),
    stream: true,
  }),
};
