import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { BridgeError } from "../errors.ts";
import { visible } from "../visible.ts";
import { approveModes } from "./approve.ts";
import { addDrift } from "./drift.ts";
import { addHarness } from "./harness.ts";
import { addProve } from "./prove.ts";
import { addReplay } from "./replay.ts";
import { addTrace } from "./trace.ts";

const exitUsage = 2;

/** Runs the command line. @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command("codex-bridge")
    .description("Run agent turns on the native Codex runtime.")
    .showHelpAfterError("(codex-bridge --help explains)")
    // A mistyped argument is repeated, and it may have been pasted.
    .configureOutput({ writeErr: (text) => void process.stderr.write(visible(text)) })
    .exitOverride();

  program
    .command("run")
    .description("run one turn in the embedded host")
    .argument("<prompt>", "what the agent is to do")
    .option("--json", "print exactly one JSON document on stdout")
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
    .addHelpText(
      "after",
      '\nExamples:\n  codex-bridge run --scripted "hello"\n  codex-bridge run --session work "fix the failing test"' +
        '\n  codex-bridge run --approve ask --tools ./tools.ts "greet the team"' +
        "\n\nExit codes: 0 the turn completed, 1 it did not, 2 wrong usage, 3 it did, but its recording was not saved.",
    )
    .action(async (prompt: string, options: import("./run.ts").RunOptions) => {
      const { run } = await import("./run.ts");
      exitCode = await run(prompt, options);
    });

  program
    .command("demo")
    .description("a guided run: a turn with tools, then the same thread resumed in a new process")
    .option("--keep", "keep the demo's folder")
    .action(async (options: { keep?: boolean }) => {
      const { demo } = await import("./demo.ts");
      exitCode = await demo(options);
    });

  addSessions(program);
  program
    .command("servers")
    .description("list the app-servers of a state folder: who runs them, and what killed processes left")
    .option("--json", "print exactly one JSON document on stdout")
    .option("--state <dir>", "state folder (default: that of `run`)")
    .option("--reap", "end what killed processes left, as the next start would")
    .action(async (options: import("./servers.ts").ServersOptions) => {
      const { servers } = await import("./servers.ts");
      await servers(options);
    });
  addHarness(program, (code) => {
    exitCode = code;
  });
  addTrace(program);
  addReplay(program, (code) => {
    exitCode = code;
  });
  addDrift(program, (code) => {
    exitCode = code;
  });
  addProve(program, (code) => {
    exitCode = code;
  });

  try {
    await program.parseAsync(argv);
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : exitUsage;
    if (!(thrown instanceof BridgeError)) throw thrown;
    const { reportError } = await import("./run.ts");
    reportError(thrown);
    return 1;
  }
  return exitCode;
}

function addSessions(program: Command): void {
  const sessions = program.command("sessions").description("look at and repair which Codex thread a session uses");
  const load = () => import("./sessions.ts");
  const command = (name: string, description: string): Command =>
    sessions
      .command(name)
      .description(description)
      .option("--json", "print exactly one JSON document on stdout")
      .option("--state <dir>", "state folder (default: that of `run`)")
      .option("--agent <id>", "agent the session belongs to (default: main)");
  command("list", "all sessions, most recently used first").action(async (options) => (await load()).list(options));
  command("show <session>", "one session, and why its thread was ever replaced").action(
    async (session: string, options) => (await load()).show(session, options),
  );
  command("rebind <session> <thread>", "go on with another Codex thread").action(
    async (session: string, thread: string, options) => (await load()).rebind(session, thread, options),
  );
  command("unbind <session>", "start a new thread with the next turn").action(async (session: string, options) =>
    (await load()).unbind(session, options),
  );
  command("prune", "forget sessions that ended long ago; Codex's own threads stay")
    .option("--days <days>", "how long ago", days, 30)
    .action(async (options) => (await load()).prune(options));
}

function days(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError("Expected a number of days.");
  return value;
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
