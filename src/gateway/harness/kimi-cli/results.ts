import type { Conversation, Entry, ToolResult } from "../../conversation/types.ts";
import { toolMaker } from "../tool.ts";

/** A line the system says, and what follows it. */
export function told(words: string, body = ""): ToolResult {
  return { content: body === "" ? `<system>${words}</system>` : `<system>${words}</system>\n${body}` };
}

/** How a call that went wrong is told. */
export function failed(words: string, body = ""): ToolResult {
  return { ...told(`ERROR: ${words}`, body), isError: true };
}

export const tool = toolMaker((words) => failed(words));

/** Texts of every result in the form Kimi's models know, those of foreign tools too; user texts without last line ends. */
export function kimiEntries(conversation: Conversation, options: { readonly trimUser: boolean }): Conversation {
  const entries = conversation.entries.map((entry): Entry => {
    if (entry.kind === "assistant") {
      return { ...entry, calls: entry.calls.map(({ call, result }) => ({ call, result: laidOut(result) })) };
    }
    if (entry.kind === "developer" || !options.trimUser) return entry;
    const parts = entry.parts.map((part) =>
      part.type === "text" ? { ...part, text: part.text.replace(/\n+$/, "") } : part,
    );
    return { ...entry, parts };
  });
  return { ...conversation, entries };
}

/** The system has said already that it went wrong; Kimi Code tells first how long that took. */
const marked = /^(?:Wall time: [^\n]*\n)?<system>/;

function laidOut(result: ToolResult): ToolResult {
  const { content, isError } = result;
  if (typeof content !== "string") return result;
  if (content.includes("\0")) return { ...result, content: "<system>The output is not text and is left out.</system>" };
  if (isError && !marked.test(content)) return { ...result, content: `<system>ERROR: ${content}</system>` };
  return content === "" ? { ...result, content: "<system>Tool output is empty.</system>" } : result;
}
