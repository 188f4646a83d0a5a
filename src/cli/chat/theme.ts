import { styleText } from "node:util";
import type { EditorTheme, MarkdownTheme } from "@earendil-works/pi-tui";

type Style = Parameters<typeof styleText>[0];
type Paint = (text: string) => string;

/** How things look: in the sixteen colours that a person has chosen for their terminal, or in none. */
export interface Theme {
  readonly dim: Paint;
  readonly bold: Paint;
  readonly accent: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly warn: Paint;
  readonly thought: Paint;
  readonly markdown: MarkdownTheme;
  readonly editor: EditorTheme;
}

/** @param colour false: no escape sequence that a look is made of */
export function themeFor(colour: boolean): Theme {
  const paint =
    (...styles: Exclude<Style, readonly unknown[]>[]): Paint =>
    (text) =>
      colour && text !== "" ? styleText(styles, text, { validateStream: false }) : text;
  const [dim, bold, accent, plain] = [paint("dim"), paint("bold"), paint("cyan"), paint()];
  return {
    dim,
    bold,
    accent,
    good: paint("green"),
    bad: paint("red"),
    warn: paint("yellow"),
    thought: paint("dim", "italic"),
    markdown: {
      heading: paint("bold", "cyan"),
      link: paint("underline"),
      linkUrl: dim,
      code: accent,
      codeBlock: paint("green"),
      codeBlockBorder: dim,
      quote: dim,
      quoteBorder: dim,
      hr: dim,
      listBullet: accent,
      bold,
      italic: paint("italic"),
      strikethrough: paint("strikethrough"),
      underline: paint("underline"),
    },
    editor: {
      borderColor: dim,
      selectList: {
        selectedPrefix: accent,
        selectedText: accent,
        description: dim,
        scrollInfo: dim,
        noMatch: plain,
      },
    },
  };
}
