import { type Command, InvalidArgumentError, Option } from "commander";
import { approveModes } from "./approve.ts";
import { examples, exitCodes, jsonOption } from "./help.ts";
import { promptAndScript } from "./prompt.ts";
import type { RunOptions } from "./run.ts";

/** Registers `run`. @param done told the exit code */
export function addRun(program: Command, done: (exitCode: number) => void): void {
  const command: Command = program
    .command("run")
    .description("run one turn in the embedded host")
    .argument("[prompt]", "what the agent is to do")
    .addOption(jsonOption())
    .option("--session <name>", "continue this session; without it the turn stands alone")
    .option("--model <model>", "model to use")
    .option("--cwd <dir>", "folder the agent works in (default: this one)")
    .option("--state <dir>", "folder for sessions, transcripts and Codex's own state")
    .option("--provider <id>", "ask this provider instead of Codex's own; see `codex-bridge harness explain`")
    .option("--harness <id>", "ask the model in the shape of this agent CLI; see `codex-bridge harness list`")
    .option("--harness-config <file>", "JSON file with the configuration of harness modes")
    .option("--codex <path>", "Codex executable to use instead of the managed one")
    .option(
      "--connect <url>",
      "use a running app-server: unix:///PATH, ws://127.0.0.1:PORT, or wss://HOST with a token",
    )
    .option("--token-file <file>", "file (mode 600) with the capability token for --connect")
    .option("--shared-secret-file <file>", "file (mode 600) with the secret that signs tokens for --connect")
    .option("--token-issuer <name>", "issuer of signed tokens")
    .option("--token-audience <name>", "audience of signed tokens")
    .option("--scripted [file]", "use the scripted model on loopback: no credentials, no network")
    .option("--timeout <seconds>", "budget of the turn", seconds)
    .option("--clock <name=ms>", "set a clock, for example quietProbeMs=5000; may be given several times", clock)
    .option("--tools <module>", "offer the tools this module exports (an array `tools` of HostTool)")
    .option("--record <dir>", "record the session into this folder, without its texts; see `--keep-text`")
    .option("--profile", "tell where the time of the turn went")
    .option("--turns <count>", "run the prompt this often, one turn after the other: the first is cold", turns)
    .option("--keep-text", "keep the texts in the recording; credentials and home folders are taken out all the same")
    .addOption(
      new Option("--approve <who>", "let Codex ask before it leaves its sandbox; accept all, none, or ask you").choices(
        approveModes,
      ),
    )
    .action(async (given: string | undefined, options: RunOptions) => {
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

function clock(text: string, before: Record<string, number> = {}): Record<string, number> {
  const [, name, ms] = /^(\w+)=(\d+)$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError("Expected NAME=MILLISECONDS.");
  return { ...before, [name]: Number(ms) };
}

function turns(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("Expected a number of turns above 0.");
  return value;
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError("Expected a number of seconds above 0.");
  return value;
}
