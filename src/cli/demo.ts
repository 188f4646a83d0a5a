import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { toBridgeError } from "../errors.ts";
import { EmbeddedHost, type HostTurnResult } from "../host/embedded-host.ts";
import { DEMO_FILE, demoScript } from "../scripted-model/scripts.ts";
import { plain } from "../visible.ts";
import { hostedTurn } from "./hosted-turn.ts";
import { reportError } from "./run.ts";
import { setUp } from "./setup.ts";
import { liveView, paint, type Terminal, terminalFor } from "./terminal.ts";

const sessionKey = "demo";
const prompts = {
  first: "Look around in this folder, write me a small greeting file, and tell me what you did.",
  second: "What did you do before?",
};

/**
 * `codex-bridge demo`: a turn with reasoning, a shell command, a file edit and an answer on the real app-server, then a
 * second turn that resumes the thread in a new process; prints the transcript and what was proven.
 */
export async function demo(options: { keep?: boolean }): Promise<number> {
  const terminal = terminalFor(process.stdout, process.env);
  // Not the system's temporary folder: Codex refuses to run its helpers from there.
  const folder = path.resolve(".state", `demo-${process.pid}`);
  const work = path.join(folder, "work");
  await mkdir(work, { recursive: true, mode: 0o700 });
  try {
    title(terminal, "Turn 1: a new thread");
    const first = await demoTurn(folder, prompts.first, terminal);
    title(terminal, "Turn 2: the same session in a new process");
    const { stdout } = await execa(process.execPath, [fileURLToPath(import.meta.url), folder], {
      stderr: "inherit",
      stdin: "ignore",
    });
    const second = JSON.parse(stdout) as HostTurnResult;
    process.stdout.write(`${plain(second.text)}\n`);
    await showTranscript(terminal, folder);
    return showProof(terminal, first, second, work);
  } catch (thrown) {
    reportError(toBridgeError(thrown));
    return 1;
  } finally {
    if (options.keep) process.stdout.write(`kept ${folder}\n`);
    else await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function demoTurn(folder: string, prompt: string, terminal?: Terminal): Promise<HostTurnResult> {
  const setup = await setUp({ stateDir: folder, scripted: demoScript }, process.env);
  const view = terminal ? liveView(terminal) : undefined;
  const cwd = path.join(folder, "work");
  const result = await hostedTurn(setup, { sessionKey, prompt, cwd, ...(view ? { observer: view } : {}) });
  view?.finish();
  return result;
}

async function showTranscript(terminal: Terminal, folder: string): Promise<void> {
  title(terminal, "Transcript of the session, as the host keeps it");
  const host = new EmbeddedHost({ stateDir: folder, harnesses: [] });
  for (const entry of await host.transcript(sessionKey)) {
    const said = entry.tool ? `${entry.tool.name}: ${entry.tool.title} (${entry.tool.status})` : (entry.text ?? "");
    const label = paint(terminal, "bold", entry.kind.padEnd(10));
    process.stdout.write(`${label} ${plain(said).replaceAll("\n", "\n           ")}\n`);
  }
}

function showProof(terminal: Terminal, first: HostTurnResult, second: HostTurnResult, work: string): number {
  title(terminal, "What this proved");
  const tools = first.entries.filter((entry) => entry.tool?.status === "completed").map((entry) => entry.tool?.name);
  const ids = [...first.entries, ...second.entries].map((entry) => entry.id);
  const claims: [boolean, string][] = [
    [first.ok && second.ok, `both turns ran on the real Codex ${first.server.version} and were completed by it`],
    [first.entries.some((entry) => entry.kind === "reasoning"), "the model's reasoning reached the transcript"],
    [tools.includes("exec"), "a shell command ran in Codex and its output came back"],
    [tools.includes("apply_patch") && existsSync(path.join(work, DEMO_FILE)), `Codex wrote ${DEMO_FILE} to disk`],
    [second.thread.resumed && second.thread.id === first.thread.id, "a new process resumed the same thread"],
    [second.text.includes(DEMO_FILE), "the model still knew what happened before"],
    [new Set(ids).size === ids.length, "no transcript entry was written twice"],
  ];
  for (const [holds, claim] of claims) {
    process.stdout.write(`${holds ? paint(terminal, "green", "✓") : paint(terminal, "red", "✗")} ${claim}\n`);
  }
  return claims.every(([holds]) => holds) ? 0 : 1;
}

function title(terminal: Terminal, text: string): void {
  process.stdout.write(`\n${paint(terminal, "bold", `— ${text}`)}\n`);
}

// Started as a program, this file is the second process of the demo: the folder is its argument.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const result = await demoTurn(process.argv[2]!, prompts.second);
  process.stdout.write(JSON.stringify(result));
}
