import type { Command } from "commander";
import { examples, exitCodes, jsonOption } from "./help.ts";

export interface ReplayOptions {
  readonly json?: boolean;
  /** A Codex executable that takes the place of the recorded one. */
  readonly against?: string;
}

/** Registers `replay` and what is below it. @param done told the exit code */
export function addReplay(program: Command, done: (exitCode: number) => void): void {
  const replay = program
    .command("replay")
    .description("play a recording again, and tell whether it comes to its golden transcript")
    .argument("<dir>", "folder of the recording")
    .addOption(jsonOption())
    .option("--against <codex>", "have the recorded client talk to this Codex executable instead")
    .addHelpText(
      "after",
      "\nA recording can also be the app-server: CODEX_BRIDGE_REPLAY=DIR and bin/codex-replay.js in place of codex.",
    )
    .action(async (dir: string, options: ReplayOptions) => {
      const { runReplay } = await import("./replay-report.ts");
      done(await runReplay(dir, options));
    });
  examples(replay, [
    ["replay ./recording", "through the reducer"],
    ["replay ./recording --against codex", "the recorded client on a real Codex"],
  ]);
  exitCodes(replay, "0 it comes to its golden transcript, or has none; 1 it does not, or something is wrong with it.");
  const serve = replay
    .command("serve")
    .description("be the recorded app-server, on stdin and stdout")
    .argument("<dir>", "folder of the recording")
    .option(
      "--process <number>",
      "which of its processes to be, from 0 (default: the next, counted in $CODEX_HOME)",
      Number,
    )
    .option("--framing <kind>", "how unkindly to write: plain, bytes, utf8, crlf, noise, long, eof")
    .action(async (dir: string, options: { process?: number; framing?: string }) => {
      const { serveProcess } = await import("../replay/play/fake-server-main.ts");
      done(await serveProcess({ dir, ...options }));
    });
  examples(serve, [["replay serve ./recording --framing bytes", "one byte at a time"]]);
}
