import { z } from "zod";
import { type At, find, nativeCall } from "./offered.ts";
import type { Program } from "./types.ts";

export type AgentResult =
  /** Its last words. */
  { readonly kind: "completed"; readonly text: string } | { readonly kind: "failed"; readonly text: string };

const longestWaitMs = 3_600_000;

const spawned = z.object({ agent_id: z.string() });
const ended = z.object({
  status: z.record(z.string(), z.union([z.string(), z.looseObject({ completed: z.string().nullish() })])),
  timed_out: z.boolean().optional(),
});

/** Gives a task to a Codex sub-agent, waits for its end, however long that takes, and closes it. */
export function* runAgent(at: At, prompt: string): Program<AgentResult> {
  const [spawn, wait, close] = ["spawn_agent", "wait_agent", "close_agent"].map((name) => find(at.context, name));
  if (!spawn || !wait) return { kind: "failed", text: "no agent can be started here" };
  const started = yield nativeCall(spawn, { message: prompt });
  const id = parsed(spawned, started.text)?.agent_id;
  if (id === undefined) return { kind: "failed", text: started.text };
  for (;;) {
    const { text } = yield nativeCall(wait, { targets: [id], timeout_ms: longestWaitMs });
    const told = parsed(ended, text);
    if (told?.timed_out) continue;
    if (close) yield nativeCall(close, { target: id });
    const status = told?.status[id];
    if (typeof status === "object" && "completed" in status) return { kind: "completed", text: status.completed ?? "" };
    return { kind: "failed", text: status === undefined ? text : `The agent ended: ${JSON.stringify(status)}` };
  }
}

function parsed<T>(shape: z.ZodType<T>, text: string): T | undefined {
  try {
    return shape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
