import { type Command, Option } from "commander";

/** A command line without `codex-bridge`, and what it is an example of. */
export type Example = readonly [line: string, about: string];

/** The option that every command has which a program may call. */
export function jsonOption(): Option {
  return new Option("--json", "print exactly one JSON document on stdout; everything else goes to stderr");
}

/** Puts examples below a command's help. */
export function examples(command: Command, list: readonly Example[]): Command {
  const width = Math.max(...list.map(([line]) => line.length));
  const lines = list.map(([line, about]) => `  codex-bridge ${line.padEnd(width)}   # ${about}`);
  return command.addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}

/** Says below a command's help what its exit code tells. */
export function exitCodes(command: Command, text: string): Command {
  return command.addHelpText("after", `\nExit codes: ${text}`);
}
