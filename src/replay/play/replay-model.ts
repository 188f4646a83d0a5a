import { existsSync } from "node:fs";
import path from "node:path";
import type { Part, Reply, ScriptFunction } from "../../scripted-model/script.ts";
import { recordingBroken } from "../format/errors.ts";
import { defaultLimits, readLines } from "../format/files.ts";

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
export async function recordedModel(dir: string, translate: <T>(value: T) => T): Promise<ScriptFunction | undefined> {
  if (!existsSync(path.join(dir, modelFile))) return undefined;
  const replies = new Map<string, Reply[]>();
  let number = 0;
  for await (const line of readLines(dir, modelFile, defaultLimits)) {
    number += 1;
    if (line === "") continue;
    const { lastUserText, step, reply } = translate(parseReply(line, number));
    const key = placeOf(lastUserText, step);
    replies.set(key, [...(replies.get(key) ?? []), playable(reply)]);
  }
  return ({ lastUserText, step }) => {
    const due = replies.get(placeOf(lastUserText, step)) ?? [];
    return (due.length > 1 ? due.shift() : due[0]) ?? [];
  };
}

function parseReply(line: string, number: number): RecordedReply {
  try {
    const value = JSON.parse(line) as Partial<RecordedReply> | null;
    if (typeof value?.lastUserText === "string" && typeof value.step === "number" && typeof value.reply === "object") {
      return value as RecordedReply;
    }
  } catch (cause) {
    throw recordingBroken(modelFile, number, "it is no JSON", cause);
  }
  throw recordingBroken(modelFile, number, "it is no reply of a model");
}

function placeOf(lastUserText: string, step: number): string {
  return `${step} ${lastUserText}`;
}

/** A promise that a script waited for is not in a file: the model goes on without. */
function playable(reply: Reply): Reply {
  return Array.isArray(reply) ? reply.filter((part: Part) => !("until" in part)) : reply;
}
