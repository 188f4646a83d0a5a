import { readFileSync } from "node:fs";
import path from "node:path";
import { Command } from "commander";
import { packageRoot } from "../package-root.ts";
import { visible } from "../visible.ts";
import { addChat } from "./chat-command.ts";
import { addCompletion } from "./completion.ts";
import { addDoctor } from "./doctor-command.ts";
import { addDrift } from "./drift.ts";
import { addHarness } from "./harness.ts";
import { examples, jsonOption } from "./help.ts";
import { addProve } from "./prove.ts";
import { addReplay } from "./replay.ts";
import { addRun } from "./run-command.ts";
import { addSessions } from "./sessions-command.ts";
import { addTrace } from "./trace.ts";

/** Every command with its options and help; what they do is loaded when one is called. @param done told the exit code */
export function buildProgram(done: (exitCode: number) => void): Command {
  const program = new Command("codex-bridge")
    .description(
      "Runs agent turns on the native Codex runtime (`codex app-server`): keeps a thread for every session, asks before" +
        " it leaves the workspace if you want to be asked, records what went over the wire, and proves that only Codex ran.",
    )
    .version(ownVersion(), "-V, --version", "print the version")
    .showHelpAfterError("(codex-bridge --help explains)")
    // A mistyped argument is repeated, and it may have been pasted.
    .configureOutput({ writeErr: (text) => void process.stderr.write(visible(text)) })
    .exitOverride();
  examples(program, [
    ["demo", "see it work: no credentials, no network"],
    ["doctor", "what is missing here, and what to do about it"],
    ['run "fix the failing test"', "one turn in this folder"],
    ["chat", "one after the other, in this terminal"],
    ["run --help", "every command explains itself"],
  ]);

  addRun(program, done);
  addChat(program, done);
  addDemo(program, done);
  addDoctor(program, done);
  addSessions(program);
  addServers(program);
  addHarness(program, done);
  addTrace(program);
  addReplay(program, done);
  addDrift(program, done);
  addProve(program, done);
  addCompletion(program);
  return program;
}

function addDemo(program: Command, done: (exitCode: number) => void): void {
  const command = program
    .command("demo")
    .description("a guided run: a turn with tools, then the same thread resumed in a new process")
    .option("--keep", "keep the demo's folder")
    .action(async (options: { keep?: boolean }) => {
      const { demo } = await import("./demo.ts");
      done(await demo(options));
    });
  examples(command, [["demo --keep", "and look at what it wrote"]]);
}

function addServers(program: Command): void {
  const command = program
    .command("servers")
    .description("list the app-servers of a state folder: who runs them, and what killed processes left")
    .addOption(jsonOption())
    .option("--state <dir>", "state folder (default: that of `run`)")
    .option("--reap", "end what killed processes left, as the next start would")
    .action(async (options: import("./servers.ts").ServersOptions) => {
      const { servers } = await import("./servers.ts");
      await servers(options);
    });
  examples(command, [["servers --reap", "end what killed processes left"]]);
}

function ownVersion(): string {
  const { version } = JSON.parse(readFileSync(path.join(packageRoot(), "package.json"), "utf8"));
  return String(version);
}
