import type { Command } from "commander";
import { BridgeError } from "../errors.ts";
import type { Side } from "../replay/drift/drift-model.ts";
import { findCodexBinary } from "../server/binary.ts";
import { visible } from "../visible.ts";
import { examples, exitCodes, jsonOption } from "./help.ts";
import { withProgress } from "./progress.ts";
import { inReplayFolder } from "./replay-folder.ts";

/** Registers `drift`. @param done told the exit code */
export function addDrift(program: Command, done: (exitCode: number) => void): void {
  const command = program
    .command("drift")
    .description("tell how two Codex releases differ: in their schemas, on the wire, and in what a user sees")
    .argument("<a>", "folder of a recording, or of recordings of one release")
    .argument("<b>", "another one; or a Codex executable, which the recorded clients of <a> then talk to")
    .addOption(jsonOption())
    .action(async (a: string, b: string, options: { json?: boolean }) => {
      done(await drift(a, b, options));
    });
  examples(command, [
    ["drift fixtures/0.125.0 fixtures/0.169.0", "what two releases differ in"],
    ["drift ./recording /opt/codex/bin/codex", "what another Codex would have done"],
  ]);
  exitCodes(
    command,
    "0 nothing that matters, 1 a difference that matters and nobody has explained, or an explained one is gone.",
  );
}

async function drift(a: string, b: string, { json }: { json?: boolean }): Promise<number> {
  const [{ loadSide, isRecordings }, { driftBetween }, { driftReport }] = await Promise.all([
    import("../replay/drift/drift-load.ts"),
    import("../replay/drift/drift.ts"),
    import("../replay/drift/drift-report.ts"),
  ]);
  const found = await withProgress("comparing", async () => {
    const one = await loadSide(a);
    return driftBetween(one, isRecordings(b) ? await loadSide(b) : await live(a, one, b));
  });
  process.stdout.write(json ? `${JSON.stringify(found)}\n` : visible(driftReport(found)));
  return found.ok ? 0 : 1;
}

async function live(recordings: string, recorded: Side, command: string): Promise<Side> {
  const { liveSide } = await import("../replay/drift/drift-load.ts");
  requireCodex(command);
  return inReplayFolder("drift-", (stateDir) => liveSide(recordings, recorded, { command, stateDir }));
}

/** A misspelt folder looks like the name of an executable. */
function requireCodex(command: string): void {
  try {
    findCodexBinary(command);
  } catch (cause) {
    throw new BridgeError("drift_nothing", `${command} is neither a folder with recordings nor a Codex executable.`, {
      remedy: "Give the folder of a recording, one with recordings of one release, or a Codex executable.",
      cause,
    });
  }
}
