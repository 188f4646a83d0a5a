import { type Command, InvalidArgumentError } from "commander";
import { type Example, examples, jsonOption } from "./help.ts";

/** Registers `sessions` and what is below it. */
export function addSessions(program: Command): void {
  const sessions = program.command("sessions").description("look at and repair which Codex thread a session uses");
  const load = () => import("./sessions.ts");
  const command = (name: string, description: string, example: Example): Command =>
    examples(sessions.command(name).description(description).addOption(jsonOption()), [example])
      .option("--state <dir>", "state folder (default: that of `run`)")
      .option("--agent <id>", "agent the session belongs to (default: main)");
  command("list", "all sessions, most recently used first", ["sessions list --json", "for a program"]).action(
    async (options) => (await load()).list(options),
  );
  command("show <session>", "one session, and why its thread was ever replaced", [
    "sessions show work",
    "the session `run --session work` goes on with",
  ]).action(async (session: string, options) => (await load()).show(session, options));
  command("rebind <session> <thread>", "go on with another Codex thread", [
    "sessions rebind work 01a1fedb-5107-7cf2-8f0e-7edf807d5458",
    "an id that `codex resume` or `sessions list` shows",
  ]).action(async (session: string, thread: string, options) => (await load()).rebind(session, thread, options));
  command("unbind <session>", "start a new thread with the next turn", [
    "sessions unbind work",
    "the old thread stays in Codex's own records",
  ]).action(async (session: string, options) => (await load()).unbind(session, options));
  command("prune", "forget sessions that ended long ago; Codex's own threads stay", [
    "sessions prune --days 7",
    "those that ended a week ago and earlier",
  ])
    .option("--days <days>", "how long ago", days, 30)
    .action(async (options) => (await load()).prune(options));
}

function days(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError("Expected a number of days.");
  return value;
}
