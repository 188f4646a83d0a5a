import { z } from "zod";
import { runAgent } from "../../native/agent.ts";
import { failed, tool } from "./results.ts";

/** Kinds of agents, other models and separate worktrees are not Codex's, and not offered. */
export const agent = tool({
  name: "Agent",
  description:
    "Gives a task to another agent, which works on it by itself with the same tools in the same folder, and tells you its last message. It knows nothing of this conversation: the prompt has to say everything. The user does not see its answer; tell them what matters. Several may run side by side.",
  parallel: true,
  input: z.object({
    description: z.string().describe("The task in three to five words."),
    prompt: z.string().describe("The whole task, and what to tell at the end."),
  }),
  *run({ prompt }, at) {
    const done = yield* runAgent(at, prompt);
    if (done.kind === "failed") return failed(done.text);
    return { content: [{ type: "text", text: done.text === "" ? "(The agent said nothing at its end.)" : done.text }] };
  },
});
