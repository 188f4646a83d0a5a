import { readdir } from "node:fs/promises";
import path from "node:path";
import type { AutocompleteItem, AutocompleteProvider, AutocompleteSuggestions } from "@earendil-works/pi-tui";
import { cleanLine } from "./clean.ts";
import { type Command, commands } from "./commands.ts";

type Applied = ReturnType<AutocompleteProvider["applyCompletion"]>;

const maxFiles = 50;

/** What the line can be completed with: a command behind `/`, a file of the folder behind `@`. */
export class Suggestions implements AutocompleteProvider {
  readonly triggerCharacters = ["@"];
  readonly #cwd: string;

  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  async getSuggestions(lines: string[], line: number, column: number): Promise<AutocompleteSuggestions | null> {
    const before = (lines[line] ?? "").slice(0, column);
    if (line === 0 && /^\/\w*$/.test(before)) {
      const items = commands.filter(({ name }) => name.startsWith(before.slice(1))).map(commandItem);
      return items.length > 0 ? { items, prefix: before } : null;
    }
    const prefix = /(?:^|\s)(@[^\s@]*)$/.exec(before)?.[1];
    if (prefix === undefined) return null;
    const items = await filesAt(this.#cwd, prefix.slice(1));
    return items.length > 0 ? { items, prefix } : null;
  }

  applyCompletion(lines: string[], line: number, column: number, item: AutocompleteItem, prefix: string): Applied {
    const text = lines[line] ?? "";
    const start = text.slice(0, column - prefix.length);
    // One goes on into a folder; everything else is done.
    const value = item.value.endsWith("/") || prefix.startsWith("/") ? item.value : `${item.value} `;
    const changed = lines.with(line, start + value + text.slice(column));
    return { lines: changed, cursorLine: line, cursorCol: start.length + value.length };
  }
}

function commandItem({ name, argument, about }: Command): AutocompleteItem {
  return { value: `/${name}`, label: `/${name}${argument === undefined ? "" : ` ${argument}`}`, description: about };
}

/** Files and folders that begin like this. What cannot be read, or has a name no line can hold, is not suggested. */
async function filesAt(cwd: string, typed: string): Promise<AutocompleteItem[]> {
  const folder = typed.slice(0, typed.lastIndexOf("/") + 1);
  const start = typed.slice(folder.length).toLowerCase();
  const found = await readdir(path.resolve(cwd, folder), { withFileTypes: true }).catch(() => []);
  return found
    .filter(({ name }) => name.toLowerCase().startsWith(start) && (start.startsWith(".") || !name.startsWith(".")))
    .filter(({ name }) => name === cleanLine(name) && !/\s/.test(name))
    .sort((a, b) => Number(b.isDirectory()) - Number(a.isDirectory()) || a.name.localeCompare(b.name))
    .slice(0, maxFiles)
    .map((entry) => {
      const name = entry.isDirectory() ? `${entry.name}/` : entry.name;
      return { value: `@${folder}${name}`, label: name };
    });
}
