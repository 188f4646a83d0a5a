import { stripVTControlCharacters } from "node:util";
import { plain, visible } from "../../visible.ts";

/** Foreign text as it may stand on the screen: nothing in it moves the cursor, changes colours, or turns the eye around. */
export function clean(text: string): string {
  return plain(stripVTControlCharacters(text.replaceAll("\r\n", "\n"))).replaceAll("\t", "    ");
}

/** The same on one line, with what is hidden by its code: for names, titles and paths. */
export function cleanLine(text: string): string {
  return visible(text.replaceAll(/\s*\n\s*/g, " ⏎ ").replaceAll("\t", " ")).trim();
}

/** What a terminal would show of a command's output: of a line that was written over, only the last version. */
export function cleanOutput(text: string): string {
  const lines = stripVTControlCharacters(text.replaceAll("\r\n", "\n")).split("\n");
  return clean(lines.map((line) => line.slice(line.replace(/\r+$/, "").lastIndexOf("\r") + 1)).join("\n")).trimEnd();
}
