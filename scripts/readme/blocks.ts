/** A code block of the README, and what the comment above it says to do with it. */
export type Block = { readonly line: number; readonly code: string } & (
  | { readonly act: "run"; readonly words: Readonly<Record<string, string>> }
  | { readonly act: "program" }
  | { readonly act: "save"; readonly file: string; readonly command?: string }
  | { readonly act: "skip"; readonly reason: string }
);

const languages = new Set(["sh", "ts", "json"]);

/**
 * The code blocks of a README. Each says in a comment on the line above what is done with it:
 *
 *     <!-- run -->                        a shell runs it, in a fresh clone
 *     <!-- run with ID=abc -->            the same, with this for the word ID
 *     <!-- run as a program -->           Node runs it, in a project that has the package
 *     <!-- save as FILE -->               it is the content of a file
 *     <!-- save as FILE, then COMMAND --> and a shell runs this
 *     <!-- do not run: REASON -->
 *
 * @throws Error naming the line of a block that says nothing, or something else
 */
export function blocksOf(readme: string): Block[] {
  const lines = readme.split("\n");
  const blocks: Block[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const language = /^```(\w*)$/.exec(lines[index]!)?.[1];
    if (language === undefined) continue;
    const end = lines.indexOf("```", index + 1);
    if (end < 0) throw new Error(`README:${index + 1}: this block does not end.`);
    if (languages.has(language)) {
      const act = actOf(lines[index - 1] ?? "", index);
      blocks.push({ line: index + 1, code: `${lines.slice(index + 1, end).join("\n")}\n`, ...act });
    }
    index = end;
  }
  return blocks;
}

type Act = Block extends infer B ? (B extends Block ? Omit<B, "line" | "code"> : never) : never;

function actOf(above: string, line: number): Act {
  const comment = /^<!-- (.*) -->$/.exec(above)?.[1] ?? "";
  const [, file, command] = /^save as ([\w.-]+)(?:, then (.+))?$/.exec(comment) ?? [];
  if (file !== undefined) return { act: "save", file, ...(command === undefined ? {} : { command }) };
  const reason = /^do not run: (.+)$/.exec(comment)?.[1];
  if (reason !== undefined) return { act: "skip", reason };
  if (comment === "run as a program") return { act: "program" };
  const words = /^run(?: with ((?:\w+=\S+ ?)+))?$/.exec(comment);
  if (words) return { act: "run", words: Object.fromEntries((words[1] ?? "").split(" ").filter(Boolean).map(pair)) };
  throw new Error(
    `README:${line + 1}: the line above has to say what is done with this block, for example <!-- run -->.`,
  );
}

function pair(text: string): [string, string] {
  const at = text.indexOf("=");
  return [text.slice(0, at), text.slice(at + 1)];
}
