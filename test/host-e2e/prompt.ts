import type { ResponsesBody } from "../../src/scripted-model/server.ts";

/*
 * A model request as the model reads it, and as its service keeps it for the next one: tools, instructions, then the
 * conversation. In the request itself they stand in another order.
 */

export interface PromptParts {
  readonly tools: string;
  readonly instructions: string;
  readonly items: readonly string[];
}

export function promptParts(body: ResponsesBody): PromptParts {
  const { tools, instructions, input } = body as { tools?: unknown; instructions?: unknown; input?: unknown };
  return {
    tools: JSON.stringify(tools ?? []),
    instructions: JSON.stringify(instructions ?? ""),
    items: (Array.isArray(input) ? input : []).map((item) => JSON.stringify(item)),
  };
}

/** What the model reads, as one text. */
function promptText(body: ResponsesBody): string {
  const { tools, instructions, items } = promptParts(body);
  return [tools, instructions, ...items].join("\n");
}

/** How much of an earlier request the later one begins with, from 0 to 1: so much can be had from the service's cache. */
export function commonPrefix(earlier: ResponsesBody, later: ResponsesBody): number {
  const [before, after] = [Buffer.from(promptText(earlier)), Buffer.from(promptText(later))];
  const end = Math.min(before.length, after.length);
  let same = 0;
  while (same < end && before[same] === after[same]) same += 1;
  return same / before.length;
}
