import type { CompletedCall } from "../../conversation/types.ts";
import { replaced } from "../../native/edit-file.ts";
import { absolute } from "../place.ts";
import type { CallContext } from "../types.ts";

/** What the model knows of a file, by the conversation alone. */
export type Knowledge =
  | { readonly kind: "none" }
  /** It has seen some of it. */
  | { readonly kind: "part" }
  /** It has seen or written all of it, and this is what it takes it for. */
  | { readonly kind: "whole"; readonly text: string };

/** Follows what was read, written and edited of a file before this call. */
export function knowledgeOf(at: CallContext, file: string): Knowledge {
  let known: Knowledge = { kind: "none" };
  for (const done of at.earlier) {
    const { input, name } = done.call;
    const place = input.file_path ?? input.notebook_path;
    if (done.result.isError || typeof place !== "string" || absolute(at, place) !== file) continue;
    if (name === "Read") known = afterRead(done, known);
    else if (name === "Write" && typeof input.content === "string") known = { kind: "whole", text: input.content };
    else if (name === "Edit") known = afterEdit(done, known);
    else if (name === "NotebookEdit") known = { kind: "part" };
  }
  return known;
}

function afterRead({ call: { input }, result }: CompletedCall, known: Knowledge): Knowledge {
  if (typeof result.content !== "string" || input.offset !== undefined || input.limit !== undefined) {
    return known.kind === "whole" ? known : { kind: "part" };
  }
  const lines = result.content.split("\n").map((line) => /^\d+\t([\s\S]*)$/.exec(line)?.[1]);
  // A line without a number is a remark that there is more.
  return lines.includes(undefined) ? { kind: "part" } : { kind: "whole", text: lines.join("\n") };
}

function afterEdit({ call: { input } }: CompletedCall, known: Knowledge): Knowledge {
  const { old_string: old, new_string: fresh, replace_all } = input;
  if (typeof old !== "string" || typeof fresh !== "string") return known;
  if (old === "") return { kind: "whole", text: fresh };
  if (known.kind !== "whole") return { kind: "part" };
  const told = replaced(known.text, { old, new: fresh, all: replace_all === true });
  return "kind" in told ? { kind: "part" } : { kind: "whole", text: told.after };
}

/** Why the file must not be changed before it is read; undefined when it may be. `now`: its text, where it has one. */
export function unreadReason(known: Knowledge, now: string | undefined): string | undefined {
  if (known.kind === "none") return "You have not read this file in this conversation. Read it, and then change it.";
  if (known.kind === "whole" && now !== undefined && now !== known.text) {
    return "The file is not what you read any more: the user, a command or a formatter changed it. Read it once more, and then change it.";
  }
  return undefined;
}
