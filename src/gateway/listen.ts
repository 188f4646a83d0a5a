import type { Conversation, ModelCall, Thinking } from "./conversation/types.ts";
import type { Responding, Scene } from "./respond.ts";
import { ask } from "./upstream/ask.ts";
import type { ModelAnswer, ModelUsage, StopReason } from "./upstream/types.ts";

/** Asks the model once, and lets Codex see what it says while it says it. */
export async function listen(
  { harness, session, reply, signal }: Responding,
  { context, tools }: Scene,
  conversation: Conversation,
): Promise<ModelAnswer> {
  const heard: Heard = { text: [], thinking: [], calls: [], stop: "end" };
  await reply.flush();
  const betas = harness.betas?.(context);
  const answer = ask({
    provider: session.provider,
    body: harness.body({ context, conversation, tools }),
    ...(betas ? { betas } : {}),
    taken: new Set(
      conversation.entries
        .flatMap((entry) => (entry.kind === "assistant" ? entry.calls : []))
        .map(({ call }) => call.id),
    ),
    signal,
  });
  for await (const events of answer) {
    let text = "";
    for (const event of events) {
      if (event.type === "text") text += event.delta;
      else if (event.type === "thinking") {
        if (!harness.interpret) reply.text(text);
        heard.text.push(text);
        text = "";
        reply.thinking(event.delta);
      } else if (event.type === "thought") heard.thinking.push(event.thinking);
      else if (event.type === "call" || event.type === "call.lost") heard.calls.push(event.call);
      else if (event.type === "usage") heard.usage = event.usage;
      else heard.stop = event.reason;
    }
    // One event for all the words that came at once.
    heard.text.push(text);
    if (!harness.interpret) reply.text(text);
    await reply.flush();
  }
  const { thinking, calls, stop, usage } = heard;
  const wanted = conversation.purpose === "compaction" ? [] : calls;
  return { text: heard.text.join(""), thinking, calls: wanted, stop, ...(usage ? { usage } : {}) };
}

interface Heard {
  readonly text: string[];
  readonly thinking: Thinking[];
  readonly calls: ModelCall[];
  usage?: ModelUsage;
  stop: StopReason;
}
