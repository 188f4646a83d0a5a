/** A command of the chat itself, which no model sees. */
export interface Command {
  readonly name: string;
  readonly argument?: string;
  readonly about: string;
  /** Not while a turn runs. */
  readonly atRest?: true;
}

export const commands = [
  { name: "new", argument: "[name]", about: "begin another session", atRest: true },
  { name: "resume", argument: "[session]", about: "go on with an earlier session", atRest: true },
  { name: "model", argument: "[name]", about: "choose the model from the next turn on" },
  { name: "effort", argument: "[level]", about: "choose how hard the model thinks" },
  { name: "steer", argument: "<words>", about: "say something to the running turn, as Enter does" },
  { name: "compact", about: "make the conversation shorter for the model", atRest: true },
  { name: "trace", about: "write the last turn as a page, and say where it is" },
  { name: "history", about: "show the whole session from the beginning" },
  { name: "status", about: "show session, model, tokens and folders" },
  { name: "help", about: "show commands and keys" },
  { name: "exit", about: "leave; the session can be resumed" },
] as const satisfies readonly Command[];

export type CommandName = (typeof commands)[number]["name"];

/** What a person has written. */
export type Line =
  | { readonly kind: "empty" }
  | { readonly kind: "prompt"; readonly text: string }
  | { readonly kind: "command"; readonly name: CommandName; readonly argument: string }
  /** `nearest`: what may have been meant. */
  | { readonly kind: "unknown"; readonly name: string; readonly nearest?: string };

/** Tells commands from prompts: a path at the beginning of a line is no command, nor are `/tmp is full` and its like. */
export function readLine(text: string): Line {
  const trimmed = text.trim();
  if (trimmed === "") return { kind: "empty" };
  const [, name, argument = ""] = /^\/([A-Za-z?][\w-]*|\?)(?:\s+([\s\S]*))?$/.exec(trimmed) ?? [];
  if (name === undefined) return { kind: "prompt", text: trimmed };
  const wanted = aliases[name.toLowerCase()] ?? name.toLowerCase();
  const known = commands.find((each) => each.name === wanted);
  if (known) return { kind: "command", name: known.name, argument: argument.trim() };
  const nearest = nearestTo(wanted);
  // What could mean no command, and goes on, are words: there would be no other way to say them.
  if (nearest === undefined && argument !== "") return { kind: "prompt", text: trimmed };
  return { kind: "unknown", name, ...(nearest === undefined ? {} : { nearest }) };
}

const aliases: Record<string, CommandName> = {
  quit: "exit",
  "?": "help",
  clear: "new",
  sessions: "resume",
  usage: "status",
};

/** The command that is fewest letters away, unless it is another word altogether. */
function nearestTo(name: string): string | undefined {
  const ranked = commands
    .map((each) => ({ name: each.name, away: each.name.startsWith(name) ? 0 : distance(name, each.name) }))
    .sort((a, b) => a.away - b.away);
  const [first] = ranked;
  return first && first.away <= Math.max(1, Math.floor(name.length / 2)) ? first.name : undefined;
}

/** How many letters have to be changed, left out, put in or swapped with the next one. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const steps = [changed, rows[i - 1]![j]! + 1, row[j - 1]! + 1];
      row.push(Math.min(...steps, ...(swapped ? [rows[i - 2]![j - 2]! + 1] : [])));
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

/** What `/help` says. */
export function helpText(): string {
  const names = commands.map((each) => `/${each.name}${"argument" in each ? ` ${each.argument}` : ""}`);
  const width = Math.max(...names.map((name) => name.length));
  const list = commands.map(({ about }, index) => `${names[index]!.padEnd(width)}  ${about}`);
  const keys = [
    ["Enter", "send; into the turn, when one runs"],
    ["\\ Enter, Shift-Enter", "a new line"],
    ["@", "a file's name"],
    ["↑ ↓", "what was sent before"],
    ["Esc, Ctrl-C", "interrupt the turn, and keep what there is"],
    ["Ctrl-C twice, Ctrl-D", "leave"],
  ] as const;
  const keyWidth = Math.max(...keys.map(([key]) => key.length));
  return [...list, "", ...keys.map(([key, about]) => `${key.padEnd(keyWidth)}  ${about}`)].join("\n");
}
