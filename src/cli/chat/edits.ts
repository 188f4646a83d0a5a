/** What became of one file, in numbers. */
export interface Edit {
  readonly path: string;
  readonly kind: string;
  readonly added: number;
  readonly removed: number;
}

/** The changes of a file edit, as its tool was called with them: of a new or a deleted file the diff is all of it. */
export function editsOf(input: unknown): Edit[] {
  if (!Array.isArray(input)) return [];
  return input.flatMap((change: { path?: unknown; kind?: unknown; diff?: unknown } | null) => {
    if (typeof change?.path !== "string") return [];
    const kind = typeof change.kind === "string" ? change.kind : "update";
    const diff = typeof change.diff === "string" ? change.diff : "";
    return [{ path: change.path, kind, ...counted(kind, diff) }];
  });
}

function counted(kind: string, diff: string): Pick<Edit, "added" | "removed"> {
  const lines = diff === "" ? [] : diff.replace(/\n$/, "").split("\n");
  if (kind === "add") return { added: lines.length, removed: 0 };
  if (kind === "delete") return { added: 0, removed: lines.length };
  // Only what is below a mark is content: a line of three minus signs above it is a head.
  let inside = false;
  let [added, removed] = [0, 0];
  for (const line of lines) {
    if (line.startsWith("@@")) inside = true;
    else if (inside && line.startsWith("+")) added += 1;
    else if (inside && line.startsWith("-")) removed += 1;
  }
  return { added, removed };
}
