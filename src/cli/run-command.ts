import { type Command, InvalidArgumentError } from "commander";
import { examples, exitCodes, jsonOption } from "./help.ts";
import { promptAndScript } from "./prompt.ts";
import type { RunOptions } from "./run.ts";
import { addTurnOptions } from "./turn-options.ts";

/** Registers `run`. @param done told the exit code */
export function addRun(program: Command, done: (exitCode: number) => void): void {
  const command: Command = program
    .command("run")
    .description("run one turn in the embedded host")
    .argument("[prompt]", "what the agent is to do")
    .addOption(jsonOption())
    .option("--profile", "tell where the time of the turn went")
    .option("--turns <count>", "run the prompt this often, one turn after the other: the first is cold", turns);
  addTurnOptions(command, {
    session: "continue this session; without it the turn stands alone",
    approve: "let Codex ask before it leaves its sandbox; accept all, none, or ask you",
  });
  command.action(async (given: string | undefined, options: RunOptions) => {
    const { prompt, scripted } = promptAndScript(given, options.scripted);
    if (prompt === undefined) command.error("error: missing required argument 'prompt'");
    const { run } = await import("./run.ts");
    done(await run(prompt, { ...options, ...(scripted === undefined ? {} : { scripted }) }));
  });
  examples(command, [
    ['run --scripted "hello"', "no credentials, no network"],
    ['run --session work "fix the failing test"', "goes on with the session's thread"],
    [
      'run --approve ask --tools ./tools.ts "greet the team"',
      "with tools of your own, and asked before it leaves the workspace",
    ],
    ['run --provider moonshot --model kimi-k2 "…"', "a model that Codex does not speak to"],
    ["run --scripted --profile --turns 5 hi", "where the time of a cold and of a warm turn goes"],
    ['run --connect unix:///run/codex.sock "hello"', "on an app-server that runs already"],
  ]);
  exitCodes(command, "0 the turn completed, 1 it did not, 2 wrong usage, 3 it did, but its recording was not saved.");
}

function turns(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("Expected a number of turns above 0.");
  return value;
}
