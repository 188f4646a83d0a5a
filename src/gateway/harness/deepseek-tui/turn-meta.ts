import { stat } from "node:fs/promises";
import path from "node:path";
import type { Conversation, Entry } from "../../conversation/types.ts";
import type { JsonObject } from "../../json.ts";
import type { HarnessContext, Place } from "../types.ts";
import { sceneOf } from "./observe.ts";

/*
 * The block in front of each message of the user. It is made once, when the message is, and stays with it: earlier
 * messages never change, and the provider's cache holds.
 */

const mostPaths = 8;
const tag = "<turn_meta>";

export async function observeTurnMeta(
  { cwd, now }: Place,
  context: HarnessContext,
  { entries }: Conversation,
): Promise<JsonObject> {
  const { pack } = sceneOf(context.facts);
  const active = await activePaths(cwd, entries);
  const lines = [
    tag,
    `Current local date: ${dateOf(now)}`,
    "## Repo Working Set",
    `Workspace: ${cwd}`,
    ...(pack.readme === null ? [] : [`Key files: ${pack.readme.path}`]),
    ...(active.length === 0 ? [] : ["Active paths (prioritize these):", ...active]),
    "Look at these first when the request does not name a place.",
    "</turn_meta>",
  ];
  return { meta: lines.join("\n") };
}

/** Paths the message names and that exist, then those that were worked on last. */
async function activePaths(cwd: string, entries: readonly Entry[]): Promise<string[]> {
  const said = entries.findLast((entry) => entry.kind === "user");
  const text = said?.kind === "user" ? said.parts.map((part) => (part.type === "text" ? part.text : "")).join(" ") : "";
  const named = text.match(/[\w@.~-]*[\w-][\w@./~-]*/g) ?? [];
  const touched = entries.toReversed().flatMap((entry) => {
    if (entry.kind !== "assistant") return [];
    return entry.calls
      .toReversed()
      .flatMap(({ call }) => (typeof call.input.path === "string" ? [call.input.path] : []));
  });
  const lines = new Map<string, string>();
  for (const word of [...named, ...touched]) {
    if (lines.size >= mostPaths) break;
    const file = path.resolve(cwd, word.replace(/[.,:;]+$/, ""));
    const name = path.relative(cwd, file);
    if (name === "" || name.startsWith("..") || lines.has(name)) continue;
    const found = await stat(file).catch(() => undefined);
    if (found) lines.set(name, `- ${name} (${found.isDirectory() ? "directory" : "file"})`);
  }
  return [...lines.values()];
}

function dateOf(now: Date): string {
  const two = (count: number): string => String(count).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** Messages of the user with the block that was made for them; one with pictures has none. */
export function withTurnMeta(conversation: Conversation): Conversation {
  const entries = conversation.entries.map((entry): Entry => {
    if (entry.kind !== "user") return entry;
    const [only, ...others] = entry.parts;
    const meta = entry.facts?.meta;
    if (only?.type !== "text" || others.length > 0 || typeof meta !== "string" || only.text.startsWith(tag))
      return entry;
    return { ...entry, parts: [{ type: "text", text: `${meta}\n${only.text}` }] };
  });
  return { ...conversation, entries };
}
