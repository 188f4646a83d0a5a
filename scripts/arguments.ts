import { readFileSync } from "node:fs";
import { type ParseArgsConfig, parseArgs } from "node:util";

/**
 * What a script was called with. `--help` prints how it is called and ends it with exit code 0, what cannot be understood
 * is said in one line and ends it with 2.
 *
 * @param usage how it is called; see `headOf`
 */
export function scriptArguments<const Config extends Omit<ParseArgsConfig, "args">>(usage: string, config: Config) {
  if (process.argv.includes("--help")) {
    console.log(usage);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (thrown) {
    // What follows the first sentence is advice on how to give a positional argument that begins with a dash.
    const [line = ""] = (thrown as Error).message.split(/\. (?=To )|\n/);
    return notUnderstood(line);
  }
}

/** Ends the script as one that was called wrongly. */
export function notUnderstood(why: string): never {
  console.error(`${why.replace(/\.$/, "")} (--help explains)`);
  process.exit(2);
}

/** An option that is a whole number, and at least so much. */
export function wholeNumber(name: string, text: string, least = 1): number {
  const number = Number(text);
  if (text !== "" && Number.isInteger(number) && number >= least) return number;
  return notUnderstood(`--${name} takes a whole number, at least ${least}, not ${JSON.stringify(text)}`);
}

/** The comment at the head of a script, which says what it does and how it is called. */
export function headOf(file: string): string {
  const [, comment = ""] = /\/\*\*?\n([\s\S]*?)\n? *\*\//.exec(readFileSync(file, "utf8")) ?? [];
  return comment.replace(/^ \* ?/gm, "");
}
