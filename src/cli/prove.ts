import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Command } from "commander";
import { BridgeError } from "../errors.ts";
import { visible } from "../visible.ts";
import { examples, exitCodes, jsonOption } from "./help.ts";
import { intoFile } from "./output-file.ts";
import { withProgress } from "./progress.ts";
import { defaultStateDir } from "./setup.ts";

export interface ProveCommandOptions {
  readonly json?: boolean;
  readonly run?: string;
  readonly session?: string;
  readonly state?: string;
  readonly transcript?: string;
  readonly out?: string;
  readonly verify?: string;
}

/** Registers `prove`. @param done told the exit code */
export function addProve(program: Command, done: (exitCode: number) => void): void {
  const command = program
    .command("prove")
    .description("write evidence that only Codex produced a recorded run's transcript, or verify such evidence")
    .argument("[dir]", "folder of the recording (with --verify: default is the folder of the evidence)")
    .option(
      "--run <file>",
      "what `run --json` printed for it; has to agree with what the recording tells of its runtime",
    )
    .option("--session <name>", "include the transcript of this session of the state folder")
    .option("--state <dir>", "state folder (default: that of `run`)")
    .option("--transcript <file>", "include this transcript file of the embedded host")
    .option("--out <file>", "where to write the evidence (default: evidence.json in the recording)")
    .option("--verify <file>", "check this evidence against its recording, and the transcript if one is given")
    .addOption(jsonOption())
    .addHelpText(
      "after",
      "\nEvidence proves that recording, transcript and evidence belong together and that none was edited since. It has no" +
        "\nsignature: whoever can write all of them can make them anew. Keep its sha256 elsewhere to rule that out.",
    )
    .action(async (dir: string | undefined, options: ProveCommandOptions) => {
      done(options.verify === undefined ? await write(dir, options) : await verify(dir, options, options.verify));
    });
  examples(command, [
    ["prove ./rec --run run.json --session work", "writes rec/evidence.json"],
    ["prove --verify rec/evidence.json --session work", "checks it against recording and transcript"],
  ]);
  exitCodes(command, "0 the evidence shows what it states, and nothing was edited; 1 it does not, or something was.");
}

/** @returns the exit code: 0 when the evidence shows what it states */
async function write(folder: string | undefined, options: ProveCommandOptions): Promise<number> {
  const dir = path.resolve(required(folder));
  const transcript = await transcriptOf(options);
  const [{ proved }, { toldBy }, { evidenceText }, { writeFileAtomically }] = await Promise.all([
    import("../replay/prove/prove.ts"),
    import("../replay/prove/prove-told.ts"),
    import("../replay/prove/evidence.ts"),
    import("../files/atomic-file.ts"),
  ]);
  const told = options.run === undefined ? null : toldBy(await runDocument(options.run));
  const given = { dir, told, ...(transcript === undefined ? {} : { transcript }) };
  const evidence = await withProgress("reading the recording", () => proved(given));
  const file = path.resolve(options.out ?? path.join(dir, "evidence.json"));
  await intoFile(file, () => writeFileAtomically(file, evidenceText(evidence)));
  const gaps = [...evidence.gaps, ...(evidence.transcript?.gaps ?? [])];
  const { shown, sha256, entries } = evidence;
  if (options.json) process.stdout.write(`${JSON.stringify({ ok: shown, file, sha256, shown, gaps })}\n`);
  else {
    const head = shown ? "shown: only Codex produced them" : "NOT shown, the evidence says why:";
    process.stdout.write(`${entries.length} entries; ${head}\n${gaps.map((gap) => `  ${visible(gap)}\n`).join("")}`);
    process.stdout.write(`${file}\nsha256 ${sha256}\n`);
  }
  return shown ? 0 : 1;
}

/** @returns the exit code: 0 when nothing was edited and the evidence shows what it states */
async function verify(given: string | undefined, options: ProveCommandOptions, file: string): Promise<number> {
  const { verifyEvidence } = await import("../replay/prove/prove-verify.ts");
  const dir = path.resolve(given ?? path.dirname(file));
  const transcript = await transcriptOf(options);
  const evidence = await bytesOf(file);
  const all = { evidence, dir, ...(transcript === undefined ? {} : { transcript }) };
  const result = await withProgress("verifying", () => verifyEvidence(all));
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else {
    const unchecked = result.transcript === "unchecked" ? "; the transcript was not given" : "";
    const head = result.ok ? `nothing was edited${unchecked}` : "this does not match:";
    const gaps = result.gaps.map((gap) => `not shown: ${gap}`);
    process.stdout.write(`${visible([head, ...result.mismatches.map((each) => `  ${each}`), ...gaps].join("\n"))}\n`);
  }
  return result.ok && result.shown ? 0 : 1;
}

async function transcriptOf({ session, state, transcript }: ProveCommandOptions): Promise<Buffer | undefined> {
  if (transcript !== undefined) return bytesOf(transcript);
  if (session === undefined) return undefined;
  const { TranscriptFile } = await import("../host/transcript-file.ts");
  const stateDir = path.resolve(state ?? defaultStateDir(process.env));
  const { file } = new TranscriptFile(path.join(stateDir, "transcripts"), session);
  if (existsSync(file)) return bytesOf(file);
  throw new BridgeError("session_unknown", `There is no transcript of a session ${session} in ${stateDir}.`, {
    remedy: "Give the session's name as `run --session` had it, and its state folder with --state.",
  });
}

async function runDocument(file: string): Promise<unknown> {
  try {
    return JSON.parse((await bytesOf(file)).toString("utf8"));
  } catch (cause) {
    if (cause instanceof BridgeError) throw cause;
    throw new BridgeError("evidence_run", `There is no JSON document in ${file}.`, {
      remedy: "Give what `codex-bridge run --json` printed.",
      cause,
    });
  }
}

function bytesOf(file: string): Promise<Buffer> {
  return readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new BridgeError("file_unreadable", `${file} cannot be read (${cause.code}).`, {
      remedy: "Give a file that exists.",
      cause,
    });
  });
}

function required(dir: string | undefined): string {
  if (dir !== undefined) return dir;
  throw new BridgeError("evidence_without_recording", "Without what went over the wire there is nothing to prove.", {
    remedy: "Record the run with `codex-bridge run --record DIR`, and give DIR.",
  });
}
