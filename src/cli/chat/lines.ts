import { truncateToWidth, wrapTextWithAnsi } from "@earendil-works/pi-tui";
import { cleanLine } from "./clean.ts";

/** Text behind a mark; further lines stand below the text. */
export function hanging(
  mark: string,
  text: string,
  width: number,
  paint: (text: string) => string,
  paintMark = paint,
): string[] {
  return marked(mark, wrapTextWithAnsi(text, Math.max(1, width - mark.length)).map(paint), paintMark);
}

/** Lines behind a mark that stands before the first of them. */
export function marked(mark: string, lines: readonly string[], paint: (text: string) => string): string[] {
  const indent = " ".repeat(mark.length);
  return lines.map((line, index) => (index === 0 ? paint(mark) + line : line === "" ? "" : indent + line));
}

/** One line of foreign text, cut where the screen ends. */
export function oneLine(text: string, width: number): string {
  return truncateToWidth(cleanLine(text), Math.max(1, width), "…");
}
