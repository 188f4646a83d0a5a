import { z } from "zod";
import { editFileBy } from "../../native/edit-file.ts";
import { absolute } from "../place.ts";
import { knowledgeOf, unreadReason } from "./known-text.ts";
import { failed, tool } from "./results.ts";

const cell = z.looseObject({ id: z.string().optional(), cell_type: z.string(), source: z.unknown() });
const notebook = z.looseObject({
  cells: z.array(cell),
  nbformat: z.number().optional(),
  nbformat_minor: z.number().optional(),
});

type Cell = z.infer<typeof cell>;
type Notebook = z.infer<typeof notebook>;

export const notebookEdit = tool({
  name: "NotebookEdit",
  description:
    "Replaces, inserts or deletes a cell of a Jupyter notebook (.ipynb). The notebook must have been read before in this conversation.",
  input: z.object({
    notebook_path: z.string().describe("Absolute path of the notebook."),
    cell_id: z
      .string()
      .optional()
      .describe("Id of the cell, or cell-N by its number from 0; when inserting, the cell before, default none."),
    new_source: z.string().describe("The cell's whole text."),
    cell_type: z.enum(["code", "markdown"]).optional().describe("Needed when inserting."),
    edit_mode: z.enum(["replace", "insert", "delete"]).optional().describe("Default replace."),
  }),
  *run({ notebook_path, ...change }, at) {
    const file = absolute(at, notebook_path);
    if (!file.endsWith(".ipynb")) return failed(`${file} is not a Jupyter notebook. Use Edit.`);
    const known = knowledgeOf(at, file);
    let problem = unreadReason(known, undefined);
    if (problem !== undefined) return failed(problem);
    const done = yield* editFileBy(at, file, (text) => {
      const changed = unreadReason(known, text) ?? changedText(text, change);
      if (typeof changed === "object") return { after: changed.after, replacements: 1 };
      problem = changed;
      return { kind: "not_found" };
    });
    if (done.kind === "edited")
      return { content: `Notebook ${file}: ${words[change.edit_mode ?? "replace"]} the cell.` };
    if (done.kind === "missing") return failed(`File does not exist: ${file}`);
    if (done.kind === "refused") return failed(done.text);
    return failed(problem ?? ("reason" in done ? `${file}: ${done.reason}.` : "The notebook could not be changed."));
  },
});

const words = { replace: "replaced", insert: "inserted", delete: "deleted" } as const;

interface CellChange {
  readonly cell_id?: string | undefined;
  readonly new_source: string;
  readonly cell_type?: "code" | "markdown" | undefined;
  readonly edit_mode?: "replace" | "insert" | "delete" | undefined;
}

/** The notebook after the change, or why there can be none. */
function changedText(text: string, change: CellChange): { readonly after: string } | string {
  const book = parse(text);
  if (!book) return "The file is not a Jupyter notebook.";
  const { cell_id, new_source, cell_type, edit_mode = "replace" } = change;
  const at = cell_id === undefined ? -1 : placeOf(book.cells, cell_id);
  if (at === undefined) return `There is no cell "${cell_id}".`;
  if (edit_mode === "insert") {
    if (cell_type === undefined) return "cell_type is needed when a cell is inserted.";
    book.cells.splice(at + 1, 0, freshCell(book, cell_type, new_source));
  } else {
    const found = book.cells[at];
    if (!found) return "cell_id is needed, unless a cell is inserted.";
    if (edit_mode === "delete") book.cells.splice(at, 1);
    else book.cells[at] = rewritten(found, cell_type ?? found.cell_type, new_source);
  }
  const indent = /^\{\r?\n([ \t]+)/.exec(text)?.[1] ?? 1;
  return { after: `${JSON.stringify(book, null, indent)}${text.endsWith("\n") ? "\n" : ""}` };
}

function parse(text: string): Notebook | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // What was parsed and not what zod makes of it: the order of keys stays.
    return notebook.safeParse(value).success ? (value as Notebook) : undefined;
  } catch {
    return undefined;
  }
}

function placeOf(cells: readonly Cell[], id: string): number | undefined {
  const named = cells.findIndex((each) => each.id === id);
  const number = named >= 0 ? named : Number(/^(?:cell-)?(\d+)$/.exec(id)?.[1] ?? -1);
  return cells[number] ? number : undefined;
}

function rewritten(old: Cell, cell_type: string, source: string): Cell {
  const next: Cell = { ...old, cell_type, source: sourceLines(source) };
  if (cell_type === "code") return { ...next, ...unrun };
  const { outputs: _outputs, execution_count: _count, ...kept } = next;
  return kept as Cell;
}

const unrun = { execution_count: null, outputs: [] };

/** Cells have ids since format 4.5; the number makes one that no other has. */
function freshCell({ cells, nbformat = 4, nbformat_minor = 0 }: Notebook, cell_type: string, source: string): Cell {
  const named = nbformat > 4 || (nbformat === 4 && nbformat_minor >= 5);
  let number = cells.length;
  while (cells.some(({ id }) => id === `cell-${number}`)) number += 1;
  const base = { cell_type, metadata: {}, source: sourceLines(source), ...(cell_type === "code" ? unrun : {}) };
  return named ? { id: `cell-${number}`, ...base } : base;
}

/** Notebooks keep a text as its lines, each with its end. */
function sourceLines(source: string): string[] {
  return source === "" ? [] : source.split(/(?<=\n)/);
}
