import type { ModelRequest } from "./request.ts";
import type { Part, Reply, Script, ScriptFile } from "./script.ts";

/** What a script answers to one request, placeholders filled in. */
export async function play(script: Script, request: ModelRequest): Promise<Reply> {
  const reply = typeof script === "function" ? await script(request) : playFile(script, request);
  return Array.isArray(reply) ? fillIn(reply, request) : reply;
}

/** The parts a document has for this request; a default message where it has none. Reads nothing but the request. */
export function playFile(file: ScriptFile, request: ModelRequest): Part[] {
  const turn = file.turns.find(({ when }) => when === undefined || new RegExp(when, "i").test(request.lastUserText));
  if (turn === undefined) return echoParts(request);
  return turn.steps[request.step] ?? closingParts();
}

/** The built-in answer where no turn of a script matches: a short message that mentions the prompt. */
export function echoParts(request: ModelRequest): Part[] {
  if (request.step > 0) return closingParts();
  const prompt = request.lastUserText.trim().replace(/\s+/g, " ");
  if (prompt === "") return [{ say: "I am the scripted model. I received no text.", phase: "final_answer" }];
  const short = prompt.length > 200 ? `${prompt.slice(0, 200).toWellFormed()}…` : prompt;
  return [{ say: `I am the scripted model. You wrote: ${short}`, phase: "final_answer" }];
}

/** Ends a turn that has more steps than its script, so that no script can loop forever. */
function closingParts(): Part[] {
  return [{ say: "That is all my script has for this turn.", phase: "final_answer" }];
}

function fillIn(parts: readonly Part[], request: ModelRequest): Part[] {
  const values: Record<string, string> = {
    user: request.lastUserText,
    lastOutput: request.toolOutputs.at(-1)?.text ?? "",
  };
  const fill = (text: string) => text.replace(/\{\{(user|lastOutput)\}\}/g, (_, name: string) => values[name] ?? "");
  // A promise must stay the very object the script awaits; every other part is plain data.
  return parts.map((part) => ("until" in part ? part : (mapStrings(part, fill) as Part)));
}

function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((entry) => mapStrings(entry, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, mapStrings(entry, change)]));
}
