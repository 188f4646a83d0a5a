import { CommanderError } from "commander";
import { BridgeError } from "../errors.ts";
import { buildProgram } from "./program.ts";

const exitUsage = 2;

/** Runs the command line. @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = buildProgram((code) => {
    exitCode = code;
  });
  try {
    // Whoever calls it without a word wants to know what it is.
    if (argv.length <= 2) program.outputHelp();
    else if (argv[2] === "complete") await (await import("./completion.ts")).complete(program, argv.slice(3));
    else await program.parseAsync(argv);
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : exitUsage;
    if (!(thrown instanceof BridgeError)) throw thrown;
    const { reportError } = await import("./run.ts");
    reportError(thrown);
    // A program that reads one document gets one, however it ends.
    if (argv.includes("--json")) process.stdout.write(`${JSON.stringify({ ok: false, error: thrown.toJSON() })}\n`);
    return 1;
  }
  return exitCode;
}
