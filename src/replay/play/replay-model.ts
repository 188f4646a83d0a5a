import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Part, Reply, ScriptFunction } from "../../scripted-model/script.ts";

const modelFile = "model.jsonl";

interface RecordedReply {
  readonly lastUserText: string;
  readonly step: number;
  readonly reply: Reply;
}

/**
 * What the scripted model of a recording said, as a script: the same answers at the same places of the conversation, the
 * last one again where it is asked more often.
 * @param translate changes what belongs to the recorded machine
 * @returns undefined when the recording was not made with a scripted model
 */
export function recordedModel(dir: string, translate: <T>(value: T) => T): ScriptFunction | undefined {
  const file = path.join(dir, modelFile);
  if (!existsSync(file)) return undefined;
  const replies = new Map<string, Reply[]>();
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (line === "") continue;
    const { lastUserText, step, reply } = translate(JSON.parse(line) as RecordedReply);
    const key = placeOf(lastUserText, step);
    replies.set(key, [...(replies.get(key) ?? []), playable(reply)]);
  }
  return ({ lastUserText, step }) => {
    const due = replies.get(placeOf(lastUserText, step)) ?? [];
    return (due.length > 1 ? due.shift() : due[0]) ?? [];
  };
}

function placeOf(lastUserText: string, step: number): string {
  return `${step} ${lastUserText}`;
}

/** A promise that a script waited for is not in a file: the model goes on without. */
function playable(reply: Reply): Reply {
  return Array.isArray(reply) ? reply.filter((part: Part) => !("until" in part)) : reply;
}
