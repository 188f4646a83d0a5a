import { type Command, InvalidArgumentError, Option } from "commander";
import { approveModes } from "./approve.ts";

/** What a command says differently of an option that others have, too. */
export interface OptionTexts {
  readonly session: string;
  readonly approve: string;
}

/** Adds the options of every command that runs turns; `TurnOptions` is what comes of them. */
export function addTurnOptions(command: Command, texts: OptionTexts): Command {
  return command
    .option("--session <name>", texts.session)
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
    .option("--timeout <seconds>", "budget of a turn", seconds)
    .option("--clock <name=ms>", "set a clock, for example quietProbeMs=5000; may be given several times", clock)
    .option("--tools <module>", "offer the tools this module exports (an array `tools` of HostTool)")
    .option("--record <dir>", "record the session into this folder, without its texts; see `--keep-text`")
    .option("--keep-text", "keep the texts in the recording; credentials and home folders are taken out all the same")
    .addOption(new Option("--approve <who>", texts.approve).choices(approveModes));
}

function clock(text: string, before: Record<string, number> = {}): Record<string, number> {
  const [, name, ms] = /^(\w+)=(\d+)$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError("Expected NAME=MILLISECONDS.");
  return { ...before, [name]: Number(ms) };
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError("Expected a number of seconds above 0.");
  return value;
}
